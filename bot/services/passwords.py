"""Passwords: kept by argon2, compared two at a time, and what one must be like."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_PASSWORD = 10
WAIT_S = 0.4
"""How long a comparison waits for its turn. Longer, and a flood of them would hold the threads that citizens' messages need."""
# 64 MiB a check: two at once, so that a flood of sign-ins cannot take all memory.
_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)


class BusyError(Exception):
    """Too many people sign in at this moment; trying again shortly helps."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_right(password_hash: str, password: str) -> bool:
    """Whether it is the password. Raises BusyError."""
    if not _at_once.acquire(timeout=WAIT_S):
        raise BusyError("too many sign-ins at once")
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
    finally:
        _at_once.release()
