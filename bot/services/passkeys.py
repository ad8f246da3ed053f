"""Passkeys (WebAuthn): a key in a phone or laptop that signs in by itself, unlocked there by finger, face or PIN.

A challenge is not kept: it carries the moment it was made and a mark of the browser it was made for, and each is taken once.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import options_to_json, parse_authentication_credential_json, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.services.hands import Hands
from bot.services.sign_in import Visitor, open_session
from bot.store import accounts, audit
from bot.store import second_steps as store

NAME = "Tawar"
LIVES = timedelta(minutes=10)
"""How long a page may be open before its challenge is void."""
_MOMENT = 8
_VERIFIED = UserVerificationRequirement.REQUIRED
"""The key is asked to make sure of its owner: it then stands for both steps."""


@dataclass(frozen=True, slots=True)
class Site:
    """What passkeys are bound to: the name of this host, and the address its pages have."""

    host: str
    origin: str
    secret: str


def site_of(public_url: str, secret: str) -> Site | None:
    """None where browsers allow no passkeys: at an address that is a number and no name."""
    parts = urlsplit(public_url)
    try:
        ip_address(parts.hostname or "")
    except ValueError:
        return Site(parts.hostname, f"{parts.scheme}://{parts.netloc}", secret) if parts.hostname else None
    return None


def ask_to_sign_in(site: Site, browser: str, now: datetime) -> str:
    """What the browser is handed to ask for a passkey, as JSON. `browser`: the secret of its cookie."""
    challenge = _challenge(site, browser, now)
    return options_to_json(
        webauthn.generate_authentication_options(rp_id=site.host, challenge=challenge, user_verification=_VERIFIED)
    )


def ask_to_add(hands: Hands, site: Site, who: Visitor, browser: str) -> str:
    """What the browser is handed to make a passkey, as JSON."""
    handle = hmac.digest(site.secret.encode(), f"passkey owner:{who.account_id}".encode(), "sha256")
    known = [PublicKeyCredentialDescriptor(row.credential_id) for row in see(hands, who)]
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.host, rp_name=NAME, user_name=who.username, user_id=handle, user_display_name=who.name,
            challenge=_challenge(site, browser, hands.now()), exclude_credentials=known,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
            ),
        )
    )  # fmt: skip


def sign_in(hands: Hands, site: Site, browser: str, credential: str, device: str) -> str | None:
    """A new session's token; None for a passkey that is not known, an answer that is not its own, or one that came before."""
    read = _read(credential)
    if read is None:
        return None
    now = hands.now()
    with hands.db.write() as tx:
        row = store.find_passkey(tx, read.raw_id)
        if row is None:
            return None
        count = _verify(site, read, row, browser, now)
        if count is None or not accounts.submit_once(tx, _once(read), row.account_id, now):
            audit.note(tx, now, None, "sign_in_failed", f"account:{row.username}", how="passkey")
            return None
        store.note_use(tx, row.id, count, now)
        account = accounts.find(tx, row.username)
        return open_session(tx, account, device, "passkey", now)


def add(hands: Hands, site: Site, who: Visitor, browser: str, credential: str, device: str) -> bool:
    """Keeps a new passkey; False if the answer is not one to our question, or the passkey is known already."""
    now = hands.now()
    try:
        made = webauthn.verify_registration_response(
            credential=credential, expected_challenge=_challenge_of(credential, site, browser, now),
            expected_rp_id=site.host, expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError):
        return False
    fields = {"credential_id": made.credential_id, "public_key": made.credential_public_key}
    with hands.db.write() as tx:
        added = store.add_passkey(tx, who.account_id, now, sign_count=made.sign_count, device=device, **fields)
        if added:
            audit.note(tx, now, who.account_id, "passkey_added", f"account:{who.username}")
    return added


def see(hands: Hands, who: Visitor) -> Sequence[Any]:
    """One's passkeys, the oldest first."""
    with hands.db.read() as tx:
        return store.passkeys_of(tx, who.account_id)


def remove(hands: Hands, who: Visitor, passkey_id: int) -> bool:
    """Whether there was one of one's own to remove."""
    with hands.db.write() as tx:
        removed = store.remove_passkey(tx, who.account_id, passkey_id)
        if removed:
            audit.note(tx, hands.now(), who.account_id, "passkey_removed", f"account:{who.username}")
    return removed


def _read(credential: str) -> AuthenticationCredential | None:
    try:
        return parse_authentication_credential_json(credential)
    except (WebAuthnException, ValueError):
        return None


def _verify(site: Site, read: AuthenticationCredential, row: Any, browser: str, now: datetime) -> int | None:
    """How often the passkey says it was used; None if the answer is not its own, to our question, on our pages."""
    try:
        challenge = _own_challenge(parse_client_data_json(read.response.client_data_json).challenge, site, browser, now)
        verified = webauthn.verify_authentication_response(
            credential=read, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=row.public_key, credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError):
        return None
    return verified.new_sign_count


def _once(read: AuthenticationCredential) -> str:
    return f"passkey-{hashlib.sha256(read.response.client_data_json).hexdigest()[:40]}"


def _challenge(site: Site, browser: str, now: datetime) -> bytes:
    moment = int(now.timestamp()).to_bytes(_MOMENT, "big")
    return moment + hmac.digest(site.secret.encode(), b"passkey:" + moment + browser.encode(), "sha256")


def _challenge_of(credential: str, site: Site, browser: str, now: datetime) -> bytes:
    """The challenge a new passkey answered. Raises ValueError if it is none of ours, or WebAuthnException if there is none."""
    read = webauthn.helpers.parse_registration_credential_json(credential)
    return _own_challenge(parse_client_data_json(read.response.client_data_json).challenge, site, browser, now)


def _own_challenge(challenge: bytes, site: Site, browser: str, now: datetime) -> bytes:
    """Itself, if it was made here for this browser and not too long ago. Raises ValueError."""
    made_at = int.from_bytes(challenge[:_MOMENT], "big")
    if not 0 <= now.timestamp() - made_at <= LIVES.total_seconds():
        raise ValueError("the page was open too long")
    moment = datetime.fromtimestamp(made_at, now.tzinfo)
    if not hmac.compare_digest(challenge, _challenge(site, browser, moment)):
        raise ValueError("the challenge was made for another browser")
    return challenge
