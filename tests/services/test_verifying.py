"""`tawar verify` names what was changed in a real database by somebody who knows it well."""

import pytest
from sqlalchemy import Connection, select, text

from bot.chain import Broken
from bot.services.hands import Hands
from bot.services.verifying import Whole, code_of, seal, verify
from bot.services.watch import watch
from bot.store.append_only import release
from bot.store.outbox import outbox
from tests.support import Citizen, Clock


@pytest.fixture
def number(citizen: Citizen, clock: Clock, hands: Hands) -> str:
    """Two tickets with a history, sealed."""
    Citizen(hands, "+923000000102").reports()
    number = citizen.reports()
    clock.passes(days=1)
    citizen.says("the children are thirsty")
    watch(hands)
    clock.passes(hours=2)
    assert seal(hands)
    return number


def tamper(hands: Hands, *statements: str) -> None:
    """As somebody would who owns the database and takes the triggers off first."""
    with hands.db.write() as tx:
        _unlock(tx)
        for statement in statements:
            tx.execute(text(statement))


def _unlock(tx: Connection) -> None:
    for table in ("events", "seals"):
        for statement in release(table, tx.dialect.name):
            tx.exec_driver_sql(statement)


def test_what_was_written_is_whole(hands: Hands, number: str) -> None:
    found = verify(hands.db)
    assert isinstance(found, Whole)
    assert found.tickets == 2
    assert found.events >= 3
    assert len(found.seal) == 64


def test_sealing_twice_seals_nothing_new(hands: Hands, number: str) -> None:
    assert not seal(hands)
    assert isinstance(verify(hands.db), Whole)


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("changed", "UPDATE events SET action = 'confirm' WHERE id = 2"),
        ("changed", "UPDATE events SET data = '{}' WHERE id = 2"),
        ("missing", "DELETE FROM events WHERE id = 2"),
        ("changed", "UPDATE tickets SET head = '" + "0" * 64 + "' WHERE id = 2"),
    ],
)
def test_one_ticket_bent_is_named(hands: Hands, number: str, what: str, statement: str) -> None:
    tamper(hands, statement)
    found = verify(hands.db)
    assert isinstance(found, Broken)
    assert (found.number, found.what) == (number, what)


def test_a_ticket_taken_out_whole_breaks_the_seal(hands: Hands, number: str) -> None:
    tamper(
        hands,
        "DELETE FROM events WHERE ticket_id = 1",
        "UPDATE inbound SET ticket_id = NULL",
        "UPDATE outbox SET ticket_id = NULL",
        "DELETE FROM tickets WHERE id = 1",
    )
    assert verify(hands.db) == Broken("", 1, "seal")


def test_the_code_moves_with_the_history(hands: Hands, citizen: Citizen, number: str) -> None:
    before = code_of(hands, number)
    assert before is not None
    citizen.says("still nothing")
    after = code_of(hands, number)
    assert after is not None
    assert after[0] == before[0] + 1
    assert after[1] != before[1]
    assert code_of(hands, "00000000") is None
    citizen.says(f"check {number}")
    with hands.db.read() as tx:
        said = tx.execute(select(outbox.c.text).order_by(outbox.c.id.desc()).limit(1)).scalar_one()
    assert after[1] in said
