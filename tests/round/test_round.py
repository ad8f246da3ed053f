"""The whole round over real HTTP: phone, simulator, web, database, broker, worker, desk and back, in processes of their own."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.service import Service, field, first_number, service, signed_in
from tests.street import wait_for

pytestmark = pytest.mark.round
ONE_LINERS = {
    "+923000000101": ("پانی نہیں آ رہا، تربت میں تین دن سے", "۱", "PHED"),
    "+923000000102": ("مئے میتگ ءَ آپ نیست، تربت", "ھو", "PHED"),
    "+923000000103": ("No water in Gwadar for 3 days", "yes", "PHED"),
    "+923000000104": ("pani nahi aa raha Khuzdar mein", "haan", "PHED"),
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("round")) as running:
        yield running


@pytest.mark.parametrize("number", ONE_LINERS)
def test_from_the_phone_to_the_desk_and_back(everything: Service, number: str) -> None:
    complaint, yes, _department = ONE_LINERS[number]
    assert everything.says(complaint, number)["status"] == 200
    ticket = first_number(everything.hears(1, number)[-1])
    everything.says(yes, number)
    everything.hears(2, number)

    official = signed_in(everything, "phed")
    assert ticket in official.get(f"{everything.web_url}/desk", timeout=30).text
    address = f"{everything.web_url}/desk/tickets/{ticket}"
    page = official.get(address, timeout=30).text
    assert complaint in page
    form = {name: field(page, name) for name in ("csrf", "key", "version")} | {
        "text": "The pump is mended. پمپ ٹھیک ہے۔"
    }
    for _ in range(2):  # a double tap
        assert official.post(f"{address}/reply", data=form, timeout=30).ok
    heard = everything.hears(3, number)
    assert "پمپ ٹھیک ہے۔" in heard[-1]
    assert ticket in heard[-1]
    wait_for(lambda: "elivered" in official.get(f"{address}?lang=en", timeout=30).text)
    assert len(everything.heard(number)) == 3


def test_another_departments_ticket_is_not_there(everything: Service) -> None:
    number = "+923000000110"
    everything.says("bijli nahi hai Khuzdar mein", number)
    ticket = first_number(everything.hears(1, number)[-1])
    official = signed_in(everything, "phed")
    assert official.get(f"{everything.web_url}/desk/tickets/{ticket}", timeout=30).status_code == 404


def test_the_same_round_by_sms(everything: Service) -> None:
    number = "+923000000111"
    everything.says("No water in Gwadar for 3 days", number, "sms")
    first_number(everything.hears(1, number, "sms")[-1])
    assert everything.heard(number, "whatsapp") == []


def test_kill_9_between_accepted_and_recorded_sends_once(everything: Service) -> None:
    """The carrier has taken the message, the worker dies before it hears so: one message, and a ledger that says so."""
    number = "+923000000112"
    before = len(_log(everything))
    everything.fault(create_delay_s=8, receipt_delay_s=3)
    everything.says("hello", number)
    wait_for(lambda: len(_log(everything)) == before + 1)
    for pid in everything.pids("worker"):
        os.kill(pid, signal.SIGKILL)
    everything.fault(create_delay_s=0)
    wait_for(lambda: _ledger(everything, number) == [("accepted", "delivered")], 30)
    assert everything.heard(number) == [_log(everything)[-1]["body"]]
    wait_for(lambda: everything.pids("worker"), 20)
    everything.says("English", number)
    assert len(everything.hears(2, number)) == 2
    everything.fault(receipt_delay_s=None)


@pytest.mark.parametrize("part", ["web", "clock"])
def test_a_killed_part_comes_back(everything: Service, part: str) -> None:
    old = set(everything.pids(part))
    assert old
    os.kill(min(old), signal.SIGKILL)
    # all of the old, not the killed one alone: its child lives a moment longer and answers, then nobody does
    wait_for(lambda: (now := set(everything.pids(part))) and not now & old, 30)
    wait_for(lambda: _is_ready(everything), 30)


def test_what_operators_and_the_broker_see_names_nobody(everything: Service) -> None:
    number = "+923000000113"
    everything.says("No water in Gwadar for 3 days, Karim house", number)
    everything.hears(1, number)
    metrics = requests.get(f"{everything.web_url}/metrics", timeout=30).text
    logs = "".join(path.read_text(errors="replace") for path in (everything.var / "logs").iterdir())
    broker = b"".join(path.read_bytes() for path in (everything.var / "broker").rglob("*") if path.is_file()).decode(
        "latin-1"
    )
    for text in (metrics, logs, broker):
        assert "Karim" not in text
    kept = b"".join(path.read_bytes() for path in everything.var.rglob("*") if path.is_file())
    assert b"Karim" in kept, "the database is among it"
    for text in (metrics, everything.output(), kept.decode("latin-1")):
        assert not [one for one in (*ONE_LINERS, number) if one[3:] in text]


def test_the_folder_is_private(everything: Service) -> None:
    assert everything.var.stat().st_mode & 0o777 == 0o700
    assert (everything.var / "logins.txt").stat().st_mode & 0o777 == 0o600


def test_kill_9_of_the_parent_leaves_no_orphan(tmp_path: Path) -> None:
    with service(tmp_path, stops=False) as running:
        running.process.kill()
        wait_for(lambda: not any(running.pids(part) for part in ("web", "worker", "clock", "simulator")), 15)


def test_without_a_broker_the_worker_looks_by_itself(tmp_path: Path) -> None:
    with service(tmp_path, TAWAR_REDIS_URL="none") as running:
        assert "once a second" in running.output()
        running.says("hello")
        assert len(running.hears(1)) == 1


def test_with_a_dead_broker_the_sweep_sends(tmp_path: Path) -> None:
    with service(tmp_path, TAWAR_REDIS_URL="redis://127.0.0.1:1/0") as running:
        running.says("hello")
        assert len(running.hears(1)) == 1


def _is_ready(running: Service) -> bool:
    try:
        return requests.get(f"{running.web_url}/readyz", timeout=5).ok
    except requests.ConnectionError:
        return False


def _log(running: Service) -> list[dict[str, str]]:
    return list(requests.get(f"{running.phone_url}/log", timeout=30).json())


def _ledger(running: Service, number: str) -> list[tuple[str, str]]:
    with sqlite3.connect(f"file:{running.var / 'tawar.db'}?mode=ro", uri=True) as db:
        query = "SELECT o.state, o.status FROM outbox o JOIN contacts c ON c.id = contact_id WHERE phone_index = ? ORDER BY o.id"
        rows = db.execute(query, (running.index(number),)).fetchall()
    db.close()
    return rows
