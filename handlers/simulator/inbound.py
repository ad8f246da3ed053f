"""The form the carrier posts when a citizen writes: every parameter, as each channel has them."""

import json
from typing import Any, NamedTuple

from handlers.simulator.values import Message, Option

KINDS = ("image", "audio", "video")


class Tap(NamedTuple):
    """The option a citizen tapped, and the message that offered it."""

    option: Option
    question: Message


def inbound_form(account: str, message: Message, name: str, tap: Tap | None, host_url: str) -> dict[str, str]:
    """A citizen's message, written by `name` -> the form; its files are fetched under `host_url`."""
    sender, to = message.addresses
    form = {
        "ApiVersion": "2010-04-01",
        "AccountSid": account,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "SmsStatus": "received",
        "From": sender,
        "To": to,
        "Body": message.text,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.segments),
    }
    form |= _media(account, message, host_url)
    if message.channel == "whatsapp":
        return form | _whatsapp(message, name, tap)
    return form | {"FromCountry": "PK", "ToCountry": "PK"}


def _media(account: str, message: Message, host_url: str) -> dict[str, str]:
    base = f"{host_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages/{message.sid}/Media"
    fields = {}
    for number, media in enumerate(message.media):
        fields[f"MediaUrl{number}"] = media.url or f"{base}/{media.sid}"
        fields[f"MediaContentType{number}"] = media.type
    return fields


def _whatsapp(message: Message, name: str, tap: Tap | None) -> dict[str, str]:
    digits = message.number.removeprefix("+")
    context: dict[str, Any] = {"ProfileName": name, "WaId": digits}
    fields = {"ProfileName": name, "WaId": digits, "Forwarded": "false", "FrequentlyForwarded": "false"}
    fields |= {"ReferralNumMedia": "0", "MessageType": _kind(message, tap)}
    if message.place:
        fields |= {"Latitude": str(message.place[0]), "Longitude": str(message.place[1])}
    if tap:
        context |= _tapped(tap.option)
        fields |= _tapped(tap.option)
        fields["OriginalRepliedMessageSid"] = tap.question.sid
        fields["OriginalRepliedMessageSender"] = tap.question.addresses[0]
    metadata = {"type": "whatsapp", "data": {"context": context}}
    return fields | {"ChannelMetadata": json.dumps(metadata, ensure_ascii=False)}


def _tapped(option: Option) -> dict[str, str]:
    if option.kind == "item":
        return {"ListId": option.id, "ListTitle": option.title, "ListDescription": option.description}
    return {"ButtonText": option.title, "ButtonPayload": option.id, "ButtonType": "REPLY"}


def _kind(message: Message, tap: Tap | None) -> str:
    if tap:
        return "interactive"
    if message.place:
        return "location"
    if message.media:
        family = message.media[0].type.split("/")[0]
        return family if family in KINDS else "document"
    return "text"
