"""Seals secrets until `bot/vault.py` is there: then `handlers/second_step.py` is handed that one and this file goes."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class StopgapVault:
    """AES-256-GCM with a key drawn from TAWAR_SECRET_KEY (HKDF, RFC 5869)."""

    def __init__(self, secret_key: str) -> None:
        key = HKDF(SHA256(), 32, None, b"tawar second step").derive(secret_key.encode())
        self._cipher = AESGCM(key)

    def seal(self, plain: str, bound_to: str) -> bytes:
        """`plain` for the place `bound_to` alone."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), bound_to.encode())

    def unseal(self, sealed: bytes, bound_to: str) -> str:
        """What was sealed for that place. Raises ValueError if it was changed, moved, or sealed with another key."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode()).decode()
        except InvalidTag as error:
            raise ValueError(f"{bound_to} cannot be opened: is TAWAR_SECRET_KEY another one now?") from error
