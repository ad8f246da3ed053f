"""The clock and tickets: warned, up a level one at a time, told, reminded, ended; once, however many clocks and jumps."""

import random
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot.services import desk
from bot.services.hands import Hands
from bot.services.orders import Done, Official, Order
from bot.services.watch import foresee, watch
from bot.store.events import events
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from tests.support import Citizen, Clock

ASMA = Official(1, "Asma", None)
GUL = Official(2, "Gul", ("SGAD",))


@pytest.fixture
def number(citizen: Citizen, hands: Hands) -> str:
    with hands.db.write() as tx:
        for n, name in ((1, "asma"), (2, "gul")):
            tx.exec_driver_sql(
                "INSERT INTO accounts (id, username, name, role, department, password_hash, language, created_at)"
                f" VALUES ({n}, '{name}', '{name}', 'supervisor', '', 'x', 'en', '2026-11-01T00:00:00.000000')"
            )
    return citizen.reports()


def rows(hands: Hands, table: Table) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(table).order_by(table.c.id)))


def done(hands: Hands) -> list[str]:
    with hands.db.read() as tx:
        return list(
            tx.execute(select(events.c.action).where(events.c.actor == "clock").order_by(events.c.id)).scalars()
        )


def told(hands: Hands) -> list[str]:
    return [row.text for row in rows(hands, outbox) if row.inbound_id is None]


def look(hands: Hands) -> None:
    for _ in range(20):
        if not watch(hands):
            return
    raise AssertionError("the clock finds the same ticket due again and again")


def acts(hands: Hands, number: str, action: str, text: str = "") -> None:
    (ticket,) = rows(hands, tickets)
    order = Order(number, action, f"key-{action}-{ticket.version}".ljust(22, "k"), ticket.version, text)
    assert isinstance(desk.act(hands, ASMA, order), Done)


def goes_by(hands: Hands, clock: Clock, days: float, every: timedelta = timedelta(hours=3)) -> None:
    end = clock.now + timedelta(days=days)
    while clock.now < end:
        clock.passes(seconds=every.total_seconds())
        look(hands)


def test_nothing_is_due_at_once(hands: Hands, number: str) -> None:
    look(hands)
    assert done(hands) == []
    assert rows(hands, tickets)[0].clock_at > hands.now()


def test_left_alone_it_climbs_to_the_top_and_the_citizen_hears_every_new_day(
    hands: Hands, clock: Clock, number: str
) -> None:
    goes_by(hands, clock, 30)
    climbed = [row for row in rows(hands, events) if row.action == "escalate"]
    assert [row.data["level"] for row in climbed] == [1, 2, 3]
    (ticket,) = rows(hands, tickets)
    assert (ticket.level, ticket.department, ticket.state) == (3, "PHED", "new")
    assert sum("higher office" in text for text in told(hands)) == 3
    assert "nudge" in done(hands)
    assert "warn" in done(hands)
    assert "delay" in done(hands)
    page = desk.see_ticket(hands, GUL, number)
    assert page is not None, "the office it went up to sees it"


def test_a_clock_that_jumps_climbs_one_level(hands: Hands, clock: Clock, number: str) -> None:
    clock.passes(days=200)
    look(hands)
    assert done(hands) == ["escalate"]
    assert rows(hands, tickets)[0].deadline > hands.now()


def test_a_clock_that_goes_back_does_nothing(hands: Hands, clock: Clock, number: str) -> None:
    goes_by(hands, clock, 6)
    before = done(hands)
    clock.passes(days=-5)
    look(hands)
    assert done(hands) == before != []


def test_two_clocks_do_everything_once(hands: Hands, clock: Clock, number: str) -> None:
    for n in range(1, 12):
        Citizen(hands, f"+9230000002{n:02}").reports()
    clock.passes(days=200)
    wrong: list[Exception] = []

    def tick() -> None:
        try:
            look(hands)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert done(hands) == ["escalate"] * 12
    assert len(told(hands)) == 12


def test_while_the_citizen_is_asked_time_stands_still_and_nothing_is_late_the_moment_it_runs(
    hands: Hands, clock: Clock, citizen: Citizen, number: str
) -> None:
    due = rows(hands, tickets)[0].deadline
    clock.now = due - timedelta(minutes=30)
    acts(hands, number, "ask", "Which street?")
    look(hands)
    before = done(hands)
    goes_by(hands, clock, 5)
    assert done(hands)[len(before) :] == ["remind"]
    citizen.says("Street number 3")
    look(hands)
    (ticket,) = rows(hands, tickets)
    assert ticket.state == "in_progress"
    assert ticket.deadline >= hands.now() + timedelta(hours=7)
    assert "escalate" not in done(hands)


def test_whoever_does_not_answer_a_question_does_not_lose_the_ticket(hands: Hands, clock: Clock, number: str) -> None:
    acts(hands, number, "ask", "Which street?")
    goes_by(hands, clock, 10.5)
    (ticket,) = rows(hands, tickets)
    assert [action for action in done(hands) if action in ("remind", "unanswered")] == ["remind", "unanswered"]
    assert ticket.state == "in_progress"
    assert ticket.paused_at is None


def test_silence_is_reminded_once_and_then_its_own_end(
    hands: Hands, clock: Clock, citizen: Citizen, number: str
) -> None:
    acts(hands, number, "resolve", "Mended.")
    goes_by(hands, clock, 20)
    assert done(hands) == ["remind", "lapse"]
    assert rows(hands, tickets)[0].state == "lapsed"
    assert rows(hands, tickets)[0].verdict == ""
    citizen.says(number)
    citizen.says("3")
    (ticket,) = rows(hands, tickets)
    assert (ticket.state, ticket.verdict, ticket.level) == ("disputed", "unsolved", 1)


def test_at_night_nobody_is_woken(hands: Hands, clock: Clock, number: str) -> None:
    hands = replace(hands, day=(9, 21))
    clock.now = clock.now.replace(hour=20) + timedelta(days=30)  # one in the morning in Karachi
    look(hands)
    (row,) = [row for row in rows(hands, outbox) if row.inbound_id is None]
    assert row.due_at.hour == 4


def test_who_is_not_safe_to_write_to_hears_nothing(hands: Hands, clock: Clock, number: str) -> None:
    with hands.db.write() as tx:
        tx.execute(tickets.update().values(unsafe=True))
    goes_by(hands, clock, 30)
    assert "escalate" in done(hands)
    assert told(hands) == []


def test_what_is_foreseen_happens(hands: Hands, clock: Clock, number: str) -> None:
    """`tawar clock --dry-run` changes nothing, and tells what then comes."""
    seen = foresee(hands, timedelta(days=12))
    assert done(hands) == []
    names = {"Escalate": "escalate", "Warn": "warn", "NudgeUnassigned": "nudge", "InterimNote": "delay"}
    expected = [names[one.step] for one in seen]
    for one in seen:
        clock.now = max(clock.now, one.at)
        look(hands)
    assert done(hands) == expected != []


@pytest.mark.parametrize("seed", range(5))
def test_no_jump_climbs_two_levels_at_once(hands: Hands, clock: Clock, number: str, seed: int) -> None:
    chance = random.Random(seed)
    for hours in (chance.randint(-200, 400) for _ in range(12)):
        before = rows(hands, tickets)[0].level
        clock.passes(hours=hours)
        watch(hands)
        assert rows(hands, tickets)[0].level - before in (0, 1)
