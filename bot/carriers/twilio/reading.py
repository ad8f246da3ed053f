"""Twilio's webhooks and lists as messages and receipts; what a stranger's text may do to them is checked here."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from bot.carriers.port import Inbound, MediaRef, Receipt, WebRequest
from bot.carriers.twilio.api import WHATSAPP
from bot.carriers.twilio.errors import NAME
from bot.phone import normalise
from bot.text.fold import clean

MAX_MEDIA = 10
SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
"""Twilio's OpenAPI description of a message's id."""
KEYWORDS = {"STOP": "stop", "START": "start", "HELP": "help"}
"""`OptOutType` of a messaging service with Advanced Opt-Out: Twilio has answered already (its page on Advanced Opt-Out)."""


def read_message(request: WebRequest, account: str) -> Inbound | None:
    """The message in a call; None when it has no id of ours or no number that can be answered.

    What was chosen comes as the id of a list's line or of a button; typed text stays text.
    """
    form = request.form
    provider_id, phone = _sid(form, account), normalise(_one(form, "From"))
    if not phone or not provider_id:
        return None
    return Inbound(
        carrier=NAME,
        provider_id=provider_id,
        channel=_channel(_one(form, "From")),
        phone=phone,
        text=_one(form, "Body"),
        button=_one(form, "ListId") or _one(form, "ButtonPayload"),
        media=_media(form),
        pin=_pin(_one(form, "Latitude"), _one(form, "Longitude")),
        keyword=KEYWORDS.get(_one(form, "OptOutType").upper(), ""),
    )


def read_receipt(request: WebRequest, account: str) -> Receipt | None:
    """The receipt in a call; None when it says nothing."""
    form = request.form
    provider_id = _sid(form, account)
    status = _one(form, "MessageStatus") or _one(form, "SmsStatus")
    if not provider_id or not status:
        return None
    ref = clean(parse_qs(request.query).get("ref", [""])[0])
    return Receipt(NAME, ref, provider_id, status, _one(form, "ErrorCode"))


def read_listed(message: Any, media: Callable[[str], tuple[MediaRef, ...]]) -> Inbound | None:
    """A message of the account's list, as `read_message` gives one of a call; None likewise.

    The list holds neither pins nor ids of buttons: a chosen line comes back as its words. `media`: files of a message id.
    """
    provider_id, sender = str(message.sid or ""), str(message.from_ or "")
    phone = normalise(sender)
    if not phone or not SID.fullmatch(provider_id) or message.direction != "inbound":
        return None
    text = clean(str(message.body or ""))
    files = media(provider_id) if str(message.num_media or "0") != "0" else ()
    return Inbound(NAME, provider_id, _channel(sender), phone, text, media=files)


def _channel(address: str) -> str:
    return "whatsapp" if address.startswith(WHATSAPP) else "sms"


def _sid(form: Any, account: str) -> str:
    """The message's id, if it is one of this account: the signature joins names and values without a mark between
    them, so that a captured call can be cut anew; what an id looks like is checked for that reason."""
    sid = _one(form, "MessageSid") or _one(form, "SmsSid")
    return sid if _one(form, "AccountSid") in ("", account) and SID.fullmatch(sid) else ""


def _one(form: Any, name: str) -> str:
    values = form.get(name)
    return clean(str(values[0])) if values else ""


def _media(form: Any) -> tuple[MediaRef, ...]:
    count = _one(form, "NumMedia")
    wanted = (
        min(int(count), MAX_MEDIA) if count.isascii() and count.isdecimal() and len(count) <= len(str(MAX_MEDIA)) else 0
    )
    refs = (MediaRef(_one(form, f"MediaUrl{n}"), _one(form, f"MediaContentType{n}")) for n in range(wanted))
    return tuple(ref for ref in refs if ref.url)


def _pin(latitude: str, longitude: str) -> tuple[float, float] | None:
    try:
        lat, lon = float(latitude), float(longitude)
    except ValueError:
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None  # noqa: PLR2004
