"""What passkeys are bound to, and which challenges are ours; the ceremony itself is tried in a browser (tests/browser)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.services import passkeys
from bot.services.hands import Hands
from bot.services.passkeys import LIVES, Site, site_of
from bot.services.sign_in import Visitor
from bot.store import second_steps
from tests.visitors import Office, open_office

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITE = Site("tawar.example", "https://tawar.example", "k" * 40)
GUL = Visitor(1, "gul", "Gul Bibi", "official", "PHED", "en", 1)


@pytest.fixture
def office(hands: Hands) -> Office:
    return open_office(hands)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://tawar.example/", ("tawar.example", "https://tawar.example")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
        ("", None),
    ],
)
def test_they_need_a_name_and_no_number(url: str, site: tuple[str, str] | None) -> None:
    found = site_of(url, "secret")
    assert (found and (found.host, found.origin)) == site


def challenge(site: Site = SITE, browser: str = "gul's", at: datetime = NOON) -> bytes:
    return passkeys._challenge(site, browser, at)


@pytest.mark.parametrize("later", [timedelta(0), LIVES])
def test_a_challenge_of_ours_is_known_again(later: timedelta) -> None:
    assert passkeys._own_challenge(challenge(), SITE, "gul's", NOON + later) == challenge()


@pytest.mark.parametrize(
    ("given", "now"),
    [
        (challenge(), NOON + LIVES + timedelta(seconds=1)),
        (challenge(), NOON - timedelta(seconds=1)),
        (challenge(browser="another's"), NOON),
        (challenge(Site("tawar.example", "https://tawar.example", "j" * 40)), NOON),
        (challenge()[:-1], NOON),
        (challenge() + b"x", NOON),
        (b"", NOON),
        (b"\xff" * 40, NOON),
    ],
)
def test_any_other_is_refused(given: bytes, now: datetime) -> None:
    with pytest.raises(ValueError, match=r"open too long|another browser"):
        passkeys._own_challenge(given, SITE, "gul's", now)


@pytest.mark.parametrize(
    "said", ["", "x", "{}", "[]", "null", json.dumps({"id": "AA", "rawId": "AA", "type": "public-key"})]
)
def test_what_is_no_answer_of_a_key_is_refused(office: Office, hands: Hands, said: str) -> None:
    assert passkeys.sign_in(hands, SITE, "b", said, "") is None
    assert passkeys.add(hands, SITE, GUL, "b", said, "") is False


def test_nothing_personal_is_in_what_a_key_keeps_of_its_owner(office: Office, hands: Hands) -> None:
    options: dict[str, Any] = json.loads(passkeys.ask_to_add(hands, SITE, GUL, "b"))
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert len(options["user"]["id"]) == 43
    assert options["user"]["id"] not in ("MQ", "gul")


def test_one_is_removed_by_its_owner_alone(office: Office, hands: Hands) -> None:
    fields = {"credential_id": b"id", "public_key": b"key", "sign_count": 0, "device": ""}
    with hands.db.write() as tx:
        assert second_steps.add_passkey(tx, 1, hands.now(), **fields)
        assert not second_steps.add_passkey(tx, 2, hands.now(), **fields), "a key is one person's"
    (kept,) = passkeys.see(hands, GUL)
    stranger = Visitor(2, "ahmed", "Ahmed", "official", "PHED", "en", 2)
    assert (passkeys.remove(hands, stranger, kept.id), passkeys.remove(hands, GUL, kept.id)) == (False, True)
