"""The carrier against Debian's real Kannel: what is sent arrives letter by letter, once, whatever is stopped in between."""

import logging
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select
from urllib3 import Timeout

from bot.carriers.build import build_carriers
from bot.carriers.port import Accepted, Outcome, Outgoing, TryAgain
from bot.config import Settings
from bot.outbox import Lane
from bot.services.hands import Hands
from bot.services.send import send_due
from bot.services.settle import settle_unknown
from bot.services.turns import outgoing
from bot.sms import BASIC, EXTENDED, measure
from bot.store import contacts, outbox
from bot.store.messages import inbound
from handlers.web import Web, create_web
from tests.caller import counted
from tests.kannel import FAKESMSC, KANNEL_TOKEN, PASSWORD, STATUS, Kannel, kannel_settings, running_kannel
from tests.street import serving, wait_for
from tests.support import DATA_KEY, INDEX_KEY, PHONE, Clock, make_hands, phone_of, sqlite

pytestmark = [pytest.mark.usefixtures("kannel_installed"), pytest.mark.kannel]
URDU = "سلام،  میری شکایت۔\nپانی نہیں آ رہا ۱۲ دن سے 👍 ہئو ءَ"
GSM = "".join(sorted(BASIC | EXTENDED - {"\f"}))
OTHER = "+923000000102"


@dataclass
class Line:
    """The whole way in one process and two boxes: the operator, the real Kannel, the web; the test is the worker."""

    hands: Hands
    kannel: Kannel
    seen: list[tuple[str, int]] = field(default_factory=list)
    """Path and answer of each of Kannel's calls."""
    fail_next: int = 0
    """How many answers are lost on their way: Kannel is told 500 instead."""

    @property
    def operator(self) -> Any:
        assert self.kannel.operator
        return self.kannel.operator

    @property
    def carrier(self) -> Any:
        return self.hands.carriers.get("kannel")

    def send(self, text: str, phone: str = PHONE, ref: str = "ref-1") -> Outcome:
        return self.carrier.send(Outgoing(ref, "sms", phone, text))

    def hears(self, text: str, phone: str = PHONE) -> None:
        """The phone gets exactly that."""
        wait_for(lambda: self.operator.heard(phone))
        assert self.operator.heard(phone) == [text]

    def rows(self, table: Table) -> list[Any]:
        with self.hands.db.read() as tx:
            return list(tx.execute(select(table).order_by(*table.primary_key)).all())

    def puts(self, text: str, phone: str = PHONE) -> None:
        """A message waits in the outbox."""
        with self.hands.db.write() as tx:
            contact = contacts.lock_by_phone(tx, self.hands.vault, phone, self.hands.now())
            row = outgoing(self.hands, contact.id, text, Lane.REPLY, carrier="kannel", channel="sms")
            tx.execute(insert(outbox.outbox).values(row))

    def states(self) -> list[tuple[str, str, str]]:
        return [(row.state, row.status, row.reason) for row in self.rows(outbox.outbox)]

    def app(self, environ: Any, start: Any) -> Any:
        """The web, and a line on which answers can be lost."""
        told: list[Any] = []
        body = list(self._web(environ, lambda *answer: told.append(answer)))
        lost = self.fail_next > 0
        self.fail_next -= lost
        self.seen.append((environ["PATH_INFO"], 500 if lost else int(told[0][0][:3])))
        if lost:
            told = [("500 Lost", [("Content-Length", "0")])]
            body = [b""]
        start(*told[0])
        return body

    def opens(self) -> Any:
        """The web answers until the block ends."""
        settings = Settings(
            demo=True, public_url="http://127.0.0.1", secret_key="s" * 40, data_key=DATA_KEY, index_key=INDEX_KEY
        )
        self._web = create_web(Web(self.hands, settings, lambda _: None, lambda: None))
        return serving(self.app, self.kannel.web)  # type: ignore[arg-type]


