"""What lies on the shelf is named by a row, whatever happens in between; what is not is swept up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.media.shelf import PARTS, Folder
from bot.services.hands import Hands
from bot.services.media import WAITS_S, act_with_file, claim_due, fetch, sweep
from bot.services.orders import Official, Order
from bot.services.sign_in import add_account
from bot.store.database import Database
from bot.store.tickets import tickets
from tests.media import samples
from tests.media.room import fetch_due, kept, refs, reports_with, rows, with_room
from tests.media.servers import Server, serving
from tests.support import Citizen, Clock


@pytest.fixture
def carrier() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def room(hands: Hands, carrier: Server, tmp_path: Path) -> Hands:
    return with_room(hands, tmp_path, carrier)


def test_a_small_one_that_finds_no_room_takes_the_large_one_along(
    room: Hands, carrier: Server, clock: Clock, tmp_path: Path
) -> None:
    class Filling(Folder):
        puts = 0

        def put(self, data: bytes) -> str:
            self.puts += 1
            if self.puts % 2 == 0:
                raise OSError(28, "No space left on device")
            return super().put(data)

    assert room.media
    filling = replace(room, media=replace(room.media, shelf=Filling(tmp_path / "media")))
    reports_with(filling, carrier, [(samples.jpeg(), "image/jpeg")])
    for _ in WAITS_S[:3]:
        clock.passes(hours=3)
        fetch_due(filling)
    assert [(row.state, row.reason, row.attempts) for row in rows(room)] == [("waiting", "room", 4)]
    assert kept(tmp_path) == []


class GoesAway(Database):
    """Writes what it is told to, and is gone before it has said so."""

    error: Exception | None = None

    @contextmanager
    def write(self) -> Iterator[Any]:
        with super().write() as tx:
            yield tx
        if self.error:
            raise self.error


@pytest.mark.parametrize(
    "error", [OperationalError("COMMIT", None, OSError("gone")), ValueError("odd")], ids=["gone", "odd"]
)
def test_a_file_whose_commit_was_not_acknowledged_is_kept(
    room: Hands, carrier: Server, tmp_path: Path, error: Exception
) -> None:
    going = GoesAway(room.db.engine.url.render_as_string(hide_password=False))
    away = replace(room, db=going)
    citizen, official = Citizen(room), official_of(room)
    number = citizen.reports()
    with room.db.read() as tx:
        version = tx.execute(tickets.select()).one().version
    going.error = error
    with pytest.raises(type(error)):
        act_with_file(away, official, Order(number, "reply", "k" * 22, version, "See the paper"), samples.PDF, "a.pdf")
    going.error = None
    assert [(row.state, row.name) for row in rows(room)] == [("ready", "a.pdf")]
    assert [str(path.relative_to(tmp_path / "media")) for path in kept(tmp_path)] == [rows(room)[0].key]

    citizen.says("", media=refs(carrier, (samples.jpeg(), "image/jpeg")))
    (claimed,) = claim_due(away, 4)
    going.error = error
    with pytest.raises(type(error)):
        fetch(away, claimed)
    going.close()
    assert [row.state for row in rows(room)] == ["ready", "ready"]
    assert len(kept(tmp_path)) == 3


class NotThere(Database):
    @contextmanager
    def write(self) -> Iterator[Any]:
        raise OperationalError("BEGIN", None, OSError("gone"))
        yield


def test_a_file_nobody_knows_the_fate_of_is_left_to_the_sweep(
    room: Hands, carrier: Server, clock: Clock, tmp_path: Path
) -> None:
    Citizen(room).says("", media=refs(carrier, (samples.PDF, "application/pdf")))
    (claimed,) = claim_due(room, 4)
    away = NotThere(room.db.engine.url.render_as_string(hide_password=False))
    with pytest.raises(OperationalError):
        fetch(replace(room, db=away), claimed)
    away.close()
    (left,) = kept(tmp_path)
    os.utime(left, times=(clock.now.timestamp() - 25 * 3600,) * 2)
    assert sweep(room, int(left.name[:2], 16)) == 1


def official_of(hands: Hands) -> Official:
    with hands.db.write() as tx:
        fields = {"username": "gul", "name": "Gul Bibi", "role": "supervisor", "department": ""}
        return Official(add_account(hands, tx, password="a long enough password", **fields), "Gul Bibi", None)


def test_what_no_row_names_is_swept_up_after_a_day(room: Hands, carrier: Server, clock: Clock, tmp_path: Path) -> None:
    reports_with(room, carrier, [(samples.jpeg(), "image/jpeg"), (samples.PDF, "application/pdf")])
    named = sorted(kept(tmp_path))
    assert room.media
    shelf = room.media.shelf
    orphans, young = [shelf.put(b"x") for _ in range(3)], shelf.put(b"x")
    for path in kept(tmp_path):
        age = 3600 if path.name == young[6:] else 25 * 3600
        os.utime(path, times=(clock.now.timestamp() - age,) * 2)
    swept = sum(sweep(room, part) for part in range(PARTS))
    assert swept == len(orphans)
    assert sorted(kept(tmp_path)) == sorted([*named, tmp_path / "media" / young])


def test_a_part_without_files_sweeps_nothing(hands: Hands) -> None:
    assert sweep(hands, 0) == 0
