"""What people do to their own account: see and end sessions, change the password; all of it in the audit log."""

from collections.abc import Sequence
from typing import Any

from bot.services import sign_in
from bot.services.hands import Hands
from bot.services.passwords import MIN_PASSWORD, hash_password, is_right
from bot.services.sign_in import Visitor
from bot.store import accounts, audit, second_steps


def see_sessions(hands: Hands, who: Visitor) -> Sequence[Any]:
    """One's live sessions, the one used last first."""
    now = hands.now()
    with hands.db.read() as tx:
        return accounts.sessions_of(tx, who.account_id, now - sign_in.IDLE, now - sign_in.LONGEST)


def end_session(hands: Hands, who: Visitor, session_id: int) -> bool:
    """Ends one of one's sessions; False if there is none such."""
    with hands.db.write() as tx:
        ended = accounts.end_session(tx, who.account_id, session_id, hands.now())
        if ended:
            audit.note(tx, hands.now(), who.account_id, "session_revoked", f"account:{who.username}", count=1)
    return ended


def end_other_sessions(hands: Hands, who: Visitor) -> int:
    """Ends all sessions but this one, and no device is remembered any longer; how many sessions ended."""
    with hands.db.write() as tx:
        count = accounts.end_sessions(tx, who.account_id, hands.now(), who.session_id)
        second_steps.forget_devices(tx, who.account_id)
        audit.note(tx, hands.now(), who.account_id, "session_revoked", f"account:{who.username}", count=count)
    return count


def has_password(hands: Hands, who: Visitor, password: str) -> bool:
    """Whether it is this person's. A wrong one counts as at the sign-in, and too many make the right one wait. Raises BusyError."""
    now = hands.now()
    with hands.db.read() as tx:
        account = accounts.find(tx, who.username)
        waits = sign_in.must_wait(tx, who.username, now)
    known = account is not None and is_right(account.password_hash, password)
    if not known and not waits:
        with hands.db.write() as tx:
            sign_in.note_failure(tx, who.username, who.username, "password", now)
    return known and not waits


def change_password(hands: Hands, who: Visitor, old: str, new: str, again: str) -> str:
    """Changes it, ends all other sessions and forgets remembered devices. Else what is wrong: `old`, `short`, `same`, `name`
    or `again`. Raises BusyError."""
    faults = (
        (len(new) < MIN_PASSWORD, "short"),
        (new == old, "same"),
        (who.username in new.casefold(), "name"),
        (new != again, "again"),
    )
    if fault := next((key for is_so, key in faults if is_so), ""):
        return fault
    if not has_password(hands, who, old):
        return "old"
    password_hash = hash_password(new)
    with hands.db.write() as tx:
        accounts.set_password(tx, who.username, password_hash, hands.now(), who.session_id)
        second_steps.forget_devices(tx, who.account_id)
        audit.note(tx, hands.now(), who.account_id, "password_changed", f"account:{who.username}")
    return ""