@contextmanager
def line_of(folder: Path, *, token: str = KANNEL_TOKEN, fake: bool = False) -> Iterator[Line]:
    with ExitStack() as stack:
        db = stack.enter_context(sqlite(folder))
        kannel = stack.enter_context(running_kannel(folder, fake=fake, token=token))
        settings = Settings(**(kannel_settings(kannel) | {"kannel_token": KANNEL_TOKEN}))  # type: ignore[arg-type]
        yield Line(make_hands(db, Clock(), build_carriers(settings)), kannel)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with line_of(tmp_path) as line, line.opens():
        yield line


TEXTS = {
    URDU: 8,
    "ک" * 70: 8,
    "ک" * 71: 8,
    "ک" * 160: 8,
    URDU * 20: 8,
    "توار 😀" * 40: 8,
    "héllo ç": 8,
    "No water in Gwadar, ticket 12345678": 0,
    GSM: 0,
    "a" * 160: 0,
    "a" * 161: 0,
    "[€] " * 60: 0,
    " two  spaces\nand a line \n": 0,
    "100% &x=y +1 %d %A": 0,
}
"""Text -> data_coding: 0 GSM-7, 8 UCS-2."""


def test_texts_arrive_letter_by_letter(line: Line) -> None:
    for n, (text, coding) in enumerate(TEXTS.items()):
        phone = f"+923000000{n:03d}"
        assert line.send(text, phone) == Accepted("ref-1", "accepted")
        line.hears(text, phone)
        sent = [part for part in line.operator.parts if part.phone == phone.lstrip("+")]
        assert [part.coding for part in sent] == [coding] * measure(text).segments
        assert {part.sender for part in sent} == {"8300"}
    pool = line.carrier._pool.connection_from_url(line.kannel.send_url)
    assert pool.num_connections == 1, "all over one connection that is kept"
    for secret in (KANNEL_TOKEN, PASSWORD, STATUS, "شکایت", "Gwadar"):
        assert secret not in line.kannel.log()


def test_citizens_texts_are_stored_letter_by_letter(line: Line) -> None:
    for n, text in enumerate(
        [URDU, URDU * 8, "No water, Gwadar & Pasni 100%? a=b", "x" * 400, "&" * 600, "۱", "1"], start=1
    ):
        line.operator.says(f"+923000000{n:03d}", text)
        wait_for(lambda n=n: len(line.rows(inbound)) == n)  # type: ignore[misc]
        row = line.rows(inbound)[-1]
        assert (row.carrier, row.channel, row.state, row.text) == ("kannel", "sms", "answered", text)
        assert phone_of(line.rows(contacts.contacts)[-1]) == f"+923000000{n:03d}"
    assert line.operator.parts == [], "Kannel itself says nothing to the citizen"


def test_a_number_is_one_person_however_the_operator_writes_it(line: Line) -> None:
    for n, sender in enumerate(["03000000101", "923000000101", "+923000000101", "00923000000101"], start=1):
        line.operator.says(sender, "hello")
        wait_for(lambda n=n: len(line.rows(inbound)) == n)  # type: ignore[misc]
    assert [phone_of(row) for row in line.rows(contacts.contacts)] == [PHONE]


def test_a_sender_that_is_no_number_is_thanked_once(line: Line) -> None:
    for sender in ("8171", "JAZZ"):
        line.operator.says(sender, "You have won")
    wait_for(lambda: len(line.seen) == 2)
    time.sleep(1.5)  # longer than Kannel waits before it tries again
    assert line.seen == [("/carriers/kannel/messages", 200)] * 2
    assert line.rows(inbound) == []


FATES = {
    "delivered": ({}, "DELIVRD", ("accepted", "delivered", "")),
    "switched off for days": ({}, "EXPIRED", ("accepted", "undelivered", "EXPIRED")),
    "not delivered": ({}, "UNDELIV", ("accepted", "undelivered", "UNDELIV")),
    "refused by the operator": ({PHONE: 0x0B}, "", ("accepted", "failed", "0x0000000b")),
    "too fast for too long": ({PHONE: 0x58}, "", ("replaced", "failed", "retries_exceeded")),
}


@pytest.mark.parametrize("fate", FATES)
def test_a_receipt_tells_what_became_of_it(line: Line, fate: str) -> None:
    refuses, word, told = FATES[fate]
    line.operator.refuses |= refuses
    line.operator.fates[PHONE] = word
    line.puts(URDU)
    assert send_due(line.hands) == 1
    wait_for(lambda: line.states()[0] == told)
    assert ("/carriers/kannel/receipts", 200) in line.seen
    row = line.rows(outbox.outbox)[0]
    assert row.provider_id == row.ref


