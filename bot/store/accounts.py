"""Officials, campaign managers and administrators: accounts, sessions that can be revoked, forms that were already sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Row, Table, Text, insert, select, update

from bot.store.database import insert as insert_once
from bot.store.schema import Id, Instant, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("department", Text, nullable=False, default=""),
    Column("language", Text, nullable=False, default="en"),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("device", Text, nullable=False, default=""),
    Column("awaits", Text, nullable=False, default=""),
    Index("ix_sessions_account_id", "account_id"),
)
"""`awaits`: what is still to be done before it opens anything: `code`, `set_up` (the second step), or nothing."""

submissions = Table(
    "submissions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_sign_in_failures_username_at", "username", "at"),
)


def add(connection: Connection, **fields: Any) -> int:
    """Adds an account; its id. Raises IntegrityError for a username in use."""
    return int(connection.execute(insert(accounts).values(**fields).returning(accounts.c.id)).scalar_one())


def find(connection: Connection, username: str) -> Row[tuple[Any, ...]] | None:
    return connection.execute(select(accounts).where(accounts.c.username == username)).one_or_none()


def all_accounts(connection: Connection) -> Sequence[Row[tuple[Any, ...]]]:
    return connection.execute(select(accounts).order_by(accounts.c.username)).all()


def works_for(connection: Connection, account_id: int, department: str) -> bool:
    """Whether an active official of the department, or a supervisor of all."""
    theirs = accounts.c.department.in_((department, "")) & accounts.c.role.in_(("official", "supervisor"))
    found = select(accounts.c.id).where(accounts.c.id == account_id, theirs, accounts.c.disabled_at.is_(None))
    return connection.execute(found).first() is not None


def of_department(connection: Connection, department: str) -> Sequence[Any]:
    """(id, name) of its active officials, by name."""
    mine = (accounts.c.department == department, accounts.c.role.in_(("official", "supervisor")))
    query = select(accounts.c.id, accounts.c.name).where(*mine, accounts.c.disabled_at.is_(None))
    return list(connection.execute(query.order_by(accounts.c.name)))


def set_language(connection: Connection, account_id: int, language: str) -> None:
    connection.execute(update(accounts).where(accounts.c.id == account_id).values(language=language))


def disable(connection: Connection, username: str, at: datetime) -> bool:
    """Shuts an account and all its sessions; whether there was one to shut."""
    found = update(accounts).where(accounts.c.username == username, accounts.c.disabled_at.is_(None))
    account_id = connection.execute(found.values(disabled_at=at).returning(accounts.c.id)).scalar_one_or_none()
    if account_id is None:
        return False
    end_sessions(connection, account_id, at)
    return True


def set_password(
    connection: Connection, username: str, password_hash: str, at: datetime, but_session: int | None = None
) -> bool:
    """Sets the password of an active account and ends its sessions, all or all but one; whether there was an account."""
    found = update(accounts).where(accounts.c.username == username, accounts.c.disabled_at.is_(None))
    account_id = connection.execute(
        found.values(password_hash=password_hash).returning(accounts.c.id)
    ).scalar_one_or_none()
    if account_id is None:
        return False
    end_sessions(connection, account_id, at, but_session)
    return True


def open_session(
    connection: Connection, token_hash: str, account_id: int, now: datetime, *, device: str = "", awaits: str = ""
) -> None:
    """`device`: what it was opened with, in words; `awaits`: see `sessions`."""
    fields = {"token_hash": token_hash, "account_id": account_id, "device": device, "awaits": awaits}
    connection.execute(insert(sessions).values(**fields, created_at=now, seen_at=now))


def end_sessions(connection: Connection, account_id: int, at: datetime, but_session: int | None = None) -> int:
    """Ends a person's sessions, all or all but one; how many lived."""
    live = [sessions.c.account_id == account_id, sessions.c.revoked_at.is_(None)]
    if but_session is not None:
        live.append(sessions.c.id != but_session)
    ended = update(sessions).where(*live).values(revoked_at=at).returning(sessions.c.id)
    return len(connection.execute(ended).all())


def end_session(connection: Connection, account_id: int, session_id: int, at: datetime) -> bool:
    """Ends one session of this person; False if it is another's or ended before."""
    mine = (sessions.c.account_id == account_id, sessions.c.id == session_id, sessions.c.revoked_at.is_(None))
    ended = update(sessions).where(*mine).values(revoked_at=at).returning(sessions.c.id)
    return connection.execute(ended).first() is not None


def sessions_of(
    connection: Connection, account_id: int, seen_since: datetime, opened_since: datetime
) -> Sequence[Row[tuple[Any, ...]]]:
    """A person's live sessions, the one used last first."""
    live = (sessions.c.account_id == account_id, sessions.c.revoked_at.is_(None), sessions.c.awaits == "")
    young = (sessions.c.seen_at >= seen_since, sessions.c.created_at >= opened_since)
    query = select(sessions).where(*live, *young).order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
    return connection.execute(query).all()


def find_session(connection: Connection, token_hash: str) -> Row[tuple[Any, ...]] | None:
    """The live session of a token with its account's fields, or None."""
    fields = (
        sessions.c.id.label("session_id"),
        sessions.c.created_at.label("opened_at"),
        sessions.c.seen_at,
        sessions.c.awaits,
    )
    query = select(accounts, *fields).join(accounts, accounts.c.id == sessions.c.account_id)
    live = (sessions.c.token_hash == token_hash, sessions.c.revoked_at.is_(None), accounts.c.disabled_at.is_(None))
    return connection.execute(query.where(*live)).one_or_none()


def touch_session(connection: Connection, session_id: int, now: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def revoke_session(connection: Connection, token_hash: str, now: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(revoked_at=now))


def submit_once(connection: Connection, key: str, account_id: int, now: datetime) -> bool:
    """Whether this form was not sent before: the second tap of a button finds its key taken."""
    new = insert_once(connection.dialect.name, submissions).on_conflict_do_nothing().returning(submissions.c.key)
    # Not the row count: for an INSERT psycopg's is -1, and then every form would look repeated.
    return connection.execute(new.values(key=key, account_id=account_id, at=now)).scalar_one_or_none() is not None


def was_submitted(connection: Connection, key: str, account_id: int) -> bool:
    """Whether this person sent the form before."""
    mine = select(submissions.c.key).where(submissions.c.key == key, submissions.c.account_id == account_id)
    return connection.execute(mine).first() is not None


def take_back(connection: Connection, key: str) -> None:
    """The form was refused, not carried out: it may be sent again."""
    connection.execute(submissions.delete().where(submissions.c.key == key))


def note_failure(connection: Connection, username: str, now: datetime) -> None:
    connection.execute(insert(sign_in_failures).values(username=username, at=now))


def failures_since(connection: Connection, username: str, since: datetime) -> int:
    query = select(sign_in_failures.c.id).where(sign_in_failures.c.username == username, sign_in_failures.c.at > since)
    return len(connection.execute(query).all())


def forget_before(connection: Connection, before: datetime) -> None:
    """Drops spent form keys, old failures, and sessions nobody used since."""
    connection.execute(sessions.delete().where(sessions.c.seen_at < before))
    connection.execute(submissions.delete().where(submissions.c.at < before))
    connection.execute(sign_in_failures.delete().where(sign_in_failures.c.at < before))
