"""Whole lives of tickets, each a file a person can read: every message the citizen saw, and every step of the history.

`>` the citizen writes, `<` what their phone shows, `*` an official acts (`* resolve: words`), `@` time passes, `=` the
ticket's state and the day it is due. `#` is a remark. The lines after the citizen's and the officials' are made anew with
TAWAR_WRITE_TRANSCRIPTS=1.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.chain import first_break
from bot.clock import KARACHI
from bot.store import events
from bot.store.database import Database
from bot.store.tickets import tickets
from tests.stories.stage import Days, days
from tests.street import wait_for

LIVES = sorted((Path(__file__).parents[1] / "biographies").glob("*.txt"))
MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)
STRIDE = timedelta(hours=6)
"""How often the clock looks while days pass."""
MADE = ("<", "=", "  ")


class Life:
    """Plays one file by SMS, which is open at any hour and on any day."""

    def __init__(self, told: Days) -> None:
        self.told, self.shown = told, 0

    def line(self, line: str) -> list[str]:
        kind, _, rest = line.partition(" ")
        match kind:
            case ">":
                self.told.says(rest, "kannel")
            case "*":
                action, _, words = rest.partition(": ")
                self.told.official_does(action, words)
            case "@":
                self._pass(rest)
            case _:
                return [line]
        return [line, *self._heard(), *self._stands()]

    def _pass(self, rest: str) -> None:
        found = re.fullmatch(r"(\d+) (hours|days) pass", rest)
        assert found, rest
        left = timedelta(**{found[2]: int(found[1])})
        while left > timedelta(0):
            self.told.pass_(seconds=min(left, STRIDE).total_seconds())
            left -= STRIDE

    def _heard(self) -> list[str]:
        heard = self.told.heard("kannel")
        new, self.shown = heard[self.shown :], len(heard)
        return ["< " + text.replace("\n", "\n  ") for text in new]

    def _stands(self) -> list[str]:
        rows = self._tickets()
        return [
            f"= {row.state}, level {row.level}, due {row.deadline.astimezone(KARACHI):%a %d %b %H:%M}" for row in rows
        ]

    def _tickets(self) -> list[Any]:
        with self.told.street.hands.db.read() as tx:
            return list(tx.execute(select(tickets).order_by(tickets.c.id)))


@pytest.mark.parametrize("life", LIVES, ids=lambda path: path.stem)
def test_biography(db: Database, life: Path) -> None:
    written = life.read_text(encoding="utf-8")
    with days(db, MONDAY) as told:
        played = Life(told)
        lines = [line for line in written.splitlines() if not line.startswith(MADE)]
        shown = "\n".join(made for line in lines for made in played.line(line)) + "\n"
        wait_for(lambda: all(row.status for row in told.rows() if row.state == "accepted"))
        with db.read() as tx:
            for ticket, happened, _ in events.histories(tx, 0, 100):
                assert first_break(ticket.number, ticket.head, ticket.events, happened) is None
    if os.environ.get("TAWAR_WRITE_TRANSCRIPTS"):
        life.write_text(shown, encoding="utf-8")
    assert shown == written
