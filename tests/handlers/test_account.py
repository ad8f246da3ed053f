"""One's own account: where one is signed in, ending sessions, and a new password; on both databases."""

from typing import Any

import pytest

from bot.services.hands import Hands
from bot.services.sign_in import MAX_FAILURES
from bot.store import accounts, audit
from tests.support import Clock
from tests.visitors import PASSWORD, Office, Page, Visitor

PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
NEW = "another long password"
CHANGE = {"old": PASSWORD, "new": NEW, "again": NEW}


@pytest.fixture
def phone(office: Office) -> Visitor:
    """Gul's phone, signed in by the form."""
    visitor = office.visitor()
    visitor.client.environ_base["HTTP_USER_AGENT"] = PHONE
    assert visitor.signs_in("gul").status == 303
    return visitor


def changes(visitor: Visitor, **fields: str) -> Page:
    return visitor.sends(visitor.opens("/account/password").form("/account/password"), **(CHANGE | fields))


def noted(hands: Hands, action: str) -> list[Any]:
    with hands.db.read() as tx:
        return list(audit.newest(tx, 50, action=action))


def test_every_session_is_told_with_its_device_and_this_one_marked(phone: Visitor, gul: Visitor) -> None:
    page = gul.opens("/account?lang=en")
    assert page.text.count("last used") == 2
    assert "Chrome, Android since today" in page.text
    assert "Unknown device This one since today" in page.text
    assert page.html.count("/end") == 2, "one form for the phone, one for all others, none for this session"


def test_one_session_is_ended_at_once_and_written_down(phone: Visitor, gul: Visitor, hands: Hands) -> None:
    answer = gul.sends(gul.opens("/account").form("/end"))
    assert "That session is ended" in gul.follows(answer).text
    assert phone.opens("/desk").status == 303
    assert gul.opens("/desk").status == 200
    (line,) = noted(hands, "session_revoked")
    assert (line.username, line.subject, line.data) == ("gul", "account:gul", {"count": 1})


def test_all_others_are_ended_and_this_one_stays(phone: Visitor, gul: Visitor, office: Office) -> None:
    other = office.visitor()
    other.signs_in("gul")
    gul.sends(gul.opens("/account").form("/end-others"))
    assert [visitor.opens("/desk").status for visitor in (phone, other, gul)] == [303, 303, 200]
    assert office.visitor("ahmed").opens("/desk").status == 200


def test_a_colleagues_session_is_not_there_to_be_ended(phone: Visitor, gul: Visitor, office: Office) -> None:
    form, ahmed = gul.opens("/account").form("/end"), office.visitor("ahmed")
    csrf = ahmed.opens("/account").form("/sign-out").fields["csrf"]
    assert ahmed.sends(form, csrf=csrf).status == 404
    assert phone.opens("/desk").status == 200


def test_a_new_password_ends_all_other_sessions(phone: Visitor, gul: Visitor, office: Office, hands: Hands) -> None:
    assert "you are signed out everywhere else" in gul.follows(changes(gul)).text
    assert [visitor.opens("/desk").status for visitor in (phone, gul)] == [303, 200]
    assert [office.visitor().signs_in("gul", password).status for password in (PASSWORD, NEW)] == [401, 303]
    assert [line.username for line in noted(hands, "password_changed")] == ["gul"]


@pytest.mark.parametrize(
    ("fields", "words", "field"),
    [
        ({"old": "wrong"}, "The password until now is not right", "old"),
        ({"new": "short", "again": "short"}, "too short: use 10 characters", "new"),
        ({"new": PASSWORD, "again": PASSWORD}, "The new password is the old one", "new"),
        ({"new": "Gul and the mountains", "again": "Gul and the mountains"}, "Your user name is part", "new"),
        ({"again": "another lonk password"}, "typed in two different ways", "again"),
        ({"old": "", "new": "", "again": ""}, "too short", "new"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(
    gul: Visitor, hands: Hands, fields: dict[str, str], words: str, field: str
) -> None:
    page = changes(gul, **fields)
    assert page.status == 422
    assert words in page.text
    assert f'href="#{field}"' in page.html
    assert not any(f'value="{value}"' in page.html for value in (CHANGE | fields).values() if value)
    assert noted(hands, "password_changed") == []


def test_guessing_the_old_password_is_stopped_as_at_the_sign_in(gul: Visitor, office: Office, clock: Clock) -> None:
    for _ in range(MAX_FAILURES):
        assert changes(gul, old="a guess that is wrong").status == 422
    assert changes(gul).status == 422
    assert office.visitor().signs_in("gul").status == 401
    clock.passes(minutes=16)
    assert changes(gul).status == 303


def test_coming_and_going_is_written_down_and_nobodys_name_is_not(office: Office, hands: Hands) -> None:
    visitor = office.visitor()
    visitor.signs_in("gul", "wrong")
    visitor.signs_in("my secret password", "gul")
    visitor.signs_in("gul")
    visitor.sends(visitor.opens("/desk").form("/sign-out"))
    with hands.db.read() as tx:
        lines = [(row.action, row.username, row.subject, row.data) for row in audit.newest(tx, 50)]
    assert lines == [
        ("sign_out", "gul", "account:gul", {}),
        ("sign_in", "gul", "account:gul", {"how": "password"}),
        ("sign_in_failed", None, "account:gul", {"how": "password"}),
    ]


def test_whose_account_was_shut_has_no_sessions(phone: Visitor, hands: Hands) -> None:
    with hands.db.write() as tx:
        accounts.disable(tx, "gul", hands.now())
        assert accounts.end_sessions(tx, 1, hands.now()) == 0
    assert phone.opens("/account").status == 303
