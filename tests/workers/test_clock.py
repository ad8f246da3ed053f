"""The clock tidies up, and no store that is away stops it."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.media.shelf import PARTS, Folder
from bot.services.hands import Hands
from tests.media.room import kept, with_room
from tests.support import Clock
from workers.clock import TIDY_EVERY, tidy


def test_every_part_of_the_shelf_has_its_turn_within_two_days(hands: Hands, clock: Clock, tmp_path: Path) -> None:
    room = with_room(hands, tmp_path)
    assert room.media
    for _ in range(20):
        room.media.shelf.put(b"x")
    for path in kept(tmp_path):
        os.utime(path, times=(clock.now.timestamp() - 25 * 3600,) * 2)
    for _ in range(PARTS):
        tidy(room)
        clock.passes(seconds=TIDY_EVERY)
    assert kept(tmp_path) == []
    assert PARTS * TIDY_EVERY < 2 * 24 * 3600


def test_a_store_that_is_away_is_said_and_stops_nothing(
    hands: Hands, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(Folder):
        def older(self, part: int, before: datetime) -> Iterator[str]:
            raise ConnectionError("the bucket is away")

    tidy(with_room(hands, tmp_path, shelf=Away(tmp_path)))
    assert "stay for now (ConnectionError)" in caplog.text
