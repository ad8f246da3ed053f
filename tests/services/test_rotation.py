"""Keys are changed while the service runs: every row ends under the new key, once, and none is lost on the way."""

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.services import rotation
from bot.services.rotation import Rotated, rotate
from bot.store import second_steps
from bot.store.contacts import bound_to, contacts, lock_by_phone, open_phone
from bot.store.database import Database
from bot.store.sealed import SECRETS, reseal
from bot.vault import Vault, VaultError
from tests.bot.test_vault import key
from tests.bot.test_vault import vault as vault_of
from tests.support import DATA_KEY, START, vault

NEW = f"2:{key('new')}"
BOTH = vault_of(f"{NEW},{DATA_KEY}")
PHONES = [f"+92300000{n:04}" for n in range(7)]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)


@pytest.fixture
def people(db: Database) -> Database:
    with db.write() as tx:
        ids = [lock_by_phone(tx, vault(), phone, START).id for phone in PHONES]
        name = vault().seal("گل", bound_to("name", ids[-1]))
        tx.execute(update(contacts).where(contacts.c.id == ids[-1]).values(name=name))
    return db


def rows(db: Database) -> list[Any]:
    with db.read() as tx:
        return list(tx.execute(select(contacts).order_by(contacts.c.id)))


def phones(db: Database, with_: Vault) -> list[str]:
    return [open_phone(with_, row.id, row.phone) for row in rows(db)]


def test_everything_is_sealed_anew_once(people: Database) -> None:
    assert rotate(people, vault()) == Rotated(0)
    assert rotate(people, BOTH) == Rotated(len(PHONES))
    only_new = vault_of(NEW)
    assert phones(people, only_new) == PHONES
    *others, last = rows(people)
    assert only_new.unseal(last.name, bound_to("name", last.id)) == "گل"
    assert {row.name for row in others} == {b""}
    assert rotate(people, BOTH) == Rotated(0)
    with people.write() as tx:
        assert lock_by_phone(tx, only_new, PHONES[3], START).id == others[3].id, "and is found as before"


def test_stopped_in_the_middle_it_goes_on(people: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class StoppedError(Exception):
        pass

    left = iter(range(5))
    whole = rotation._anew

    def dying(*given: Any) -> Any:
        if next(left, None) is None:
            raise StoppedError
        return whole(*given)

    monkeypatch.setattr(rotation, "_anew", dying)
    with pytest.raises(StoppedError):
        rotate(people, BOTH)
    monkeypatch.setattr(rotation, "_anew", whole)
    assert [BOTH.is_current(row.phone) for row in rows(people)] == [True] * 3 + [False] * 4, (
        "a batch is whole or not at all"
    )
    assert phones(people, BOTH) == PHONES
    assert rotate(people, BOTH) == Rotated(4)


def test_what_somebody_else_changed_meanwhile_is_left(people: Database) -> None:
    row = rows(people)[0]
    with people.write() as tx:
        assert reseal(tx, row.id, {"phone": row.phone}, {"phone": b"theirs"})
        assert not reseal(tx, row.id, {"phone": row.phone}, {"phone": b"ours"})
    assert rows(people)[0].phone == b"theirs"


def test_who_cannot_be_opened_is_named_and_stops_nobody(people: Database) -> None:
    first = rows(people)[0].id
    with people.write() as tx:
        lost = vault_of(f"lost:{key('lost')}").seal(PHONES[0], bound_to("phone", first))
        tx.execute(update(contacts).where(contacts.c.id == first).values(phone=lost))
    assert rotate(people, BOTH) == Rotated(len(PHONES) - 1, (first,))
    with pytest.raises(VaultError, match="'lost'"):
        phones(people, BOTH)


def test_who_came_meanwhile_under_the_old_key_is_found_by_the_next_round(people: Database) -> None:
    assert rotate(people, BOTH).done == len(PHONES)
    with people.write() as tx:
        lock_by_phone(tx, vault(), "+923000000999", START)
    assert rotate(people, BOTH) == Rotated(1)


def test_the_secrets_of_second_steps_go_along(people: Database) -> None:
    with people.write() as tx:
        tx.exec_driver_sql(
            "INSERT INTO accounts (id, username, name, role, department, password_hash, language, created_at)"
            " VALUES (7, 'gul', 'Gul', 'official', 'PHED', 'x', 'en', '2026-11-01T00:00:00.000000')"
        )
        place = second_steps.bound_to("secret", 7)
        held = {"secret": vault().seal("JBSWY3DP", place), "pending": None, "last_step": 0}
        tx.execute(second_steps.second_steps.insert().values(account_id=7, **held))
    assert rotate(people, BOTH, SECRETS) == Rotated(1)
    assert rotate(people, BOTH, SECRETS) == Rotated(0)
    with people.read() as tx:
        sealed = tx.execute(select(second_steps.second_steps.c.secret)).scalar_one()
    assert vault_of(NEW).unseal(sealed, place) == "JBSWY3DP"
