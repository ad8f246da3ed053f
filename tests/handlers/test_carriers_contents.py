"""What a carrier may bring: any text, any sender, any size, and each is answered or declined, never a mishap."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.services.hands import Hands
from bot.store.contacts import contacts
from bot.store.messages import inbound
from bot.store.outbox import outbox
from bot.text.fold import clean
from tests.caller import MESSAGES, RECEIPTS, Caller, body_of, counted, message, receipt
from tests.street import Street
from tests.support import make_hands, sqlite

GOOD = message()


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    with sqlite(tmp_path) as db:
        yield Caller(make_hands(db))


@pytest.fixture
def both(hands: Hands) -> Caller:
    """On both databases."""
    return Caller(hands)


TEXTS = [
    *(
        "",
        "\x00",
        "a\x00b",
        "\u202eabc\u202c",
        "\u061c1",
        "\u200bپانی\u200c",
        "\ufeff",
        "😀" * 800,
        "ب" * 1600,
        "a\u0301" * 800,
    ),
    *(
        "ﷺ",
        "<b>&amp;</b>",
        "{0.__class__}",
        "'; DROP TABLE inbound; --",
        "=1+1",
        "&Body=x",
        "a+b c%20d",
        "\r\n\t",
        "%s %(x)s ? :y",
    ),
]


def test_any_text_is_taken_in(both: Caller) -> None:
    for n, text in enumerate(TEXTS):
        assert both.posts(message(text, f"SM{n}")).status_code == 200, text
    stored = both.rows(inbound)
    assert [row.text for row in stored] == [clean(text) for text in TEXTS]
    assert {row.state for row in stored} == {"answered"}
    assert both.count(outbox) == len(TEXTS)


def test_bytes_that_are_no_text_are_taken_in(both: Caller) -> None:
    raw = body_of(message("BODY")).replace(b"BODY", b"%ED%A0%80 %FF ok")
    assert both.posts(message("\ufffd\ufffd\ufffd \ufffd ok"), body=raw).status_code == 200
    assert both.rows(inbound)[0].text == "\ufffd\ufffd\ufffd \ufffd ok"


@pytest.mark.parametrize(
    "sender", ["JAZZ", "", "whatsapp:", "whatsapp:ID.4566546130", "8171", "whatsapp:ID.4566546130240823"]
)
def test_a_sender_that_is_no_number_is_thanked_and_not_stored(caller: Caller, sender: str) -> None:
    before = counted("tawar_inbound_messages_total", carrier="twilio", outcome="unreadable")
    assert caller.posts(message(From=sender)).status_code == 200
    assert caller.count(inbound, contacts, outbox) == 0
    assert counted("tawar_inbound_messages_total", carrier="twilio", outcome="unreadable") == before + 1


@pytest.mark.parametrize("path", [MESSAGES, RECEIPTS])
def test_a_body_beyond_64_kb_is_too_large(caller: Caller, path: str) -> None:
    assert caller.posts(message("x" * 66_000), path).status_code == 413
    assert caller.posts(message("x" * 66_000), path, content_type="application/json").status_code in (403, 413)
    assert caller.posts(message("x" * 60_000)).status_code == 200
    assert len(caller.rows(inbound)[0].text) == 4000


def test_a_thousand_fields_are_refused(caller: Caller) -> None:
    assert caller.posts([(f"f{n}", "") for n in range(1000)]).status_code in (400, 403)
    assert caller.count(inbound) == 0


@pytest.mark.parametrize("path", [MESSAGES, RECEIPTS])
def test_only_post_opens(caller: Caller, path: str) -> None:
    assert caller.gets(path).status_code == 405
    assert caller.posts(GOOD, path + "/").status_code == 404


def test_over_real_http_a_message_is_answered_once(road: Street) -> None:
    answer = road.says("پانی نہیں آ رہا", repeat=3)
    assert answer["status"] == 200
    assert road.deliver() == 1


def test_a_receipt_without_words_is_thanked(caller: Caller) -> None:
    assert caller.posts(receipt("", "delivered"), RECEIPTS).status_code == 204
    assert caller.posts(receipt("SM1", ""), RECEIPTS).status_code == 204
