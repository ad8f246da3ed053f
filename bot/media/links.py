"""Addresses by which a carrier fetches an official's file: nobody can guess one, and it ends by itself."""

import base64
import binascii
import hashlib
import hmac
import math
import struct
from datetime import UTC, datetime, timedelta

LIFE = timedelta(days=14)
AT_LEAST = timedelta(days=7)
"""A person who gets a link by SMS has at least so long to open it."""
_FORM = struct.Struct(">QQ")
_PROOF = 16
"""Bytes of the proof: 128 bits."""


def expiry(written_at: datetime, now: datetime) -> datetime:
    """When a link in a message written then ends: LIFE later, or as many LIVES later as leave AT_LEAST from now.

    By the message's own time, so that a message tried twice is the same text twice and can be recognised at the carrier.
    """
    lives = max(1, math.ceil((now + AT_LEAST - written_at) / LIFE))
    return written_at + lives * LIFE


def sign(media_id: int, until: datetime, secret: str) -> str:
    """The token of a file until an instant."""
    told = _FORM.pack(media_id, int(until.timestamp()))
    return _token(told + _prove(told, secret))


def read(token: str, now: datetime, secret: str) -> int | None:
    """The file's id, or None for a token that is false or too old."""
    try:
        raw = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), b"-_", validate=True)
        media_id, until = _FORM.unpack(raw[: _FORM.size])
        ends = datetime.fromtimestamp(until, UTC)
    except (binascii.Error, struct.error, ValueError, OverflowError, OSError):
        return None
    if _token(raw) != token:  # the last letter has bits to spare: one file has one address all the same
        return None
    proven = hmac.compare_digest(raw[_FORM.size :], _prove(raw[: _FORM.size], secret))
    return media_id if proven and now < ends else None


def _token(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _prove(told: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"media link:" + told, hashlib.sha256)[:_PROOF]
