"""A prepared statement does what SQLAlchemy's own execute does, and its errors carry no word of a citizen."""

import traceback
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, func, insert, null, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.store import contacts as people
from bot.store.contacts import contacts
from bot.store.database import Database, DatabaseAway
from bot.store.database import insert as insert_of
from bot.store.messages import inbound
from bot.store.outbox import outbox
from bot.store.prepared import Prepared
from tests.support import PHONE, START, vault

ONE_DATABASE_FOR_ALL = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
KARACHI = timezone(timedelta(hours=5))
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60)
EARLY, LATE = (START.replace(year=year, tzinfo=None) for year in (1970, 2100))
INSTANTS = st.datetimes(EARLY, LATE, timezones=st.sampled_from([UTC, KARACHI]))
SCALARS = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | WORDS
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
MESSAGES = st.fixed_dictionaries(
    {
        "text": WORDS,
        "button": WORDS,
        "media": JSON.filter(lambda value: value is not None),
        "latitude": st.none() | st.floats(-90, 90, width=32),
        "longitude": st.none() | st.floats(-180, 180, width=32),
        "received_at": INSTANTS,
        "attempts": st.integers(0, 9),
        "retry_at": st.none() | st.just(START),
    }
)
ALL = select(inbound).where(inbound.c.id == bindparam("of_id"))
STORE = Prepared(insert(inbound).returning(inbound.c.id), into=inbound, returns=[inbound.c.id])
FIND = Prepared(ALL)


@pytest.fixture
def contact(db: Database) -> int:
    with db.write() as tx:
        return int(people.lock_by_phone(tx, vault(), PHONE, START).id)


def message(contact: int, **more: Any) -> dict[str, Any]:
    fixed = {"carrier": "twilio", "contact_id": contact, "channel": "sms", "state": "answered"}
    fixed |= {"text": "", "media": [], "received_at": START}
    return {**fixed, **more}


@ONE_DATABASE_FOR_ALL
@given(fields=MESSAGES)
def test_rows_are_the_same_whoever_writes_and_whoever_reads(db: Database, contact: int, fields: dict[str, Any]) -> None:
    with db.write() as tx:
        tx.execute(inbound.delete())
        ours = STORE.run(tx, message(contact, provider_id="ours", **fields))[0].id
        theirs = tx.execute(
            insert(inbound).values(message(contact, provider_id="theirs", **fields))
        ).inserted_primary_key[0]
        read = {i: (FIND.run(tx, {"of_id": i})[0], tx.execute(ALL, {"of_id": i}).one()) for i in (ours, theirs)}
    for by_us, by_them in read.values():
        assert tuple(by_us) == tuple(by_them)
        assert by_us._fields == by_them._fields
    assert tuple(read[ours][0])[3:] == tuple(read[theirs][0])[3:]
    assert {name: getattr(read[ours][0], name) for name in fields} == fields


def test_defaults_are_filled_in_and_given_values_win(db: Database, contact: int) -> None:
    with db.write() as tx:
        plain = STORE.run(tx, message(contact, provider_id="1"))[0].id
        given_ = STORE.run(tx, message(contact, provider_id="2", button="GWD", attempts=3))[0].id
        (row,), (other,) = FIND.run(tx, {"of_id": plain}), FIND.run(tx, {"of_id": given_})
    assert (row.button, row.attempts, row.ticket_id, row.retry_at) == ("", 0, None, None)
    assert (other.button, other.attempts) == ("GWD", 3)


def test_one_statement_with_other_fields_is_another_statement(db: Database, contact: int) -> None:
    with db.write() as tx:
        for number, more in enumerate([{}, {"latitude": 1.5}, {}, {"longitude": 2.5}, {"latitude": None}]):
            made = STORE.run(tx, message(contact, provider_id=str(number), **more))[0].id
            row = tx.execute(ALL, {"of_id": made}).one()
            assert (row.latitude, row.longitude) == (more.get("latitude"), more.get("longitude"))