def test_two_receipts_of_two_messages_find_their_own(line: Line) -> None:
    line.operator.fates[OTHER] = "EXPIRED"
    line.puts("one")
    line.puts("two", OTHER)
    assert send_due(line.hands) == 2
    wait_for(lambda: sorted(row[1] for row in line.states()) == ["delivered", "undelivered"])


def test_messages_of_one_person_come_in_order(line: Line) -> None:
    """All at once, as after an hour without a network; so many that another order would show."""
    said = [f"{n}. پانی" for n in range(60)]
    for text in said:
        line.operator.says(PHONE, text)
    wait_for(lambda: len(line.rows(inbound)) == len(said))
    assert [row.text for row in line.rows(inbound)] == said


def test_a_call_whose_answer_was_lost_is_repeated_and_taken_once(line: Line) -> None:
    line.fail_next = 2
    line.operator.says(PHONE, URDU)
    wait_for(lambda: len(line.seen) == 3)
    assert [status for _, status in line.seen] == [500, 500, 200]
    assert len(line.rows(inbound)) == 1
    assert len(line.rows(outbox.outbox)) == 1


def test_a_receipt_whose_answer_was_lost_is_repeated_and_counted_once(line: Line) -> None:
    line.puts("hello")
    line.fail_next = 1
    send_due(line.hands)
    wait_for(lambda: len(line.seen) == 2)
    assert line.states() == [("accepted", "delivered", "")]


def test_what_comes_while_the_web_is_away_comes_when_it_is_back(tmp_path: Path) -> None:
    with line_of(tmp_path) as line:
        line.operator.says(PHONE, URDU)
        time.sleep(1.2)
        with line.opens():
            wait_for(lambda: line.rows(inbound))
            assert [row.text for row in line.rows(inbound)] == [URDU.strip()]


def test_a_kannel_with_another_token_is_refused_and_nothing_is_said_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "another-token-of-somebody-0123456789"
    before = counted("tawar_refused_calls_total", carrier="kannel")
    with line_of(tmp_path, token=wrong) as line, caplog.at_level(logging.DEBUG), line.opens():
        line.operator.says(PHONE, "canary")
        wait_for(lambda: len(line.seen) >= 2)
        assert {status for _, status in line.seen} == {403}
        assert (line.rows(inbound), line.rows(contacts.contacts)) == ([], [])
        assert line.operator.parts == []
    assert counted("tawar_refused_calls_total", carrier="kannel") >= before + 2
    for secret in (wrong, KANNEL_TOKEN, PASSWORD, STATUS, PHONE, PHONE[-7:], "canary"):
        assert secret not in caplog.text


def test_an_answer_waits_while_kannel_is_stopped_and_leaves_once(line: Line) -> None:
    line.kannel.stop()
    line.puts(URDU)
    assert send_due(line.hands) == 1
    assert line.states() == [("waiting", "", "connect")]
    line.kannel.start()
    wait_for(line.kannel.is_linked)
    line.hands.now.passes(minutes=5)  # type: ignore[attr-defined]
    assert send_due(line.hands) == 1
    wait_for(lambda: line.states()[0][1] == "delivered")
    line.hands.now.passes(minutes=5)  # type: ignore[attr-defined]
    assert send_due(line.hands) == 0
    line.hears(URDU)


def test_a_lost_line_to_the_operator_keeps_messages_in_the_store(line: Line) -> None:
    line.operator.close()
    wait_for(lambda: "line to the operator is down (OPERATOR)" in line.carrier.health())
    assert line.send(URDU) == Accepted("ref-1", "queued")


