"""The second step at sign-in: which codes let in, that none does twice, and what a half-open door shows. On both databases."""

from typing import Any

import pytest

from bot.services.hands import Hands
from bot.services.sign_in import MAX_FAILURES
from bot.store import audit
from bot.store.second_steps import recovery_codes, second_steps
from tests.handlers.phones import Phone, begins, enters, finishes, sets_up
from tests.support import Clock
from tests.visitors import PASSWORD, Form, Office, Page, Visitor

URDU = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.fixture
def kit(gul: Visitor, clock: Clock) -> tuple[Phone, list[str]]:
    return sets_up(gul, clock)


@pytest.fixture
def phone(kit: tuple[Phone, list[str]]) -> Phone:
    """Gul's, set up by her."""
    return kit[0]


@pytest.fixture
def stranger(phone: Phone, office: Office) -> Visitor:
    """A fresh browser with the right password in it."""
    return with_password(office)


def with_password(office: Office) -> Visitor:
    visitor = office.visitor()
    answer = visitor.signs_in("gul")
    assert (answer.status, answer.answer.location) == (303, "/sign-in/code")
    return visitor


def recovers(visitor: Visitor, code: str) -> Page:
    csrf = visitor.opens("/sign-in/code").form("/code").fields["csrf"]
    return visitor.sends(Form("/sign-in/code", "post", {"csrf": csrf, "recovery": code}))


def noted(hands: Hands, action: str) -> list[Any]:
    with hands.db.read() as tx:
        return list(audit.newest(tx, 50, action=action))


def test_password_and_code_open_the_desk_in_a_new_session(stranger: Visitor, phone: Phone, hands: Hands) -> None:
    halfway = stranger.client.get_cookie("tawar")
    answer = enters(stranger, phone.code())
    assert (answer.status, answer.answer.location) == (303, "/desk")
    assert stranger.opens("/desk").status == 200
    whole = stranger.client.get_cookie("tawar")
    assert halfway
    assert whole
    assert halfway.value != whole.value
    assert [line.data for line in noted(hands, "sign_in")] == [{"how": "code"}]


def test_the_password_alone_opens_nothing(stranger: Visitor, office: Office) -> None:
    opened = [
        rule.rule for rule in office.app.url_map.iter_rules()
        if not rule.arguments and "GET" in (rule.methods or ()) and stranger.opens(rule.rule).status == 200
    ]  # fmt: skip
    assert set(opened) == {"/", "/status", "/healthz", "/readyz", "/metrics", "/sign-in", "/sign-in/code"}
    token = stranger.opens("/sign-in/code").form("/code").fields["csrf"]
    for path in ("/language", "/account/password", "/account/second-step/begin", "/account/second-step/remove"):
        answer = stranger.sends(Form(path, "post", {"csrf": token, "password": PASSWORD, "language": "ur"}))
        assert (answer.status, answer.answer.location.partition("?")[0]) == (303, "/sign-in"), path


@pytest.mark.parametrize("spell", [str, lambda code: code.translate(URDU), lambda code: f" {code[:3]} {code[3:]}\n"])
def test_a_code_is_read_as_people_write_it(stranger: Visitor, phone: Phone, spell: Any) -> None:
    assert enters(stranger, spell(phone.code())).status == 303


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 303), (0, 303), (30, 303), (60, 401)])
def test_a_phones_clock_may_be_half_a_minute_off(stranger: Visitor, phone: Phone, seconds: int, status: int) -> None:
    phone.clock.passes(seconds=300)
    assert enters(stranger, phone.code(seconds)).status == status


def test_no_code_lets_in_twice_nor_one_older_than_the_last(office: Office, stranger: Visitor, phone: Phone) -> None:
    phone.clock.passes(seconds=300)
    code, older = phone.code(), phone.code(-30)
    assert enters(stranger, code).status == 303
    assert [enters(with_password(office), again).status for again in (code, older)] == [401, 401]
    phone.clock.passes(seconds=30)
    assert enters(with_password(office), code).status == 401, "in the next step of time it is still in reach"
    assert enters(with_password(office), phone.code()).status == 303


