"""Who is at the desk: passwords by argon2, sessions kept on the server so that they can be ended at once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot import permissions
from bot.services.desk import Official
from bot.services.hands import Hands
from bot.store import accounts
from bot.text.fold import clean

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
MAX_FAILURES = 8
"""Wrong passwords an account may see within FAILURES_WITHIN before it must wait (OWASP ASVS 5.0, 6.3.1)."""
FAILURES_WITHIN = timedelta(minutes=15)
MAX_NAME = 64
WAIT_S = 0.4
"""How long a sign-in waits for its turn. Longer, and a flood of them would hold the threads that citizens' messages need."""
# 64 MiB a check: two at once, so that a flood of sign-ins cannot take all memory.
_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)
# A name nobody has costs the same time as a wrong password.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


class BusyError(Exception):
    """Too many people sign in at this moment; trying again shortly helps."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in."""

    account_id: int
    username: str
    name: str
    role: str
    department: str
    language: str
    session_id: int

    def official(self) -> Official:
        """The visitor as the desk knows them: their own department, or all."""
        sees_all = permissions.reach(self.role, "tickets.see") == permissions.ALL and not self.department
        return Official(self.account_id, self.name, None if sees_all else (self.department,))


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def sign_in(hands: Hands, username: str, password: str) -> str | None:
    """A fresh session token, or None. Too many failures for one name make even the right password wait. Raises BusyError."""
    now, name = hands.now(), clean(username).casefold()[:MAX_NAME]
    with hands.db.read() as tx:
        account = accounts.find(tx, name)
        is_blocked = accounts.failures_since(tx, name, now - FAILURES_WITHIN) >= MAX_FAILURES
    known = _is_right(account.password_hash if account else _NOBODY, password)
    if account is None or not known or is_blocked or account.disabled_at is not None:
        if not is_blocked:  # who waits is not made to wait longer by trying again
            with hands.db.write() as tx:
                accounts.note_failure(tx, name, now)
        return None
    token = secrets.token_urlsafe(32)
    with hands.db.write() as tx:
        accounts.open_session(tx, _digest(token), account.id, now)
    return token


def visitor_of(hands: Hands, token: str) -> Visitor | None:
    """Who holds a session token, if it is live: not revoked, not idle too long, not too old."""
    if not token:
        return None
    now = hands.now()
    with hands.db.read() as tx:
        row = accounts.find_session(tx, _digest(token))
    if row is None or now - row.seen_at > IDLE or now - row.opened_at > LONGEST:
        return None
    if now - row.seen_at > TOUCH_EVERY:
        with hands.db.write() as tx:
            accounts.touch_session(tx, row.session_id, now)
    return Visitor(row.id, row.username, row.name, row.role, row.department, row.language, row.session_id)


def sign_out(hands: Hands, token: str) -> None:
    """Ends the session, on every host at once."""
    with hands.db.write() as tx:
        accounts.revoke_session(tx, _digest(token), hands.now())


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


def _is_right(password_hash: str, password: str) -> bool:
    if not _at_once.acquire(timeout=WAIT_S):
        raise BusyError("too many sign-ins at once")
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
    finally:
        _at_once.release()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
