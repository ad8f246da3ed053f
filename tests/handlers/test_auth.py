"""Who may come in: signing in and out, forged forms, and links that lead astray (who sees which page: test_matrix.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.services.hands import Hands
from bot.services.sign_in import IDLE, MAX_FAILURES
from bot.store import accounts
from bot.store.database import Database
from handlers.forms import local_path
from tests.support import Citizen, Clock, sqlite
from tests.visitors import PASSWORD, PEOPLE, Form, Office, Visitor, open_office

WORK = {
    "official": "/desk",
    "supervisor": "/desk",
    "admin": "/desk",
    "campaign_manager": "/campaigns",
    "approver": "/campaigns",
    "reviewer": "/account",
    "referee": "/desk",
}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@pytest.fixture
def anybody(office: Office) -> Visitor:
    return office.visitor()


def test_the_right_password_opens_the_desk(office: Office, anybody: Visitor) -> None:
    answer = anybody.signs_in("gul")
    assert (answer.status, answer.answer.location) == (303, "/desk")
    (cookie,) = [c for c in answer.answer.headers.getlist("Set-Cookie") if c.startswith("tawar=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Gul Bibi" in anybody.follows(answer).text


def test_a_wrong_name_and_a_wrong_password_read_the_same(anybody: Visitor) -> None:
    pages = [anybody.signs_in("gul", "wrong"), anybody.signs_in("nobody", PASSWORD)]
    assert [page.status for page in pages] == [401, 401]
    assert pages[0].html.replace("gul", "nobody") == pages[1].html
    assert "صارف نام یا پاس ورڈ درست نہیں" in pages[0].text


def test_after_many_wrong_tries_the_right_password_waits_too(
    office: Office, anybody: Visitor, hands: Hands, clock: Clock
) -> None:
    with hands.db.write() as tx:
        for _ in range(MAX_FAILURES):
            accounts.note_failure(tx, "gul", hands.now())
    blocked = anybody.signs_in("gul")
    assert blocked.status == 401
    assert blocked.html == anybody.signs_in("gul", "wrong").html
    clock.passes(minutes=16)
    assert anybody.signs_in("gul").status == 303


def test_a_disabled_account_is_out_at_once(office: Office, hands: Hands) -> None:
    gul = office.visitor("gul")
    assert gul.opens("/desk").status == 200
    with hands.db.write() as tx:
        accounts.disable(tx, "gul", hands.now())
    assert gul.opens("/desk").status == 303
    assert gul.signs_in("gul").status == 401


def test_signing_out_kills_the_session_and_not_only_the_cookie(office: Office) -> None:
    gul, copy = office.visitor("gul"), office.visitor("gul")
    assert copy.opens("/desk").status == 200
    goodbye = gul.sends(gul.opens("/desk").form("/sign-out"))
    assert "tawar=;" in goodbye.answer.headers["Set-Cookie"]
    assert "آپ لاگ آؤٹ ہو گئے ہیں" in gul.follows(goodbye).text
    assert copy.opens("/desk").status == 303


def test_an_idle_session_ends(office: Office, clock: Clock) -> None:
    gul = office.visitor("gul")
    gul.opens("/desk")
    clock.passes(seconds=IDLE.total_seconds() + 1)
    assert gul.opens("/desk").answer.location.startswith("/sign-in")


def test_a_new_sign_in_ends_the_old_session_of_this_browser(office: Office, anybody: Visitor) -> None:
    anybody.signs_in("gul")
    old = anybody.client.get_cookie("tawar")
    anybody.sends(office.visitor().opens("/sign-in").form("/sign-in"))  # another browser's form: refused
    form = Form("/sign-in", "post", {"csrf": _form_token(office, anybody), "username": "akbar", "password": PASSWORD})
    assert anybody.sends(form).status == 303
    stolen = office.visitor()
    stolen.client.set_cookie("tawar", old.value if old else "")
    assert stolen.opens("/desk").status == 303


def _form_token(office: Office, visitor: Visitor) -> str:
    """The pre-session token of a browser that is signed in already, as a second tab left open would hold it."""
    other = office.visitor()
    token = other.opens("/sign-in").form("/sign-in").fields["csrf"]
    cookie = other.client.get_cookie("tawar-form")
    visitor.client.set_cookie("tawar-form", cookie.value if cookie else "")
    return token


def test_where_one_wanted_to_go_is_where_one_arrives(office: Office, anybody: Visitor) -> None:
    away = anybody.opens("/desk?state=new")
    assert away.answer.location == "/sign-in?next=/desk?state%3Dnew"
    assert anybody.signs_in("gul", path=away.answer.location).answer.location == "/desk?state=new"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n//evil", "javascript:alert(1)",
     "http:/desk", "desk", "\\\\evil", " /desk", "/desk\\..", ""],
)  # fmt: skip
def test_no_link_leads_from_our_sign_in_to_another_site(elsewhere: str) -> None:
    assert local_path(elsewhere) == ""


def test_a_forged_next_field_is_ignored(anybody: Visitor) -> None:
    form = anybody.opens("/sign-in").form("/sign-in")
    answer = anybody.sends(form, username="gul", password=PASSWORD, next="https://evil.example/desk")
    assert answer.answer.location == "/desk"


def test_a_page_of_another_role_is_no_place_to_arrive(anybody: Visitor) -> None:
    assert anybody.signs_in("mahnaz", path="/sign-in?next=/desk").answer.location == "/campaigns"


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ü"])
def test_a_forged_sign_in_form_is_refused(anybody: Visitor, csrf: str) -> None:
    form = anybody.opens("/sign-in").form("/sign-in")
    assert anybody.sends(form, username="gul", password=PASSWORD, csrf=csrf).status == 403
    assert anybody.opens("/desk").status == 303


def test_a_sign_in_without_our_cookie_is_refused(office: Office, anybody: Visitor) -> None:
    form = anybody.opens("/sign-in").form("/sign-in")
    assert office.visitor().sends(form, username="gul", password=PASSWORD).status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),  # what our no-referrer policy makes browsers say
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_the_browsers_word_counts(office: Office, headers: dict[str, str], status: int) -> None:
    gul = office.visitor("gul")
    form = gul.opens("/desk").form("/language")
    assert gul.sends(form, headers, language="ur").status == status


def test_one_sessions_token_is_of_no_use_to_another(office: Office) -> None:
    form = office.visitor("gul").opens("/desk").form("/language")
    assert office.visitor("ahmed").sends(form, language="ur").status == 403


@pytest.mark.parametrize("username", PEOPLE)
def test_everybody_lands_where_their_work_is(office: Office, username: str) -> None:
    assert office.visitor(username).opens("/sign-in").answer.location == WORK[PEOPLE[username][1]]


def test_the_language_is_the_persons_own_and_stays(office: Office) -> None:
    gul = office.visitor("gul")
    form = gul.opens("/desk").form("/language")
    page = gul.follows(gul.sends(form, language="ur"))
    assert '<html lang="ur" dir="rtl">' in page.html
    assert '<html lang="ur" dir="rtl">' in office.visitor("gul").opens("/desk").html
    assert gul.sends(form, language="ur_Latn").status == 400  # no pages in it


def test_over_https_the_cookie_is_bound_to_host_and_https(hands: Hands) -> None:
    office = open_office(hands, demo=False, public_url="https://tawar.example")
    visitor = Visitor(office.app.test_client())
    visitor.client.environ_base["wsgi.url_scheme"] = "https"
    answer = visitor.signs_in("gul").answer
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-tawar=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_the_demo_says_where_its_logins_are_and_shows_none(office: Office, hands: Hands) -> None:
    assert "logins.txt" in office.visitor().opens("/sign-in").text
    assert PASSWORD not in office.visitor().opens("/sign-in").html


def test_words_typed_into_an_ended_session_are_not_lost(office: Office, citizen: Citizen, clock: Clock) -> None:
    number, gul = citizen.reports(), office.visitor("gul")
    form = gul.opens(f"/desk/tickets/{number}").form("/reply")
    clock.passes(hours=9)
    page = gul.sends(form, text="Our team comes <tomorrow>")
    assert page.status == 401
    assert "Our team comes <tomorrow>" in page.text
    assert "<tomorrow>" not in page.html
