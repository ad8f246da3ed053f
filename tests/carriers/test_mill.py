"""Every carrier through one mill: its table says what each raw call and answer becomes; nothing it meets makes it raise."""

import logging
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from bot.carriers.port import Accepted, Carriers, Outgoing, Refused, TryAgain, Unknown
from bot.outbox import Trouble
from tests.mill import Answer, Table, call, saying
from tests.street import free_port
from tests.support import PHONE, START

TABLES: dict[str, Table] = {
    path.stem: import_module(f"tests.carriers.{path.stem}").TABLE
    for path in sorted(Path(__file__).parent.glob("*_table.py"))
}


def rows(part: str) -> list[Any]:
    """(table, the row's name) of all carriers."""
    return [
        pytest.param(table, name, id=f"{table.name}-{name}")
        for table in TABLES.values()
        for name in getattr(table, part)
    ]


def nowhere(table: Table) -> Any:
    return table.make(f"http://127.0.0.1:{free_port()}")


def test_there_is_a_table() -> None:
    assert TABLES


@pytest.mark.parametrize(("table", "row"), rows("calls"))
def test_who_calls(table: Table, row: str) -> None:
    request, is_ours = table.calls[row]
    assert nowhere(table).verify(request) is is_ours


@pytest.mark.parametrize(("table", "row"), rows("messages"))
def test_a_message_is_read(table: Table, row: str) -> None:
    request, message = table.messages[row]
    assert nowhere(table).read(request) == message


@pytest.mark.parametrize(("table", "row"), rows("receipts"))
def test_a_receipt_is_read(table: Table, row: str) -> None:
    request, receipt = table.receipts[row]
    assert nowhere(table).read_receipt(request) == receipt


@pytest.mark.parametrize(("table", "row"), rows("answers"))
def test_an_answer_becomes_an_outcome(table: Table, row: str) -> None:
    answer, outcome = table.answers[row]
    with saying(answer) as server:
        assert table.make(f"http://127.0.0.1:{server.port}").send(table.sample) == outcome
    assert len(server.heard) == 1, "sent once, whatever the answer"


@pytest.mark.parametrize(("table", "row"), rows("never_sent"))
def test_what_it_cannot_carry_is_declined_without_a_call(table: Table, row: str) -> None:
    message, outcome = table.never_sent[row]
    with saying(Answer()) as server:
        assert table.make(f"http://127.0.0.1:{server.port}").send(message) == outcome
    assert server.heard == []


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize(("broken", "kind"), [("refused", TryAgain), ("reset", Unknown), ("silent", Unknown)])
def test_a_broken_line_says_whether_it_may_have_left(table: Table, broken: str, kind: type) -> None:
    if broken == "refused":
        assert isinstance(nowhere(table).send(table.sample), kind)
        return
    with saying(Answer(broken=broken)) as server:
        assert isinstance(table.make(f"http://127.0.0.1:{server.port}").send(table.sample), kind)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize(
    "status", [*range(200, 206), *range(300, 309), *range(400, 432), 451, 499, *range(500, 512), 599]
)
def test_every_status_has_an_outcome_and_only_success_is_accepted(table: Table, status: int) -> None:
    with saying(Answer(status, b"?")) as server:
        outcome = table.make(f"http://127.0.0.1:{server.port}").send(table.sample)
    assert not isinstance(outcome, Accepted) or status < 300
    if isinstance(outcome, Refused):
        assert outcome.trouble is not Trouble.NONE


@pytest.mark.parametrize(("table", "row"), rows("troubles"))
def test_an_error_has_a_meaning(table: Table, row: str) -> None:
    assert nowhere(table).trouble(row) is table.troubles[row]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_it_can(table: Table) -> None:
    carrier = nowhere(table)
    assert Carriers({carrier.name: carrier}).get(table.name) is carrier
    for channel, sends in table.senders.items():
        assert carrier.sends(channel) is sends, channel
        if sends:
            assert carrier.pace(channel).per_second > 0
    for channel, hears in table.ears.items():
        assert carrier.hears(channel) is hears, channel
    assert carrier.trouble("") is Trouble.NONE
    assert carrier.trouble("a word of the future") is not Trouble.NONE


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_carrier_that_is_away_is_never_a_mishap(table: Table) -> None:
    carrier = nowhere(table)
    assert carrier.find(table.sample, START) is None
    assert carrier.missed(START - timedelta(days=1)) is None
    assert bool(carrier.health()) is table.tells_health
    for message, _ in table.messages.values():
        if read := carrier.read(message):
            carrier.typing(read)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_no_secret_and_nobody_is_told(table: Table, caplog: pytest.LogCaptureFixture) -> None:
    told = []
    with caplog.at_level(logging.DEBUG):
        for answer, _ in [*table.answers.values(), (Answer(broken="reset"), None)]:
            with saying(answer) as server:
                carrier = table.make(f"http://127.0.0.1:{server.port}")
                told.append(repr(carrier.send(table.sample)))
                told.append(carrier.health())
    for hidden in (*table.secrets, table.sample.phone, table.sample.text):
        assert hidden not in caplog.text
        assert hidden not in "\n".join(told)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@tried(deadline=None, max_examples=150)
@given(st.text(max_size=80), st.binary(max_size=80), st.text(max_size=40), st.sampled_from(["GET", "POST"]))
def test_whatever_calls_is_read_or_declined(table: Table, query: str, body: bytes, value: str, method: str) -> None:
    carrier = nowhere(table)
    written = value.encode("utf-8", "replace").decode("latin-1").replace("\r", "").replace("\n", "")
    headers = dict.fromkeys(("Authorization", "Content_Type", "X_Kannel_From", "X_Twilio_Signature"), written)
    raw = query.encode("utf-8", "replace").decode("latin-1")
    request = call("/carriers/x/messages", raw, body, method, written, **headers)
    assert carrier.verify(request) is False
    carrier.read(request)
    carrier.read_receipt(request)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@tried(deadline=None, max_examples=25)
@given(st.text(max_size=200))
def test_whatever_is_said_is_sent_or_declined(table: Table, text: str) -> None:
    outcome = nowhere(table).send(Outgoing("ref", table.sample.channel, PHONE, text))
    assert isinstance(outcome, TryAgain | Refused)