def test_a_bearerbox_killed_with_a_full_store_sends_once_when_it_is_back(line: Line) -> None:
    """smsbox begins again by itself some seconds after its bearerbox is gone; until then nothing is taken, and nothing lost."""
    line.operator.hang_up()
    line.operator.pauses = True
    wait_for(lambda: not line.kannel.is_linked())
    line.puts("first")
    send_due(line.hands)
    line.kannel.stop("bearerbox", sign=signal.SIGKILL)
    line.kannel.stop("smsbox", sign=signal.SIGKILL)
    line.puts("second")
    send_due(line.hands)
    assert [row[0] for row in line.states()] == ["accepted", "waiting"]
    line.operator.pauses = False
    line.kannel.start()
    wait_for(line.kannel.is_linked)
    line.hands.now.passes(minutes=5)  # type: ignore[attr-defined]
    send_due(line.hands)
    wait_for(lambda: [row[1] for row in line.states()] == ["delivered", "delivered"])
    assert sorted(line.operator.heard(PHONE)) == ["first", "second"]


def test_a_receipt_survives_the_end_of_bearerbox(line: Line) -> None:
    """Only bearerbox is killed and started: smsbox comes back by itself, ten seconds later."""
    line.operator.withholds = True
    line.puts(URDU)
    send_due(line.hands)
    wait_for(lambda: line.operator.parts)
    line.kannel.stop("bearerbox", sign=signal.SIGKILL)
    line.kannel.start("bearerbox")
    wait_for(lambda: line.carrier.health() == "", 30)
    assert line.states() == [("accepted", "", "")]
    line.operator.tells()
    wait_for(lambda: line.states() == [("accepted", "delivered", "")])
    assert line.send("and on", OTHER) == Accepted("ref-1", "accepted")
    line.hears("and on", OTHER)
    line.hears(URDU)


def test_an_answer_that_never_came_is_settled_by_the_receipt(line: Line) -> None:
    """Bearerbox stands still with the message in its hands: it may have left, so it is not sent again."""
    line.carrier.timeout = Timeout(connect=1.0, read=0.5)
    line.puts(URDU)
    line.kannel.signals("bearerbox", signal.SIGSTOP)
    try:
        send_due(line.hands)
        assert line.states() == [("unknown", "", "ReadTimeoutError")]
    finally:
        line.kannel.signals("bearerbox", signal.SIGCONT)
    wait_for(lambda: line.states()[0][:2] == ("accepted", "delivered"))
    line.hands.now.passes(hours=1)  # type: ignore[attr-defined]
    settle_unknown(line.hands)
    assert send_due(line.hands) == 0
    line.hears(URDU)


def test_a_stopped_smsbox_takes_nothing_and_says_so(line: Line) -> None:
    assert line.carrier.health() == ""
    line.kannel.stop("smsbox")
    assert line.send("x") == TryAgain("connect")
    assert "smsbox is not connected" in line.carrier.health()
    line.kannel.stop("bearerbox")
    assert "bearerbox does not answer" in line.carrier.health()


def test_a_wrong_password_is_the_operators_to_mend(line: Line) -> None:
    wrong = replace(line.carrier._settings, password="wrong", status_url=line.kannel.status_url + "x")
    carrier = type(line.carrier)(wrong)
    outcome = carrier.send(Outgoing("ref-1", "sms", PHONE, "x"))
    assert (type(outcome), outcome.error) == (TryAgain, "not_authorised")
    assert "refuses the password" in carrier.health()
    assert PASSWORD not in carrier.health()


def test_debians_fake_centre_gets_and_sends_urdu(tmp_path: Path) -> None:
    """The same with the program Kannel itself is tried with: it shows what it got in Kannel's own words."""
    words = "سلام"
    urdu = "".join(f"%{byte:02X}" for byte in words.encode("utf-16-be"))
    with line_of(tmp_path, fake=True) as line, line.opens(), (tmp_path / "fake.txt").open("wb") as out:
        command = [
            FAKESMSC,
            "-H",
            "127.0.0.1",
            "-r",
            str(line.kannel.fake_port),
            "-m",
            "1",
            f"{PHONE} 8300 ucs2 {urdu}",
        ]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: line.rows(inbound))
            assert [row.text for row in line.rows(inbound)] == [words]
            assert line.send("توار") == Accepted("ref-1", "accepted")
            # ASCII bytes stand as themselves, the others as %XX
            wait_for(lambda: b"%06*%06H%06'%061" in (tmp_path / "fake.txt").read_bytes())
        finally:
            process.kill()
            process.wait()
