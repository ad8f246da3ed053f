"""Who is at the desk: who may come in, by what, and sessions kept on the server so that they can be ended at once."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot import permissions
from bot.services.hands import Hands
from bot.services.orders import Official
from bot.services.passwords import hash_password, is_right
from bot.store import accounts, audit, second_steps
from bot.text.fold import clean

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
HALFWAY = timedelta(minutes=15)
"""How long a session waits for its second step, or for it to be set up."""
REMEMBERED = timedelta(days=30)
"""How long a device is not asked for the second step, if its owner wished so."""
MAX_FAILURES = 8
"""Wrong passwords and codes an account may see within FAILURES_WITHIN before it must wait (OWASP ASVS 5.0, 6.3.1)."""
FAILURES_WITHIN = timedelta(minutes=15)
MAX_NAME = 64
# A name nobody has costs the same time as a wrong password.
_NOBODY = hash_password(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in, or on the way: `awaits` says what is missing, `code` or `set_up`."""

    account_id: int
    username: str
    name: str
    role: str
    department: str
    language: str
    session_id: int
    awaits: str = ""

    def official(self) -> Official:
        """The visitor as the desk knows them: their own department, or all."""
        sees_all = permissions.reach(self.role, "tickets.see") == permissions.ALL and not self.department
        decides = permissions.may(self.role, "tickets.decide")
        return Official(self.account_id, self.name, None if sees_all else (self.department,), decides)


@dataclass(frozen=True, slots=True)
class Browser:
    """What somebody signs in with: its name in words, and the token of a device that is remembered, or empty."""

    device: str = ""
    remembered: str = ""


def sign_in(
    hands: Hands, username: str, password: str, browser: Browser = Browser(), must: Collection[str] = ()
) -> str | None:
    """A fresh session token, or None. Too many failures for one name make even the right password wait. Raises BusyError.

    `must`: roles that need a second step. The session opens nothing while its `awaits` is not empty.
    """
    now, name = hands.now(), clean(username).casefold()[:MAX_NAME]
    with hands.db.read() as tx:
        account = accounts.find(tx, name)
        waits = must_wait(tx, name, now)
    known = is_right(account.password_hash if account else _NOBODY, password)
    if account is None or not known or waits or account.disabled_at is not None:
        if not waits:  # who waits is not made to wait longer by trying again
            with hands.db.write() as tx:
                note_failure(tx, name, account and account.username, "password", now)
        return None
    with hands.db.write() as tx:
        awaits, how = _what_is_missing(tx, account, browser.remembered, must, now)
        return open_session(tx, account, browser.device, how, now, awaits)


def open_session(tx: Connection, account: Any, device: str, how: str, now: datetime, awaits: str = "") -> str:
    """The token of a new session of `account` (a row or a Visitor with `id` or `account_id`), written into the audit log."""
    token, account_id = secrets.token_urlsafe(32), getattr(account, "account_id", None) or account.id
    accounts.open_session(tx, digest(token), account_id, now, device=device, awaits=awaits)
    if not awaits:
        audit.note(tx, now, account_id, "sign_in", f"account:{account.username}", how=how)
    return token


def must_wait(tx: Connection, name: str, now: datetime) -> bool:
    """Whether too much that was wrong was tried for this name."""
    return accounts.failures_since(tx, name, now - FAILURES_WITHIN) >= MAX_FAILURES


def note_failure(tx: Connection, name: str, username: str | None, how: str, now: datetime) -> None:
    """Counts a wrong try for `name`. The audit log hears of it if somebody is called so: else it may be a mistyped password."""
    accounts.note_failure(tx, name, now)
    if username:
        audit.note(tx, now, None, "sign_in_failed", f"account:{username}", how=how)


def session_of(hands: Hands, token: str) -> Visitor | None:
    """Whose a session token is, if it is live: not revoked, not idle too long, not too old. They may be halfway in."""
    if not token:
        return None
    now = hands.now()
    with hands.db.read() as tx:
        row = accounts.find_session(tx, digest(token))
    if row is None or now - row.seen_at > IDLE or now - row.opened_at > (HALFWAY if row.awaits else LONGEST):
        return None
    if now - row.seen_at > TOUCH_EVERY:
        with hands.db.write() as tx:
            accounts.touch_session(tx, row.session_id, now)
    return Visitor(row.id, row.username, row.name, row.role, row.department, row.language, row.session_id, row.awaits)


def sign_out(hands: Hands, token: str) -> None:
    """Ends the session, on every host at once."""
    with hands.db.write() as tx:
        row = accounts.find_session(tx, digest(token))
        accounts.revoke_session(tx, digest(token), hands.now())
        if row is not None and not row.awaits:
            audit.note(tx, hands.now(), row.id, "sign_out", f"account:{row.username}")


def add_account(hands: Hands, tx: Any, *, username: str, name: str, role: str, department: str, password: str) -> int:
    """Adds an account inside the caller's transaction; its id."""
    return accounts.add(
        tx,
        username=username.casefold(),
        name=name,
        role=role,
        department=department,
        language="en",
        password_hash=hash_password(password),
        created_at=hands.now(),
    )


def digest(token: str) -> str:
    """What is kept of a token: who reads the database can use none."""
    return hashlib.sha256(token.encode()).hexdigest()


def _what_is_missing(
    tx: Connection, account: Any, remembered: str, must: Collection[str], now: datetime
) -> tuple[str, str]:
    """What the session awaits, and by what somebody came in for whom that is nothing."""
    row = second_steps.find(tx, account.id)
    if row is None or row.secret is None:
        return ("set_up" if account.role in must else ""), "password"
    known = remembered and second_steps.is_remembered(tx, account.id, digest(remembered), now - REMEMBERED)
    return ("" if known else "code"), "remembered"
