"""The settings, from the environment (TAWAR_…): one object that names everything missing or unsafe at once."""

import re
import secrets
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import PositiveFloat, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.permissions import ROLES
from bot.vault import HOW, Vault, VaultError, key_problems, open_vault

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MIN_SECRET = 32
MIDNIGHT = 24
HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")
DATABASES = ("sqlite:///", "postgresql+psycopg://")
BUCKET = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?"
BROKERS = ("redis://", "rediss://", "unix://")
COUNT = re.compile(r"[0-9]{1,5}", re.ASCII)
CARRIERS = ("twilio", "kannel")
SECOND_STEP = frozenset({"supervisor", "admin", "approver", "referee"})
TOKEN = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
"""What goes into an address as it is: Kannel takes `%` for the beginning of a code of its own."""


class SettingsError(ValueError):
    """The settings do not allow a start; the message lists every problem."""


class Settings(BaseSettings):
    """`demo`: everything on one machine with the simulator; loopback only. Otherwise nothing has a default that matters."""

    model_config = SettingsConfigDict(env_prefix="TAWAR_", extra="ignore")

    demo: bool = False
    var: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    public_url: str = ""
    secret_key: str = ""
    data_key: str = ""
    """Keys that seal numbers and names, `id:base64` each, parted by commas; the first seals, all open."""
    index_key: str = ""
    """Finds a sealed number again; it cannot be changed without writing every number's index anew."""
    carriers: str = "twilio"
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_auth_token_next: str = ""
    twilio_api_url: str = ""
    twilio_messaging_service_sid: str = ""
    whatsapp_from: str = ""
    sms_from: str = ""
    whatsapp_per_second: PositiveFloat = 80
    sms_per_second: PositiveFloat = 10
    announce_hours: str = "9-21"
    kannel_send_url: str = ""
    kannel_username: str = ""
    kannel_password: str = ""
    kannel_from: str = ""
    kannel_token: str = ""
    kannel_callback_url: str = ""
    kannel_allowed: str = "127.0.0.1,::1"
    kannel_status_url: str = ""
    kannel_per_second: str = "10"
    kannel_max_segments: str = "24"
    second_step_roles: str | None = None
    """Roles that must prove themselves by more than a password, parted by commas; unset: those that see or decide most."""
    media_url: str = ""
    """Where files lie: empty for `var/media`, or `s3://bucket/prefix`."""
    media_endpoint: str = ""
    media_access_key: str = ""
    media_secret_key: str = ""

    @field_validator("whatsapp_from", "sms_from", mode="after")
    @classmethod
    def _plain_number(cls, sender: str) -> str:
        """As Twilio's console shows it, `whatsapp:+…`, or plain."""
        return sender.strip().removeprefix("whatsapp:")

    @property
    def day(self) -> tuple[int, int] | None:
        """Hours in Karachi between which announcements go out, from `announce_hours`; None: at any hour."""
        found = HOURS.fullmatch(self.announce_hours)
        return (int(found[1]), int(found[2])) if found else None

    @property
    def must_second_step(self) -> frozenset[str]:
        """Roles that sign in with a second step; in the demo none, unless they are named."""
        if self.second_step_roles is None:
            return frozenset() if self.demo else SECOND_STEP
        return frozenset(role.strip() for role in self.second_step_roles.split(",") if role.strip())

    @property
    def kannel_calls_at(self) -> str:
        """The address at which Kannel reaches the web itself: that of `tawar web` unless another is set."""
        return self.kannel_callback_url or (self.public_url if self.demo else "http://127.0.0.1:8000")

    @property
    def kannel_allowed_from(self) -> list[str]:
        return [place.strip() for place in self.kannel_allowed.split(",") if place.strip()]

    @property
    def carrier_names(self) -> list[str]:
        """The carriers in use, the preferred one first."""
        return [name.strip() for name in self.carriers.split(",") if name.strip()]

    def vault(self) -> Vault:
        """What seals and opens citizens' numbers. Raises SettingsError if the keys are unfit."""
        try:
            return open_vault(self.data_key, self.index_key, secrets.token_bytes)
        except VaultError as error:
            raise SettingsError(f"The keys cannot be used: {error}") from error

    def problems(self) -> list[str]:
        """Every reason not to run, each saying what to set; empty when all is well."""
        required = dict(_REQUIRED)
        for carrier in self.carrier_names:
            required |= _REQUIRED_BY.get(carrier, {})
        missing = [
            f"TAWAR_{name.upper()} is not set: {why}" for name, why in required.items() if not getattr(self, name)
        ]
        weak = key_problems(self.data_key, self.index_key) if self.data_key and self.index_key else []
        return missing + weak + self._unsafe() + self._unsafe_twilio() + self._unsafe_kannel()

    def check(self) -> "Settings":
        """Itself, if it may run. Raises SettingsError with all problems at once."""
        if found := self.problems():
            raise SettingsError("The service does not start:\n" + "\n".join(f"  - {line}" for line in found))
        return self

    def _unsafe(self) -> list[str]:
        found = []
        url = urlsplit(self.public_url)
        if self.secret_key and len(self.secret_key) < MIN_SECRET:
            found.append(f"TAWAR_SECRET_KEY is too short: use at least {MIN_SECRET} random characters")
        if self.database_url and not self.database_url.startswith(DATABASES):
            found.append(f"TAWAR_DATABASE_URL must begin with {' or '.join(DATABASES)}")
        if self.redis_url and not self.redis_url.startswith(BROKERS):
            found.append(f"TAWAR_REDIS_URL must begin with {', '.join(BROKERS)}; leave it empty for none")
        if self.media_url and not re.fullmatch(BUCKET, self.media_url):
            found.append("TAWAR_MEDIA_URL must be s3://bucket or s3://bucket/prefix; leave it empty for var/media")
        if self.announce_hours and not (self.day and self.day[0] < self.day[1] <= MIDNIGHT):
            found.append(
                f"TAWAR_ANNOUNCE_HOURS is {self.announce_hours!r}: give hours of one day, e.g. 9-21, or leave it empty for any"
            )
        if unknown := self.must_second_step - set(ROLES):
            found.append(
                f"TAWAR_SECOND_STEP_ROLES names {', '.join(sorted(unknown))}: roles are {', '.join(ROLES)}; empty: none must"
            )
        names = self.carrier_names
        if not names or len(set(names)) < len(names) or not set(names) <= set(CARRIERS):
            found.append(f"TAWAR_CARRIERS is {self.carriers!r}: name {', '.join(CARRIERS)} or both, each once")
        if self.demo:
            if self.public_url and url.hostname not in LOOPBACK:
                found.append(
                    f"TAWAR_PUBLIC_URL is {url.hostname}: demo mode answers only on this machine; unset TAWAR_DEMO"
                )
            return found
        if self.public_url and url.scheme != "https":
            found.append(
                "TAWAR_PUBLIC_URL must begin with https:// outside demo mode: sessions and numbers travel over it"
            )
        return found

    def _unsafe_twilio(self) -> list[str]:
        found: list[str] = []
        if "twilio" not in self.carrier_names:
            return found
        if not (self.whatsapp_from or self.sms_from or self.twilio_messaging_service_sid):
            found.append(
                "no sender is set: give TAWAR_WHATSAPP_FROM, TAWAR_SMS_FROM or TAWAR_TWILIO_MESSAGING_SERVICE_SID"
            )
        if self.twilio_api_url and not self.demo:
            found.append("TAWAR_TWILIO_API_URL points away from Twilio: unset it outside demo mode")
        return found

    def _unsafe_kannel(self) -> list[str]:
        found: list[str] = []
        if "kannel" not in self.carrier_names:
            return found
        for name in ("kannel_send_url", "kannel_callback_url", "kannel_status_url"):
            if (value := getattr(self, name)) and not _is_web(value):
                found.append(
                    f"TAWAR_{name.upper()} is no address: it must begin with http:// or https:// and name a host"
                )
        if self.kannel_token and (len(self.kannel_token) < MIN_SECRET or not TOKEN.fullmatch(self.kannel_token)):
            found.append(
                f"TAWAR_KANNEL_TOKEN must be {MIN_SECRET} random characters or more, only letters, digits and - _ ."
            )
        for name, most in (("kannel_per_second", 10_000), ("kannel_max_segments", 255)):
            if not (COUNT.fullmatch(getattr(self, name)) and 1 <= int(getattr(self, name)) <= most):
                found.append(f"TAWAR_{name.upper()} must be a whole number from 1 to {most}")
        try:
            networks = [ip_network(place, strict=False) for place in self.kannel_allowed_from]
        except ValueError as error:
            return [*found, f"TAWAR_KANNEL_ALLOWED must hold addresses or networks, parted by commas: {error}"]
        if not networks or any(network.prefixlen == 0 for network in networks):
            found.append("TAWAR_KANNEL_ALLOWED must name the addresses Kannel calls from, not none and not everybody's")
        return found


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


_REQUIRED = {
    "database_url": "where tickets are kept, e.g. postgresql+psycopg://…",
    "public_url": "the address carriers and officials reach this service at",
    "secret_key": "signs forms; 32 random characters or more",
    "data_key": f"seals phone numbers and names, which are lost without it, e.g. `2026a:…`; {HOW}",
    "index_key": f"finds sealed numbers again; {HOW}",
}
_REQUIRED_BY = {
    "twilio": {
        "twilio_account_sid": "from the carrier's console",
        "twilio_auth_token": "from the carrier's console; checks who calls",
    },
    "kannel": {
        "kannel_send_url": "its sendsms, e.g. http://127.0.0.1:13013/cgi-bin/sendsms",
        "kannel_username": "of its sendsms-user",
        "kannel_password": "of its sendsms-user",
        "kannel_from": "the short code citizens write to",
        "kannel_token": "checks who calls; the same as in its post-url",
    },
}