def test_the_code_that_set_it_up_is_spent(gul: Visitor, office: Office, clock: Clock) -> None:
    phone = begins(gul, clock)
    code = phone.code()
    assert finishes(gul, code).status == 200
    assert enters(with_password(office), code).status == 401


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", "१२३४५६", "x" * 5000, "\x00" * 6])
def test_what_is_no_code_is_refused_and_says_what_to_do(stranger: Visitor, hands: Hands, code: str) -> None:
    page = enters(stranger, code)
    assert page.status == 401
    assert "اگلے کوڈ کا انتظار کریں" in page.text
    assert 'href="#code"' in page.html
    assert (not code) or code not in page.html
    assert [(line.account_id, line.subject, line.data) for line in noted(hands, "sign_in_failed")] == [
        (None, "account:gul", {"how": "code"})
    ]


def test_guessing_codes_is_stopped_as_guessing_passwords_is(office: Office, stranger: Visitor, phone: Phone) -> None:
    for _ in range(MAX_FAILURES):
        assert enters(stranger, "000000").status == 401
    assert enters(stranger, phone.code()).status == 401
    assert office.visitor().signs_in("gul").status == 401
    phone.clock.passes(minutes=16)
    assert enters(with_password(office), phone.code()).status == 303


def test_a_recovery_code_lets_in_once_and_is_written_down(
    office: Office, stranger: Visitor, kit: tuple[Phone, list[str]], hands: Hands
) -> None:
    codes = kit[1]
    assert len(set(codes)) == 10
    assert recovers(stranger, f"  {codes[3].lower().replace('-', ' ')} ").status == 303
    again = recovers(with_password(office), codes[3])
    assert again.status == 401
    assert 'href="#recovery"' in again.html
    assert recovers(with_password(office), codes[4]).status == 303
    assert [line.data for line in noted(hands, "recovery_code_used")] == [{"left": 8}, {"left": 9}]


def test_a_colleagues_recovery_code_is_no_good(
    office: Office, clock: Clock, kit: tuple[Phone, list[str]], stranger: Visitor
) -> None:
    _, codes = sets_up(office.visitor("ahmed"), clock)
    assert recovers(stranger, codes[0]).status == 401
    assert recovers(stranger, kit[1][0]).status == 303


def test_a_remembered_device_is_not_asked_for_thirty_days(office: Office, stranger: Visitor, phone: Phone) -> None:
    answer = enters(stranger, phone.code(), remember="1").answer
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("tawar-device=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"} <= set(cookie.split("; "))
    stranger.sends(stranger.opens("/desk").form("/sign-out"))
    assert stranger.signs_in("gul").answer.location == "/desk"
    stranger.sends(stranger.opens("/desk").form("/sign-out"))
    phone.clock.passes(days=31)
    assert stranger.signs_in("gul").answer.location == "/sign-in/code"


def test_another_persons_device_is_asked(office: Office, stranger: Visitor, phone: Phone, clock: Clock) -> None:
    enters(stranger, phone.code(), remember="1")
    sets_up(office.visitor("ahmed"), clock)
    stranger.sends(stranger.opens("/desk").form("/sign-out"))
    assert stranger.signs_in("ahmed").answer.location == "/sign-in/code"


def test_ending_all_other_sessions_forgets_devices_too(gul: Visitor, stranger: Visitor, phone: Phone) -> None:
    enters(stranger, phone.code(), remember="1")
    gul.sends(gul.opens("/account").form("/end-others"))
    assert stranger.signs_in("gul").answer.location == "/sign-in/code"


def test_a_door_half_open_falls_shut(stranger: Visitor, phone: Phone) -> None:
    form = stranger.opens("/sign-in/code").form("/code")
    phone.clock.passes(minutes=16)
    answer = stranger.sends(form, code=phone.code())
    assert (answer.status, answer.answer.location) == (303, "/sign-in")


def test_where_one_wanted_to_go_is_where_one_arrives(office: Office, phone: Phone) -> None:
    visitor = office.visitor()
    code_page = visitor.follows(visitor.signs_in("gul", path="/sign-in?next=/desk?state%3Dnew"))
    answer = visitor.sends(code_page.form("/code"), code=phone.code())
    assert answer.answer.location == "/desk?state=new"


def test_nothing_of_the_secret_or_the_codes_is_kept_to_be_read(kit: tuple[Phone, list[str]], hands: Hands) -> None:
    phone, codes = kit
    (row,) = read(hands, second_steps)
    assert phone.secret.encode() not in row.secret
    assert row.pending is None
    kept = {row.digest for row in read(hands, recovery_codes)}
    assert len(kept) == 10
    assert not kept & set(codes)


def read(hands: Hands, table: Any) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(table.select()))
