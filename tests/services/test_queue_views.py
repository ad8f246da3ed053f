"""What each view of the queue shows, to whom, in which order; and that its number beside it is the same."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import KARACHI
from bot.services import desk
from bot.services.hands import Hands
from bot.services.orders import Official
from bot.store import seats
from bot.store.tickets import tickets
from bot.views import BY_NAME, VIEWS, end_of_today
from tests.support import START, Citizen

WATER, ALL = Official(7, "Gul", ("PHED",)), Official(8, "Akbar", None)
CASES: dict[str, dict[str, Any]] = {
    "new": {},
    "mine": {"state": "in_progress", "owner_id": 7},
    "theirs": {"state": "in_progress", "owner_id": 8},
    "late": {"deadline": START - timedelta(hours=1)},
    "today": {"deadline": START + timedelta(hours=2)},
    "asked": {"state": "waiting", "deadline": START - timedelta(hours=1)},
    "raised": {"state": "disputed", "level": 1},
    "ended": {"state": "confirmed", "owner_id": 7},
    "power": {"department": "QESCO"},
    "helped": {"department": "WASA"},
}
SEEN = {
    "open": {"new", "mine", "theirs", "late", "today", "asked", "raised", "helped"},
    "mine": {"mine"},
    "unassigned": {"new", "late", "today", "raised", "helped"},
    "overdue": {"late"},
    "due_today": {"today"},
    "escalated": {"raised"},
    "new": {"new", "late", "today", "helped"},
    "in_progress": {"mine", "theirs"},
    "waiting": {"asked"},
    "disputed": {"raised"},
    "confirmed": {"ended"},
}


@pytest.fixture
def cases(hands: Hands) -> dict[str, str]:
    """{case: number}"""
    numbers = {case: Citizen(hands, f"+92300000{n:04}").reports() for n, case in enumerate(CASES, 300)}
    with hands.db.write() as tx:
        for n, name in ((7, "gul"), (8, "akbar")):
            tx.exec_driver_sql(
                "INSERT INTO accounts (id, username, name, role, department, password_hash, language, created_at)"
                f" VALUES ({n}, '{name}', '{name}', 'official', '', 'x', 'en', '2026-11-01T00:00:00.000000')"
            )
        for case, fields in CASES.items():
            if fields:
                tx.execute(update(tickets).where(tickets.c.number == numbers[case]).values(**fields))
        helped = tx.execute(tickets.select().where(tickets.c.number == numbers["helped"])).one()
        seats.add(tx, helped.id, "PHED", seats.HELPER)
    return numbers


def test_every_view_shows_what_it_says(hands: Hands, cases: dict[str, str]) -> None:
    names = {number: case for case, number in cases.items()}
    seen = {view.name: {names[row.number] for row in desk.see_queue(hands, WATER, view, 0)} for view in VIEWS}
    assert seen == {view.name: SEEN.get(view.name, set()) for view in VIEWS}
    assert desk.count_queue(hands, WATER) == {name: len(found) for name, found in seen.items()}


def test_who_sees_all_sees_every_department(hands: Hands, cases: dict[str, str]) -> None:
    assert desk.count_queue(hands, ALL)["open"] == len(CASES) - 1
    assert [row.number for row in desk.see_queue(hands, ALL, BY_NAME["mine"], 0)] == [cases["theirs"]]


def test_what_is_due_first_stands_first(hands: Hands, cases: dict[str, str]) -> None:
    with hands.db.write() as tx:
        later = START - timedelta(minutes=30)
        tx.execute(update(tickets).where(tickets.c.number == cases["new"]).values(deadline=later))
    found = [row.number for row in desk.see_queue(hands, WATER, BY_NAME["overdue"], 0)]
    assert found == [cases["late"], cases["new"]]


def test_a_day_ends_at_midnight_in_karachi() -> None:
    assert end_of_today(START).astimezone(KARACHI).hour == 0
    assert timedelta(0) < end_of_today(START) - START <= timedelta(days=1)