def test_updates_with_expressions_and_fixed_values(db: Database, contact: int) -> None:
    changed = Prepared(
        update(contacts)
        .where(contacts.c.id == bindparam("of_id"), contacts.c.language == "")
        .values(
            version=contacts.c.version + 1, prefers=bindparam("new_word"), last_inbound_at=START, opted_out_at=null()
        )
    )
    with db.write() as tx:
        assert changed.run(tx, {"of_id": contact, "new_word": "گل %s %(x)s ? :y"}) == []
        row = people.find(tx, contact)
    assert (row.version, row.prefers, row.last_inbound_at) == (1, "گل %s %(x)s ? :y", START)


def test_no_row_is_no_row(db: Database) -> None:
    with db.read() as tx:
        assert FIND.run(tx, {"of_id": 1}) == []


def test_a_conflict_told_to_do_nothing_gives_no_row(db: Database, contact: int) -> None:
    def once(dialect: str) -> Any:
        return (
            insert_of(dialect, inbound)
            .on_conflict_do_nothing(index_elements=["carrier", "provider_id"])
            .returning(inbound.c.id)
        )

    statement = Prepared(once, into=inbound, returns=[inbound.c.id])
    with db.write() as tx:
        assert len(statement.run(tx, message(contact, provider_id="1"))) == 1
        assert statement.run(tx, message(contact, provider_id="1")) == []


def test_it_takes_part_in_the_transaction(db: Database, contact: int) -> None:
    with db.engine.connect() as tx, tx.begin() as transaction:
        STORE.run(tx, message(contact, provider_id="1"))
        transaction.rollback()
    with db.read() as tx:
        assert tx.execute(select(func.count()).select_from(inbound)).scalar_one() == 0


def _raised(db: Database, statement: Any, values: dict[str, Any]) -> BaseException:
    with pytest.raises(DBAPIError) as caught, db.write() as tx:
        statement.run(tx, values) if isinstance(statement, Prepared | _CutOff) else tx.execute(statement, values)
    return caught.value


def test_errors_are_sqlalchemy_s_own_and_carry_no_values(db: Database) -> None:
    adding = Prepared(insert(contacts), into=contacts)
    row = {"phone": b"", "phone_index": b"", "alias": PHONE, "district": "راز", "created_at": START}
    with db.write() as tx:
        adding.run(tx, row)
    ours, theirs = _raised(db, adding, row), _raised(db, insert(contacts), row)
    assert type(ours) is type(theirs) is IntegrityError
    told = "".join(traceback.format_exception(ours))
    assert PHONE not in told
    assert "راز" not in told
    assert "contacts" in str(ours)


def test_an_error_without_a_prepared_statement_hides_its_values_too(db: Database) -> None:
    told = str(_raised(db, insert(outbox), {"ref": "secret-ref", "text": "پانی نہیں", "due_at": START}))
    assert "پانی نہیں" not in told.split("DETAIL", maxsplit=1)[0]
    assert "secret-ref" not in told.split("DETAIL", maxsplit=1)[0]


def test_a_connection_lost_in_mid_statement_is_a_database_that_is_away(postgres: Database) -> None:
    assert isinstance(_raised(postgres, _CutOff(postgres), {}), DatabaseAway)
    with postgres.read() as tx:
        assert FIND.run(tx, {"of_id": 1}) == [], "the next one has a connection again"


class _CutOff:
    """A statement whose connection the server ends before it is sent."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def run(self, tx: Connection, _values: dict[str, Any]) -> None:
        mine = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with self.db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        FIND.run(tx, {"of_id": 1})


def test_a_lock_that_is_not_given_is_a_database_that_is_away(postgres: Database, contact_in_postgres: int) -> None:
    locking = Prepared(select(contacts.c.id).where(contacts.c.id == bindparam("of_id")).with_for_update(nowait=True))
    with postgres.write() as holder:
        locking.run(holder, {"of_id": contact_in_postgres})
        assert isinstance(_raised(postgres, locking, {"of_id": contact_in_postgres}), DatabaseAway)


@pytest.fixture
def contact_in_postgres(postgres: Database) -> int:
    with postgres.write() as tx:
        return int(people.lock_by_phone(tx, vault(), PHONE, START).id)
