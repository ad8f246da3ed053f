"""The audit log is added to, read newest first, and refused by the database to whoever would rewrite it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from bot.store import audit
from bot.store.database import Database

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def three(db: Database) -> Database:
    with db.write() as tx:
        for n, action in enumerate(("sign_in", "unseal", "sign_in")):
            audit.note(tx, NOON + timedelta(minutes=n), None, action, f"ticket:{n}", reason="visit")
    return db


def test_newest_first_and_by_what_is_wanted(three: Database) -> None:
    with three.read() as tx:
        assert [row.subject for row in audit.newest(tx, 2)] == ["ticket:2", "ticket:1"]
        oldest = audit.newest(tx, 5, action="sign_in", before=3)
        assert [(row.subject, row.data, row.at) for row in oldest] == [("ticket:0", {"reason": "visit"}, NOON)]


@pytest.mark.parametrize("how", [update(audit.audit).values(action="nothing"), delete(audit.audit)])
def test_the_database_refuses_to_rewrite_it(three: Database, how: object) -> None:
    with pytest.raises(DatabaseError, match="audit is history"), three.write() as tx:
        tx.execute(how)  # type: ignore[call-overload]
    with three.read() as tx:
        assert len(audit.newest(tx, 5)) == 3
