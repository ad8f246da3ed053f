"""Setting up the second step, needing it by role, changing the phone, and taking it away."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.services.hands import Hands
from bot.store import audit
from bot.store.database import Database
from tests.handlers.phones import PATH, begins, enters, finishes, sets_up
from tests.support import Clock, sqlite
from tests.visitors import PASSWORD, Office, Visitor, open_office


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@pytest.fixture
def strict(hands: Hands) -> Office:
    """Where supervisors must have a second step."""
    return open_office(hands, second_step_roles="supervisor")


def actions(hands: Hands) -> list[str]:
    with hands.db.read() as tx:
        return [row.action for row in audit.newest(tx, 50)]


def test_a_page_with_the_picture_the_link_and_the_letters(gul: Visitor, clock: Clock) -> None:
    phone = begins(gul, clock)
    page = gul.opens(f"{PATH}/set-up")
    assert re.search(r'<svg[^>]* viewBox="0 0 \d+ \d+"', page.html)
    assert f"otpauth://totp/Tawar:gul?secret={phone.secret}&amp;issuer=Tawar" in page.html
    assert page.html.count('autocomplete="one-time-code"') == page.html.count('inputmode="numeric"') == 1
    assert not re.findall(r"\sstyle=|<script(?! src)", page.html)
    assert page.answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_code_sets_up_nothing_and_keeps_the_picture(gul: Visitor, clock: Clock, office: Office) -> None:
    phone = begins(gul, clock)
    page = finishes(gul, "000000")
    assert page.status == 422
    assert "is not set up yet" in page.text
    assert phone.secret in page.html
    assert office.visitor().signs_in("gul").answer.location == "/desk"


def test_the_codes_are_shown_once(gul: Visitor, clock: Clock, hands: Hands) -> None:
    _, codes = sets_up(gul, clock)
    assert len(codes) == 10
    page = gul.opens(PATH)
    assert "Recovery codes you have left: 10." in page.text
    assert not any(code in page.html for code in codes)
    assert gul.opens(f"{PATH}/set-up").status == 303
    assert actions(hands) == ["second_step_set_up"]


def test_who_is_signed_in_proves_it_again_first(gul: Visitor, clock: Clock) -> None:
    page = gul.sends(gul.opens(PATH).form("/begin"), password="wrong")
    assert page.status == 422
    assert 'href="#password-begin"' in page.html
    assert gul.opens(f"{PATH}/set-up").status == 303, "nothing is being set up"


def test_the_old_phone_works_until_the_new_one_does(gul: Visitor, clock: Clock, office: Office) -> None:
    old, _ = sets_up(gul, clock)
    new = begins(gul, clock)
    visitor = office.visitor()
    visitor.signs_in("gul")
    assert enters(visitor, new.code()).status == 401
    assert enters(visitor, old.code()).status == 303
    clock.passes(seconds=60)
    assert finishes(gul, new.code()).status == 200
    clock.passes(seconds=60)
    other = office.visitor()
    other.signs_in("gul")
    assert enters(other, old.code()).status == 401
    assert enters(other, new.code()).status == 303


def test_new_recovery_codes_make_the_old_ones_void(gul: Visitor, clock: Clock, hands: Hands) -> None:
    _, old = sets_up(gul, clock)
    page = gul.sends(gul.opens(PATH).form("/recovery-codes"), password=PASSWORD)
    new = re.findall(r"<li>([0-9A-Z-]{19})</li>", page.html)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert actions(hands)[0] == "recovery_codes_drawn"


def test_it_is_taken_away_with_the_password(gul: Visitor, clock: Clock, office: Office, hands: Hands) -> None:
    sets_up(gul, clock)
    assert gul.sends(gul.opens(PATH).form("/remove"), password="wrong").status == 422
    assert "is removed" in gul.follows(gul.sends(gul.opens(PATH).form("/remove"), password=PASSWORD)).text
    assert office.visitor().signs_in("gul").answer.location == "/desk"
    assert actions(hands)[:2] == ["sign_in", "second_step_removed"]


def test_a_role_that_needs_it_is_led_to_set_it_up_and_no_further(strict: Office, clock: Clock, hands: Hands) -> None:
    visitor = strict.visitor()
    answer = visitor.signs_in("akbar")
    assert answer.answer.location == PATH
    assert visitor.opens("/desk").answer.location.startswith("/sign-in")
    assert visitor.opens("/account").status == 303
    phone, codes = sets_up(visitor, clock)
    assert len(codes) == 10
    assert visitor.opens("/desk").status == 200
    other = strict.visitor()
    assert other.signs_in("akbar").answer.location == "/sign-in/code"
    assert enters(other, phone.code()).answer.location == "/desk"
    assert actions(hands) == ["sign_in", "sign_in", "second_step_set_up"]


def test_a_role_that_needs_it_cannot_take_it_away(strict: Office, clock: Clock) -> None:
    visitor = strict.visitor()
    visitor.signs_in("akbar")
    sets_up(visitor, clock)
    page = visitor.opens(PATH)
    assert "/remove" not in page.html
    form = page.form("/recovery-codes")
    form.action = f"{PATH}/remove"
    assert visitor.sends(form, password=PASSWORD).status == 404


def test_who_needs_none_is_asked_for_none(strict: Office) -> None:
    assert strict.visitor().signs_in("gul").answer.location == "/desk"
