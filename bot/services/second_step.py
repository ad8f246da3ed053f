"""The second step of signing in: codes from a phone (TOTP, RFC 6238), each taken once, and recovery codes for a lost one."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Protocol

import pyotp
from sqlalchemy import Connection

from bot.services.hands import Hands
from bot.services.sign_in import Visitor, digest, must_wait, note_failure, open_session
from bot.store import accounts, audit
from bot.store import second_steps as store
from bot.text.digits import read_digits

ISSUER = "Tawar"
STEP_S = 30
SPREAD = (0, -1, 1)
"""Steps of time whose codes are taken: a phone's clock may be half a minute off."""
RECOVERY_CODES = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter is taken for a digit or another letter
_LENGTH, _GROUP = 16, 4
"""16 of 32 letters are 80 bits: too many to try, so a plain SHA-256 is enough to keep them."""
_CODE = re.compile(r"[0-9]{6}")
_GAPS = re.compile(r"[\s\-‐-―.]+")
_MISREAD = str.maketrans("OIL", "011")


class Vault(Protocol):
    """Seals a secret for one place, so that moved to another row it opens nothing."""

    def seal(self, plain: str, bound_to: str) -> bytes: ...
    def unseal(self, sealed: bytes, bound_to: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Entered:
    """It was right. `token`: the new session's; `device_token`: for a device that is to be remembered, else empty."""

    token: str
    device_token: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """It is set up. `codes`: recovery codes, shown now and never again; `token`: a new session's for whoever was halfway in."""

    codes: Sequence[str]
    token: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How somebody's second step stands."""

    set_up_at: datetime | None
    codes_left: int


def see(hands: Hands, who: Visitor) -> State:
    with hands.db.read() as tx:
        row = store.find(tx, who.account_id)
        return State(row.set_up_at if row else None, store.count_recovery_codes(tx, who.account_id))


def begin(hands: Hands, vault: Vault, who: Visitor) -> None:
    """Draws the secret of a phone that is to be set up. What worked before goes on working until `finish`."""
    sealed = vault.seal(pyotp.random_base32(), _place(who))
    with hands.db.write() as tx:
        store.begin(tx, who.account_id, sealed)


def shown_secret(hands: Hands, vault: Vault, who: Visitor) -> str | None:
    """The secret of the phone being set up; None if none is."""
    with hands.db.read() as tx:
        row = store.find(tx, who.account_id)
    return vault.unseal(row.pending, _place(who)) if row and row.pending else None


def address(secret: str, username: str) -> str:
    """What the QR code holds, as authenticator apps read it."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=username, issuer_name=ISSUER)


def finish(hands: Hands, vault: Vault, who: Visitor, code: str, device: str) -> SetUp | None:
    """The phone is set up once it shows the right code; None if it does not."""
    now, codes = hands.now(), _draw_codes()
    with hands.db.write() as tx:
        row = store.find(tx, who.account_id)
        step = _step_of(vault.unseal(row.pending, _place(who)), code, now) if row and row.pending else None
        if row is None or step is None or not store.finish(tx, who.account_id, row.pending, step, now):
            return None
        store.replace_recovery_codes(tx, who.account_id, [_digest(who, one) for one in codes])
        store.forget_devices(tx, who.account_id)
        audit.note(tx, now, who.account_id, "second_step_set_up", f"account:{who.username}")
        return SetUp(codes, _let_in(tx, who, device, "set_up", now) if who.awaits else "")


def enter(hands: Hands, vault: Vault, who: Visitor, code: str, device: str, *, remember: bool) -> Entered | None:
    """Lets somebody in who gave the password and now a phone's code, or a recovery code. None: it is wrong, was used, or too
    much that was wrong was tried: a wrong code counts as a wrong password does."""
    now = hands.now()
    with hands.db.write() as tx:
        waits = must_wait(tx, who.username, now)
        how = "" if waits else _how_right(tx, vault, who, code, now)
        if not how:
            if not waits:
                note_failure(tx, who.username, who.username, "code", now)
            return None
        token = secrets.token_urlsafe(32) if remember else ""
        if token:
            store.remember_device(tx, who.account_id, digest(token), now)
        return Entered(_let_in(tx, who, device, how, now), token)


def draw_recovery_codes(hands: Hands, who: Visitor) -> Sequence[str]:
    """New recovery codes; the old ones are void. Empty if there is no second step to recover from."""
    codes = _draw_codes()
    with hands.db.write() as tx:
        row = store.find(tx, who.account_id)
        if row is None or row.secret is None:
            return ()
        store.replace_recovery_codes(tx, who.account_id, [_digest(who, one) for one in codes])
        audit.note(tx, hands.now(), who.account_id, "recovery_codes_drawn", f"account:{who.username}")
    return codes


def remove(hands: Hands, who: Visitor) -> bool:
    """Takes it away with its recovery codes; whether there was one."""
    with hands.db.write() as tx:
        was_there = store.remove(tx, who.account_id)
        if was_there:
            audit.note(tx, hands.now(), who.account_id, "second_step_removed", f"account:{who.username}")
    return was_there


def _how_right(tx: Connection, vault: Vault, who: Visitor, code: str, now: datetime) -> str:
    """`code` or `recovery`, and what was given is spent; empty if it is not right."""
    row = store.find(tx, who.account_id)
    if row is None or row.secret is None:
        return ""
    if (step := _step_of(vault.unseal(row.secret, _place(who)), code, now)) is not None:
        return "code" if store.take_step(tx, who.account_id, step) else ""
    if not store.use_recovery_code(tx, who.account_id, _digest(who, code), now):
        return ""
    left = store.count_recovery_codes(tx, who.account_id)
    audit.note(tx, now, who.account_id, "recovery_code_used", f"account:{who.username}", left=left)
    return "recovery"


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time `code` belongs to, or None. Digits of any family are read, and gaps between them."""
    typed = _GAPS.sub("", read_digits(code))
    if not _CODE.fullmatch(typed):
        return None
    current, totp = int(now.timestamp()) // STEP_S, pyotp.TOTP(secret, interval=STEP_S)
    return next((current + n for n in SPREAD if compare_digest(totp.generate_otp(current + n), typed)), None)


def _let_in(tx: Connection, who: Visitor, device: str, how: str, now: datetime) -> str:
    """A new session instead of the one that was halfway in: its token was known before the second step."""
    accounts.end_session(tx, who.account_id, who.session_id, now)
    return open_session(tx, who, device, how, now)


def _draw_codes() -> list[str]:
    drawn = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    return ["-".join(one[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for one in drawn]


def _digest(who: Visitor, code: str) -> str:
    plain = _GAPS.sub("", read_digits(code)).upper().translate(_MISREAD)
    return hashlib.sha256(f"{who.account_id}:{plain}".encode()).hexdigest()


def _place(who: Visitor) -> str:
    return store.bound_to("secret", who.account_id)
