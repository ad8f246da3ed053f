"""The worker's fetching: beside the answers, never before them, and it ends when the worker does."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.carriers.port import MediaRef
from bot.services.hands import Hands
from bot.services.receive import receive
from tests.media import samples
from tests.media.room import refs, rows, with_room
from tests.media.servers import Server, drips, says, serving
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


def test_a_thread_that_is_free_takes_the_next_file_while_another_is_slow(
    room: Hands, carrier: Server, tmp_path: Path
) -> None:
    release, done = threading.Event(), says(samples.PDF)

    def slow(wire: socket.socket, path: str) -> None:
        release.wait(30)
        done(wire, path)

    assert room.media
    patient = replace(room, media=replace(room.media, fetcher=replace(room.media.fetcher, total_s=60.0)))
    carrier.talks["/slow"] = slow
    quick = refs(carrier, *[(samples.PDF, "application/pdf")] * 9)
    with fetching(patient, threading.Event()):
        try:
            files = (MediaRef(f"{carrier.url}/slow", "application/pdf"), *quick)
            Citizen(room).says("No water in Gwadar for 3 days", media=files)
            wait_for(lambda: [row.state for row in rows(room)] == ["waiting", *["ready"] * 9], 20)
        finally:
            release.set()
    assert [(row.state, row.attempts) for row in rows(room)] == [("ready", 1)] * 10


def test_a_bug_with_one_file_keeps_no_other_waiting(
    room: Hands, carrier: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = work.fetch

    def odd(hands: Hands, row: Any) -> None:
        if row.position == 0:
            raise ZeroDivisionError("+923000000101 said something")
        real(hands, row)

    monkeypatch.setattr(work, "fetch", odd)
    Citizen(room).says("No water in Gwadar", media=refs(carrier, *[(samples.PDF, "application/pdf")] * 2))
    with fetching(room, threading.Event()):
        wait_for(lambda: [row.state for row in rows(room)] == ["waiting", "ready"])
    assert "ZeroDivisionError" in caplog.text
    assert "+92300" not in caplog.text


def test_it_ends_when_it_is_asked_to(room: Hands) -> None:
    stop = threading.Event()
    with fetching(room, stop):
        stop.set()
    assert not [thread for thread in threading.enumerate() if thread.name == "media"]


def test_a_bug_in_one_look_does_not_end_the_fetching(
    room: Hands, carrier: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, calls = work.claim_due, []

    def sometimes(*given: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("+923000000101 said something")
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "claim_due", sometimes)
    Citizen(room).says("No water in Gwadar", media=refs(carrier, (samples.PDF, "application/pdf")))
    with fetching(room, threading.Event()):
        wait_for(lambda: rows(room)[0].state == "ready")
    assert "ZeroDivisionError" in caplog.text
    assert "+92300" not in caplog.text
