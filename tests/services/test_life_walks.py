"""Citizens, officials and the clock do anything in any order: no ticket leaves its table, no history breaks, no verdict is lost."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from bot.chain import first_break
from bot.services import desk
from bot.services.hands import Hands
from bot.services.orders import Done, Official, Order
from bot.services.sign_in import add_account
from bot.services.watch import watch
from bot.store import events
from bot.store.tickets import tickets
from bot.tickets import OPEN_STATES, STATES, transitions
from tests.support import Citizen, Clock

STEPS = 60
SAYS = (
    "1",
    "2",
    "3",
    "0",
    "yes",
    "no",
    "partly",
    "5 good",
    "still no water here",
    "No water in Turbat for 3 days",
    "stop",
)
ACTIONS = sorted({action for _, action, role in transitions() if role in ("official", "referee", "helper")})
VERDICTS = {"confirm": "solved", "partly": "partly", "dispute": "unsolved"}


@pytest.mark.parametrize("seed", range(6))
def test_a_walk_stays_on_the_table(hands: Hands, clock: Clock, citizen: Citizen, seed: int) -> None:
    chance = random.Random(seed)
    with hands.db.write() as tx:
        fields: dict[str, Any] = {"department": "PHED", "password": "a long enough password", "role": "official"}
        account = add_account(hands, tx, username="gul", name="Gul", **fields)
    gul = Official(account, "Gul", None, decides=True)
    citizen.reports()
    done = 0
    for n in range(STEPS):
        if not is_any_open(hands):
            Citizen(hands, f"+92300000{n:04}").reports()
        match chance.randrange(4):
            case 0:
                citizen.says(chance.choice([*SAYS, any_ticket(hands, chance).number]))
            case 1:
                clock.passes(hours=chance.choice((1, 9, 30, 200)))
                watch(hands)
            case _:
                done += isinstance(acts(hands, gul, chance, n), Done)
        holds(hands)
    assert done > STEPS // 10, "a walk on which nothing happens proves nothing"


def is_any_open(hands: Hands) -> bool:
    with hands.db.read() as tx:
        return bool(tx.execute(select(tickets.c.id).where(tickets.c.state.in_(OPEN_STATES))).first())


def any_ticket(hands: Hands, chance: random.Random) -> Any:
    with hands.db.read() as tx:
        return chance.choice(tx.execute(select(tickets)).all())


def acts(hands: Hands, gul: Official, chance: random.Random, n: int) -> Any:
    ticket = any_ticket(hands, chance)
    wanted = {
        "category": chance.choice(("water_dirty", "power_outage", "corruption")),
        "department": chance.choice(("WASA", "QMC", "CMU", "PHED")),
        "reason": chance.choice(("court", "")),
    }
    order = Order(
        ticket.number, chance.choice(ACTIONS), f"key-of-the-walk-{n:08}", ticket.version, "A reason that is long enough",
        **wanted, to=gul.account_id,
    )  # fmt: skip
    return desk.act(hands, gul, order)


def holds(hands: Hands) -> None:
    """What is true of every ticket at any moment."""
    with hands.db.read() as tx:
        for ticket in tx.execute(select(tickets)).all():
            happened = list(events.of_ticket(tx, ticket.id))
            assert ticket.state in STATES
            assert first_break(ticket.number, ticket.head, ticket.events, happened) is None
            state = "new"
            for event in happened[1:]:
                after = {transitions().get((state, event.action, role)) for role in (event.actor, "helper", "referee")}
                found = after - {None}
                assert found, f"{event.action} by {event.actor} of a ticket that is {state}"
                state = str(found.pop())
            assert state == ticket.state
            given = [VERDICTS[event.action] for event in happened if event.action in VERDICTS]
            assert ticket.verdict == (given[-1] if given else "")
            assert (ticket.paused_at is not None) == (ticket.state == "waiting")
