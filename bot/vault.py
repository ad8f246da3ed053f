"""Seals what nobody may read at rest, each value bound to its place, and indexes it blindly so that it is found again. Pure."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16
"""128 bits: two phone numbers with one index do not happen."""
FEWEST_DIFFERENT = 16
"""Different bytes in a key; 32 random ones hold fewer once in 10^16 times."""
FIRST_ID = "1"
"""The id of a key that was given without one."""
HOW = "make one with `openssl rand -base64 32` and keep a copy apart from the database"
_VERSION = 1
_ID = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)
_INDEX_DOMAIN = b"tawar phone index 1:"


class VaultError(ValueError):
    """A key is unfit, or something sealed cannot be opened; the message holds neither keys nor what is sealed."""


class UnknownKeyError(VaultError):
    """It was sealed with a key that is not among ours."""


class TamperedError(VaultError):
    """It was changed, cut off, or stands in another place than it was sealed for."""


class Vault:
    """Opens what any of `keys` ({id: 32 bytes}) sealed and seals with the first; `index_key` is for looking up.

    `draw` gives so many random bytes. AES-256-GCM with random nonces of 96 bits is good for 2^32 seals a key (NIST SP
    800-38D, 8.3). Sealed: version, length of the key's id, id, nonce, ciphertext with its tag.
    """

    def __init__(self, keys: Mapping[str, bytes], index_key: bytes, draw: Callable[[int], bytes]) -> None:
        self._ciphers = {_header(id_): AESGCM(key) for id_, key in keys.items()}
        self.header = next(iter(self._ciphers))
        """How everything begins that is sealed with the key in use."""
        self.draw = draw
        self._cipher, self._index_key = self._ciphers[self.header], index_key

    def seal(self, plain: str, bound_to: str) -> bytes:
        """`plain` for the place `bound_to` alone, e.g. `contacts.phone:17`."""
        nonce = self.draw(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plain.encode(), self.header + bound_to.encode())
        return self.header + nonce + sealed

    def unseal(self, sealed: bytes, bound_to: str) -> str:
        """What was sealed for that place. Raises UnknownKeyError or TamperedError."""
        header = sealed[: 2 + sealed[1]] if len(sealed) > 1 else b""
        if (cipher := self._ciphers.get(header)) is None:
            if sealed[:1] == bytes([_VERSION]) and _ID.fullmatch(id_ := header[2:].decode("ascii", "replace")):
                raise UnknownKeyError(f"{bound_to} is sealed with the key {id_!r}, which TAWAR_DATA_KEY does not hold")
            raise TamperedError(f"{bound_to} does not begin as what we seal does")
        start = len(header) + NONCE_BYTES
        try:
            return cipher.decrypt(sealed[len(header) : start], sealed[start:], header + bound_to.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise TamperedError(
                f"{bound_to} was changed, or moved there from elsewhere, or its key is not ours"
            ) from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether it was sealed with the key in use."""
        return sealed.startswith(self.header)

    def index(self, phone: str) -> bytes:
        """The same for the same number always, and without the key nobody can tell of which."""
        return hmac.digest(self._index_key, _INDEX_DOMAIN + phone.encode(), "sha256")[:INDEX_BYTES]


def open_vault(data_key: str, index_key: str, draw: Callable[[int], bytes]) -> Vault:
    """The vault of two settings. Raises VaultError with all that is wrong with them."""
    if found := key_problems(data_key, index_key):
        raise VaultError("; ".join(found))
    keys = {id_: _decode(key) for id_, key in _parts(data_key)}
    return Vault(keys, _decode(index_key.strip()), draw)


def key_problems(data_key: str, index_key: str) -> list[str]:
    """Why the two settings are unfit, as sentences; empty when all is well."""
    parts = _parts(data_key)
    found = [f"TAWAR_DATA_KEY: the key {id_!r} {why}" for id_, key in parts if (why := _weakness(key))]
    if any(not _ID.fullmatch(id_) for id_, _ in parts) or len({id_ for id_, _ in parts}) < len(parts):
        found.append("TAWAR_DATA_KEY: each key is `id:key`, ids are different and have up to 16 letters and digits")
    if why := _weakness(index_key.strip()):
        found.append(f"TAWAR_INDEX_KEY {why}")
    if not found and len({_decode(key) for key in (index_key.strip(), *(key for _, key in parts))}) <= len(parts):
        found.append("TAWAR_DATA_KEY and TAWAR_INDEX_KEY hold one key twice: every key must be its own")
    return found


def _parts(data_key: str) -> list[tuple[str, str]]:
    """(id, key) of each key, the one in use first."""
    split = [one.strip().rpartition(":") for one in data_key.split(",")]
    return [(id_ if colon else FIRST_ID, key) for id_, colon, key in split]


def _weakness(key: str) -> str:
    raw = _decode(key)
    if len(raw) != KEY_BYTES:
        return f"is not {KEY_BYTES} bytes in base64: {HOW}"
    is_text = all(0x20 <= byte < 0x7F for byte in raw)  # noqa: PLR2004 ASCII that can be typed
    return f"is not random: {HOW}" if is_text or len(set(raw)) < FEWEST_DIFFERENT else ""


def _decode(key: str) -> bytes:
    """Base64 of either alphabet, padded or not; empty if it is none."""
    plain = key.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _header(key_id: str) -> bytes:
    return bytes([_VERSION, len(key_id)]) + key_id.encode("ascii")
