"""Passkeys in a real Chromium, whose authenticator is a virtual one: made, used, refused elsewhere, used once, removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from bot.services.hands import Hands, utc_now
from bot.store import audit
from bot.store.database import Database
from tests import chromium as browsers
from tests.street import free_port, serving
from tests.support import make_hands, sqlite
from tests.visitors import PASSWORD, open_office

pytestmark = pytest.mark.browser


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@dataclass
class Desk:
    """The web under a name, because passkeys are bound to one; akbar must have a second step."""

    url: str
    hands: Hands


@pytest.fixture
def desk(db: Database) -> Iterator[Desk]:
    hands, port = replace(make_hands(db), now=utc_now), free_port()
    url = f"http://localhost:{port}"
    office = open_office(hands, public_url=url, second_step_roles="supervisor")
    with serving(office.app, port):
        yield Desk(url, hands)


@contextmanager
def laptop(chromium: Browser, *, verifies: bool = True) -> Iterator[Page]:
    """A browser with a key that knows its owner, or does not."""
    page = browsers.opened(chromium, "phone")
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = key | {"isUserVerified": verifies, "automaticPresenceSimulation": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    page.context.close()


def signs_in(page: Page, desk: Desk, username: str = "gul") -> None:
    page.goto(f"{desk.url}/sign-in?lang=en")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/desk")


def adds_passkey(page: Page, desk: Desk, password: str = PASSWORD) -> None:
    page.goto(f"{desk.url}/account/passkeys")
    page.fill("#password", password)
    page.click("text=Add a passkey on this device")


def signs_out(page: Page) -> None:
    page.click("header button")
    page.wait_for_url("**/sign-in?done=signed_out")


@pytest.fixture
def page(chromium: Browser, desk: Desk) -> Iterator[Page]:
    """Gul's laptop with her passkey in it; she is signed out."""
    with laptop(chromium) as opened:
        signs_in(opened, desk)
        adds_passkey(opened, desk)
        expect(opened.locator(".flash")).to_contain_text("The passkey is added")
        signs_out(opened)
        yield opened


def actions(desk: Desk) -> list[tuple[str, object]]:
    with desk.hands.db.read() as tx:
        return [(row.action, row.data.get("how")) for row in audit.newest(tx, 50)]


def test_it_signs_in_without_a_password(page: Page, desk: Desk) -> None:
    page.click("text=Sign in with a passkey")
    page.wait_for_url("**/desk")
    assert actions(desk)[:2] == [("sign_in", "passkey"), ("sign_out", None)]
    page.goto(f"{desk.url}/account/passkeys")
    expect(page.locator(".sessions")).to_contain_text("last used today")


def test_an_answer_that_was_used_is_no_good_again(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.url}/sign-in")
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}  # type: ignore[typeddict-item]
    with page.expect_request("**/sign-in/passkey") as sent:
        page.click("form[data-passkey] button")
    page.wait_for_url("**/desk")
    fields = {name: values[0] for name, values in parse_qs(sent.value.post_data or "").items()}
    assert fields["credential"]
    answer = requests.post(f"{desk.url}/sign-in/passkey", fields, cookies=cookies, timeout=30, allow_redirects=False)
    assert answer.status_code == 401
    other = requests.Session()
    html = other.get(f"{desk.url}/sign-in", timeout=30).text
    csrf = html.split('name="csrf" value="')[1].split('"')[0]
    assert other.post(f"{desk.url}/sign-in/passkey", fields | {"csrf": csrf}, timeout=30).status_code == 401
    assert [line for line in actions(desk) if line[0] == "sign_in_failed"] == [("sign_in_failed", "passkey")] * 2


def test_it_stands_for_the_second_step_too(page: Page, desk: Desk) -> None:
    with desk.hands.db.write() as tx:  # a role for which the password alone is not enough
        tx.exec_driver_sql("UPDATE accounts SET role = 'supervisor' WHERE username = 'gul'")
    page.click("text=Sign in with a passkey")
    page.wait_for_url("**/desk")


def test_a_removed_one_opens_nothing_and_says_so(page: Page, desk: Desk) -> None:
    page.click("text=Sign in with a passkey")
    page.wait_for_url("**/desk")
    page.goto(f"{desk.url}/account/passkeys")
    page.click(".sessions button")
    expect(page.locator(".flash")).to_contain_text("opens nothing any longer")
    signs_out(page)
    page.click("text=Sign in with a passkey")
    expect(page.locator(".errors")).to_contain_text("The passkey is not known here")


def test_the_password_is_asked_before_one_is_added(chromium: Browser, desk: Desk) -> None:
    with laptop(chromium) as page:
        signs_in(page, desk)
        adds_passkey(page, desk, "a wrong password")
        expect(page.locator(".errors")).to_contain_text("Nothing was changed")
        expect(page.locator(".sessions")).to_have_count(0)


def test_a_key_that_cannot_tell_its_owner_makes_none(chromium: Browser, desk: Desk) -> None:
    with laptop(chromium, verifies=False) as page:
        signs_in(page, desk)
        adds_passkey(page, desk)
        expect(page.locator("[data-trouble]")).to_contain_text("The device made no passkey")


def test_without_a_script_nothing_is_offered_that_would_not_work(chromium: Browser, desk: Desk) -> None:
    page = browsers.opened(chromium, "phone", scripts=False)
    page.goto(f"{desk.url}/sign-in?lang=en")
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    page.context.close()
