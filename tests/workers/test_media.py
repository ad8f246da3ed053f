"""The worker's fetching: beside the answers, never before them, and it ends when the worker does."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.carriers.port import MediaRef
from bot.services.hands import Hands
from bot.services.receive import receive
from tests.media import samples
from tests.media.room import refs, rows, with_room
from tests.media.servers import Server, drips, serving
from tests.street import wait_for
from tests.support import Citizen
from workers import media as work
from workers.media import fetching


@pytest.fixture
def carrier() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def room(hands: Hands, carrier: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hands:
    monkeypatch.setattr(work, "LOOK_S", 0.05)
    return with_room(hands, tmp_path, carrier)


def test_what_is_due_is_fetched_without_being_woken(room: Hands, carrier: Server) -> None:
    with fetching(room, threading.Event()):
        Citizen(room).says("No water in Gwadar", media=refs(carrier, (samples.jpeg(), "image/jpeg")))
        wait_for(lambda: [row.state for row in rows(room)] == ["ready"])


def test_a_slow_file_keeps_no_other_file_and_no_answer_waiting(room: Hands, carrier: Server) -> None:
    carrier.talks["/slow"] = drips(b"HTTP/1.1 200 OK\r\n\r\n", b"\xff", 0.05)
    slow = tuple(MediaRef(f"{carrier.url}/slow", "image/jpeg") for _ in "12")
    citizen = Citizen(room)
    with fetching(room, threading.Event()):
        citizen.says("No water in Gwadar for 3 days", media=(*slow, *refs(carrier, (samples.PDF, "application/pdf"))))
        wait_for(lambda: len(carrier.asked) == 3)
        began = time.monotonic()
        assert receive(room, citizen.message("1")).outcome == "answered"
        assert time.monotonic() - began < 0.5
        wait_for(lambda: rows(room)[2].state == "ready", 5)
        assert [row.state for row in rows(room)][:2] == ["waiting", "waiting"]


def test_it_ends_when_it_is_asked_to(room: Hands) -> None:
    stop = threading.Event()
    with fetching(room, stop):
        stop.set()
    assert not [thread for thread in threading.enumerate() if thread.name == "media"]


def test_a_bug_in_one_look_does_not_end_the_fetching(
    room: Hands, carrier: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, calls = work.fetch_due, []

    def sometimes(*given: object) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("+923000000101 said something")
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "fetch_due", sometimes)
    Citizen(room).says("No water in Gwadar", media=refs(carrier, (samples.PDF, "application/pdf")))
    with fetching(room, threading.Event()):
        wait_for(lambda: rows(room)[0].state == "ready")
    assert "ZeroDivisionError" in caplog.text
    assert "+92300" not in caplog.text
