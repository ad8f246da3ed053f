"""A carrier that calls our web: signs as Twilio's documentation says, in code of its own, and can get it wrong on purpose."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote_plus

from prometheus_client import REGISTRY
from sqlalchemy import Table, func, select
from werkzeug.test import TestResponse

from bot.carriers.port import Accepted, Carriers, Outcome, Outgoing
from bot.carriers.twilio import Twilio, TwilioSettings
from bot.services.hands import Hands
from handlers.web import Web, create_web
from tests.street import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM, settings
from tests.support import PHONE

PUBLIC_URL = "https://bot.example.pk"
MESSAGES, RECEIPTS = "/carriers/twilio/messages", "/carriers/twilio/receipts"
Fields = Sequence[tuple[str, str]]


class DeafTwilio(Twilio):
    """Twilio as it calls us; what we send it only notes."""

    def __init__(self, *tokens: str) -> None:
        super().__init__(TwilioSettings(ACCOUNT, tokens or (TOKEN,), PUBLIC_URL, WHATSAPP_FROM, SMS_FROM))
        self.sent: list[Outgoing] = []

    def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message)
        return Accepted(f"SM{len(self.sent):032d}", "queued")

    def health(self) -> str:
        return ""


def sign(url: str, fields: Fields, token: str = TOKEN) -> str:
    """HMAC-SHA1 of the URL and every distinct name and value, in order of names and values."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def full(sid: str) -> str:
    """`SM1` as Twilio writes an id: two letters and 32 hexadecimal digits."""
    return f"{sid[:2]}{sid[2:]:0>32}"


def message(text: str = "No water in Gwadar", sid: str = "SM1", **more: str) -> list[tuple[str, str]]:
    """The fields of a WhatsApp message; `more` changes or adds some."""
    fields = {
        "MessageSid": full(sid),
        "SmsSid": full(sid),
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{PHONE}",
        "To": f"whatsapp:{WHATSAPP_FROM}",
        "Body": text,
        "NumMedia": "0",
        "ProfileName": "گل",
        "FromCity": "",
    }
    return list((fields | more).items())


def receipt(sid: str, status: str, **more: str) -> list[tuple[str, str]]:
    return list(
        {"MessageSid": full(sid), "MessageStatus": status, "SmsStatus": status, "AccountSid": ACCOUNT, **more}.items()
    )


def body_of(fields: Fields) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields).encode()


@dataclass
class Caller:
    """The carrier, and the web it calls (without a network; a proxy before it would change the host, as here)."""

    hands: Hands
    carrier: DeafTwilio = field(default_factory=DeafTwilio)
    wake: Callable[[Sequence[int]], None] = lambda _: None
    broker_ok: Callable[[], bool | None] = lambda: None

    def __post_init__(self) -> None:
        self.hands = replace(self.hands, carriers=Carriers({"twilio": self.carrier}))
        web = Web(self.hands, settings(PUBLIC_URL, ""), self.wake, self.broker_ok)
        self.app = create_web(web)

    def posts(
        self,
        fields: Fields,
        path: str = MESSAGES,
        query: str = "",
        *,
        signature: str | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> TestResponse:
        """Posts `fields` (or another `body`), rightly signed unless a `signature` is given; an empty one is left out."""
        target = path + (f"?{query}" if query else "")
        signature = sign(PUBLIC_URL + target, fields) if signature is None else signature
        sent = {"X-Twilio-Signature": signature} if signature else {}
        client = self.app.test_client()
        return client.post(
            path,
            query_string=query,
            data=body_of(fields) if body is None else body,
            content_type=content_type,
            headers={**sent, **(headers or {})},
            base_url="http://10.0.0.5:8000",
        )

    def gets(self, path: str) -> TestResponse:
        return self.app.test_client().get(path)

    def rows(self, table: Table) -> list[Any]:
        with self.hands.db.read() as tx:
            return list(tx.execute(select(table).order_by(*table.primary_key)).all())

    def count(self, *tables: Table) -> int:
        with self.hands.db.read() as tx:
            return sum(tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def counted(name: str, **labels: str) -> float:
    """A counter's value now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
