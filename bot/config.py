"""The settings, from the environment (TAWAR_…): one object that names everything missing or unsafe at once."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MIN_SECRET = 32
MIDNIGHT = 24
HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")
DATABASES = ("sqlite:///", "postgresql+psycopg://")
BUCKET = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?"
BROKERS = ("redis://", "rediss://", "unix://")


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
    carriers: str = "twilio"
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_auth_token_next: str = ""
    twilio_api_url: str = ""
    twilio_messaging_service_sid: str = ""
    whatsapp_from: str = ""
    sms_from: str = ""
    announce_hours: str = "9-21"
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

    def problems(self) -> list[str]:
        """Every reason not to run, each saying what to set; empty when all is well."""
        missing = [
            f"TAWAR_{name.upper()} is not set: {why}" for name, why in _REQUIRED.items() if not getattr(self, name)
        ]
        return missing + self._unsafe()

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
        if not (self.whatsapp_from or self.sms_from or self.twilio_messaging_service_sid):
            found.append(
                "no sender is set: give TAWAR_WHATSAPP_FROM, TAWAR_SMS_FROM or TAWAR_TWILIO_MESSAGING_SERVICE_SID"
            )
        if self.database_url and not self.database_url.startswith(DATABASES):
            found.append(f"TAWAR_DATABASE_URL must begin with {' or '.join(DATABASES)}")
        if self.redis_url and not self.redis_url.startswith(BROKERS):
            found.append(f"TAWAR_REDIS_URL must begin with {', '.join(BROKERS)}; leave it empty for none")
        if self.media_url and not re.fullmatch(BUCKET, self.media_url):
            found.append("TAWAR_MEDIA_URL must be s3://bucket or s3://bucket/prefix; leave it empty for var/media")
        if self.carriers != "twilio":
            found.append(f"TAWAR_CARRIERS names {self.carriers!r}: this version knows only twilio")
        if self.announce_hours and not (self.day and self.day[0] < self.day[1] <= MIDNIGHT):
            found.append(
                f"TAWAR_ANNOUNCE_HOURS is {self.announce_hours!r}: give hours of one day, e.g. 9-21, or leave it empty for any"
            )
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
        if self.twilio_api_url:
            found.append("TAWAR_TWILIO_API_URL points away from Twilio: unset it outside demo mode")
        return found


_REQUIRED = {
    "database_url": "where tickets are kept, e.g. postgresql+psycopg://…",
    "public_url": "the address carriers and officials reach this service at",
    "secret_key": "signs forms; 32 random characters or more",
    "twilio_account_sid": "from the carrier's console",
    "twilio_auth_token": "from the carrier's console; checks who calls",
}
