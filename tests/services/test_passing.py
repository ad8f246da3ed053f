"""A ticket is passed on with a reason, never to those it complains of, and not for ever; helpers help and decide nothing."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.services import desk
from bot.services.hands import Hands
from bot.services.orders import Done, NotAllowed, Official, Order, Result, Unfit
from bot.services.passing import MAX_HOPS, REFEREE
from bot.services.sign_in import add_account
from bot.store.events import events
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from bot.views import BY_NAME
from tests.support import Citizen

WHY = "The pipe belongs to the city's own network"


@pytest.fixture
def people(hands: Hands) -> dict[str, Official]:
    found = {}
    with hands.db.write() as tx:
        for department in ("PHED", "WASA", "QMC", "LG", REFEREE):
            fields: dict[str, Any] = {"username": department.lower(), "name": department, "role": "official"}
            account = add_account(hands, tx, department=department, password="a long enough password", **fields)
            found[department] = Official(account, department, (department,))
    return found


@pytest.fixture
def number(citizen: Citizen) -> str:
    return citizen.reports()


def ticket(hands: Hands) -> Any:
    with hands.db.read() as tx:
        return tx.execute(select(tickets)).one()


def told(hands: Hands) -> list[str]:
    with hands.db.read() as tx:
        query = select(outbox.c.text).where(outbox.c.inbound_id.is_(None)).order_by(outbox.c.id)
        return list(tx.execute(query).scalars())


def acts(hands: Hands, who: Official, action: str, text: str = WHY, **wanted: Any) -> Result | None:
    row = ticket(hands)
    key = f"{action}-{row.version}-{who.account_id}".ljust(24, "k")
    return desk.act(hands, who, Order(row.number, action, key, row.version, text, **wanted))


def test_it_goes_to_the_other_office_and_the_citizen_hears_which(
    hands: Hands, people: dict[str, Official], number: str
) -> None:
    before = ticket(hands)
    assert isinstance(acts(hands, people["PHED"], "take", ""), Done)
    assert isinstance(acts(hands, people["PHED"], "transfer", department="WASA"), Done)
    row = ticket(hands)
    assert (row.department, row.state, row.owner_id, row.hops) == ("WASA", "new", None, 1)
    assert row.deadline <= before.deadline
    assert "WASA" in told(hands)[-1]
    assert WHY not in told(hands)[-1]
    assert desk.see_ticket(hands, people["PHED"], number) is None
    page = desk.see_ticket(hands, people["WASA"], number)
    assert page is not None
    assert WHY in [row.text for kind, row in page.lines if kind == "event"]


def test_the_third_hop_goes_to_the_referee_who_alone_decides(
    hands: Hands, people: dict[str, Official], number: str
) -> None:
    for here, there in (("PHED", "WASA"), ("WASA", "QMC"), ("QMC", "PHED")):
        assert isinstance(acts(hands, people[here], "transfer", department=there), Done)
    assert ticket(hands).department == REFEREE
    assert acts(hands, people[REFEREE], "transfer", department="LG") == Unfit("desk.error.hops")
    assert isinstance(acts(hands, people[REFEREE], "refer", department="LG"), NotAllowed)
    referee = replace(people[REFEREE], decides=True)
    assert isinstance(acts(hands, referee, "refer", department="LG"), Done)
    assert ticket(hands).department == "LG"
    assert ticket(hands).hops > MAX_HOPS
    assert acts(hands, people["LG"], "transfer", department="PHED") == Unfit("desk.error.hops")
    page = desk.see_ticket(hands, people["LG"], number)
    assert page is not None
    assert "transfer" not in page.actions


@pytest.mark.parametrize(
    ("department", "text", "key"),
    [
        ("PHED", WHY, "desk.error.department"),
        ("NONE", WHY, "desk.error.department"),
        ("", WHY, "desk.error.department"),
        ("WASA", "not ours", "desk.error.reason"),
        ("WASA", "", "desk.error.empty"),
    ],
)
def test_what_is_no_passing_on_is_refused(
    hands: Hands, people: dict[str, Official], number: str, department: str, text: str, key: str
) -> None:
    assert acts(hands, people["PHED"], "transfer", text, department=department) == Unfit(key)
    assert ticket(hands).department == "PHED"
    assert told(hands) == []


def test_it_never_goes_to_the_office_it_complains_of(hands: Hands, people: dict[str, Official]) -> None:
    asks = Citizen(hands, "+923000000103")
    asks.says("QESCO Gwadar office takes bribes for a new meter, corruption")
    asks.says("1")
    row = ticket(hands)
    assert (row.category, row.department) == ("corruption", "ACE")
    judge = Official(people["PHED"].account_id, "ACE", ("ACE",))
    assert acts(hands, judge, "transfer", department="QESCO") == Unfit("desk.error.accused")
    assert isinstance(acts(hands, judge, "transfer", department="CMU"), Done)


def test_helpers_see_answer_and_note_and_end_nothing(hands: Hands, people: dict[str, Official], number: str) -> None:
    assert isinstance(acts(hands, people["PHED"], "help", department="WASA"), Done)
    page = desk.see_ticket(hands, people["WASA"], number)
    assert page is not None
    assert set(page.actions) == {"reply", "note"}
    assert isinstance(acts(hands, people["WASA"], "reply", "Our tanker comes today."), Done)
    assert isinstance(acts(hands, people["WASA"], "resolve", "Solved."), NotAllowed)
    assert isinstance(acts(hands, people["WASA"], "transfer", department="QMC"), NotAllowed)
    assert "Our tanker comes today." in told(hands)[-1]
    assert desk.see_queue(hands, people["WASA"], BY_NAME["in_progress"], 0)
    assert desk.see_queue(hands, people["QMC"], BY_NAME["in_progress"], 0) == []


def test_rejected_with_a_reason_the_citizen_hears_and_may_take_back(
    hands: Hands, people: dict[str, Official], citizen: Citizen, number: str
) -> None:
    assert acts(hands, people["PHED"], "reject", "We cannot.") == Unfit("desk.error.no_reason")
    assert isinstance(acts(hands, people["PHED"], "reject", "The court decides in May.", reason="court"), Done)
    row = ticket(hands)
    assert (row.state, row.reason) == ("rejected", "court")
    assert row.ended_at is not None
    assert "A court has the matter" in told(hands)[-1]
    assert "The court decides in May." in told(hands)[-1]
    citizen.says("1")
    assert (ticket(hands).state, ticket(hands).level) == ("disputed", 1)


def test_given_to_a_colleague_of_the_same_office_only(hands: Hands, people: dict[str, Official], number: str) -> None:
    assert acts(hands, people["PHED"], "assign", "", to=people["WASA"].account_id) == Unfit("desk.error.assign")
    assert isinstance(acts(hands, people["PHED"], "assign", "", to=people["PHED"].account_id), Done)
    assert (ticket(hands).state, ticket(hands).owner_id) == ("assigned", people["PHED"].account_id)
    with hands.db.read() as tx:
        said = tx.execute(select(events.c.data).where(events.c.action == "assign")).scalar_one()
    assert said["to"] == people["PHED"].account_id
