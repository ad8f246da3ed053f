"""Numbers at rest: sealed for their own row, found by an index, and no column of any table holds one in clear."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.services.numbers import key_trouble
from bot.store import contacts as people
from bot.store.contacts import contacts, lock_by_phone
from bot.store.database import Database
from bot.store.migrate import downgrade, upgrade
from bot.vault import TamperedError, Vault, VaultError
from tests.bot.test_vault import key
from tests.bot.test_vault import vault as other_vault
from tests.support import DATA_KEY, INDEX_KEY, PHONE, START, phone_of, vault

OTHER = "+923000000102"
BEFORE = "0006"
"""The last form that kept numbers in clear."""
NAME = "گل بی بی"


def everybody(db: Database) -> list[Any]:
    with db.read() as tx:
        return list(tx.execute(select(contacts).order_by(contacts.c.id)))


def add(db: Database, *phones: str) -> None:
    with db.write() as tx:
        for phone in phones:
            lock_by_phone(tx, vault(), phone, START)


def test_a_number_has_one_contact_and_its_row_comes_back_with_everything(db: Database) -> None:
    with db.write() as tx:
        new = lock_by_phone(tx, vault(), PHONE, START)
        again = lock_by_phone(tx, vault(), PHONE, START)
    assert tuple(new) == tuple(again) == tuple(everybody(db)[0])
    assert phone_of(new) == PHONE
    assert (len(new.alias), new.name, new.created_at, new.version) == (5, b"", START, 0)


def test_a_number_moved_to_another_row_is_noticed(db: Database) -> None:
    add(db, PHONE, OTHER)
    one, two = everybody(db)
    with db.write() as tx:
        tx.execute(update(contacts).where(contacts.c.id == one.id).values(phone=two.phone))
    moved, _ = everybody(db)
    with pytest.raises(TamperedError):
        phone_of(moved)


def test_a_taken_alias_is_drawn_anew(db: Database) -> None:
    def poor(size: int) -> bytes:  # gives the same alias until more characters are asked for
        return bytes(size) if size < 12 else vault().draw(size)

    short = Vault({"1": bytes(range(32))}, bytes(range(1, 33)), poor)
    with db.write() as tx:
        aliases = [lock_by_phone(tx, short, f"+9230000009{n:02}", START).alias for n in range(3)]
    assert aliases == ["00000", "000000", "0000000"]


def test_two_contacts_cannot_have_one_index(db: Database) -> None:
    add(db, PHONE, OTHER)
    first, second = everybody(db)
    with pytest.raises(IntegrityError), db.write() as tx:
        tx.execute(update(contacts).where(contacts.c.id == second.id).values(phone_index=first.phone_index))


def test_the_wrong_keys_are_noticed_before_anybody_is_served(db: Database) -> None:
    assert key_trouble(db, vault()) == ""
    assert key_trouble(db, other_vault(key("another"))) == "", "nothing is sealed yet"
    add(db, PHONE, OTHER)
    assert key_trouble(db, vault()) == ""
    assert "TAWAR_DATA_KEY" in key_trouble(db, other_vault(f"1:{key('another')}"))
    assert "TAWAR_DATA_KEY" in key_trouble(db, other_vault(f"2:{key('another')}"))
    assert "TAWAR_INDEX_KEY" in key_trouble(db, other_vault(DATA_KEY, key("another")))
    assert key_trouble(db, other_vault(f"2:{key('another')},{DATA_KEY}", INDEX_KEY)) == ""


def in_clear(tx: Connection) -> None:
    """Two people as the service kept them before, one with a name, and a ticket that refers to one of them."""
    fields = "id, phone, name, language, carrier, channel, district, conversation, version, created_at"
    for row in (f"1, '{PHONE}', '{NAME}'", f"7, '{OTHER}', ''"):
        tx.execute(
            text(f"INSERT INTO contacts ({fields}) VALUES ({row}, '', '', '', '', '', 0, '2026-11-01T00:00:00.000000')")
        )
    tx.execute(
        text(
            "INSERT INTO inbound (carrier, provider_id, contact_id, channel, text, button, media, received_at, state, attempts)"
            " VALUES ('twilio', 'SM1', 7, 'sms', 'hello', '', '[]', '2026-11-01T00:00:00.000000', 'answered', 0)"
        )
    )


def test_the_migration_seals_what_was_in_clear_and_takes_it_back(db: Database) -> None:
    downgrade(db, BEFORE)
    with db.write() as tx:
        in_clear(tx)
    upgrade(db, vault=vault())
    rows = everybody(db)
    assert [(row.id, phone_of(row)) for row in rows] == [(1, PHONE), (7, OTHER)]
    assert [row.phone_index for row in rows] == [vault().index(PHONE), vault().index(OTHER)]
    assert vault().unseal(rows[0].name, people.bound_to("name", 1)) == NAME
    assert rows[1].name == b""
    assert len({row.alias for row in rows}) == 2
    with db.write() as tx:
        assert lock_by_phone(tx, vault(), OTHER, START).id == 7
        assert lock_by_phone(tx, vault(), "+923000000103", START).id not in (1, 7)
        tx.execute(contacts.delete().where(contacts.c.id.not_in([1, 7])))
    downgrade(db, BEFORE, vault=vault())
    with db.read() as tx:
        back = tx.execute(text("SELECT id, phone, name FROM contacts ORDER BY id")).all()
        assert [tuple(row) for row in back] == [(1, PHONE, NAME), (7, OTHER, "")]
        assert tx.execute(text("SELECT contact_id FROM inbound")).scalar_one() == 7


def test_the_migration_asks_for_its_keys_and_changes_nothing_without(db: Database) -> None:
    downgrade(db, BEFORE)
    with db.write() as tx:
        in_clear(tx)
    with pytest.raises(VaultError, match="TAWAR_DATA_KEY"):
        upgrade(db)
    with db.read() as tx:
        assert tx.execute(text("SELECT phone FROM contacts ORDER BY id")).scalars().all() == [PHONE, OTHER]
    upgrade(db, vault=vault())
    with pytest.raises(IntegrityError), db.write() as tx:  # what guards references is on again
        tx.execute(text("UPDATE inbound SET contact_id = 99"))


def test_nothing_in_clear_is_left_in_the_file_after_the_migration(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'tawar.db'}")
    upgrade(db, BEFORE)
    with db.write() as tx:
        in_clear(tx)
    assert PHONE.encode() in whole(tmp_path)
    upgrade(db, vault=vault())
    left = whole(tmp_path)
    db.close()
    assert b"twilio" in left
    assert PHONE[3:].encode() not in left
    assert NAME.encode() not in left


def whole(folder: Path) -> bytes:
    """Every byte of the database and what lies beside it."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("tawar.db*")))
