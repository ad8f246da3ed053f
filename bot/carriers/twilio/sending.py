"""A message as the parameters of Twilio's Messages resource."""

from typing import Any

from bot.carriers.port import Outgoing, Template
from bot.carriers.twilio.api import WHATSAPP
from bot.carriers.wording import as_json, plain
from bot.text.cutting import cut

PLACE_NAME = 60
NO_CONTENT = ("21655",)
"""Twilio no longer has the content."""
TOO_MANY_FILES = "21623"


def address(channel: str, phone: str) -> str:
    return WHATSAPP + phone if channel == "whatsapp" else phone


def is_list(message: Outgoing) -> bool:
    """Whether it may go with buttons or a list: on WhatsApp, and with nothing a content has no room for."""
    return message.channel == "whatsapp" and bool(message.choices) and not (message.media or message.pin)


def has_too_many_files(message: Outgoing) -> bool:
    """WhatsApp takes one file a message."""
    return message.channel == "whatsapp" and len(message.media) > 1


def by_content(template: Template) -> dict[str, Any]:
    """`ContentVariables` is a JSON string; beside a content neither body nor media may stand (Twilio's page on 63016)."""
    return {"content_sid": template.provider_id, "content_variables": as_json(template.variables)}


def words_of_sms(message: Outgoing) -> str:
    """SMS has neither files nor pins: where a file lies is written out, and so is a point (Twilio turns a file to Pakistan
    into such an address itself, by a longer text)."""
    point = ",".join(f"{degrees:.6f}" for degrees in message.pin) if message.pin else ""
    return "\n".join(part for part in (message.text, *(ref.url for ref in message.media), point) if part)


def plain_parameters(message: Outgoing) -> dict[str, Any]:
    """A message with its words, its files and its pin."""
    if message.template and message.channel == "whatsapp":
        return by_content(message.template)
    if message.channel != "whatsapp":
        return {"body": words_of_sms(message)}
    found: dict[str, Any] = {"body": message.text} if message.text else {}
    if message.media:
        found["media_url"] = [ref.url for ref in message.media]
    if message.pin:
        point = ",".join(f"{degrees:.6f}" for degrees in message.pin)
        name = cut(plain(message.text or point), PLACE_NAME).replace("|", " ")
        found |= {"body": message.text or point, "persistent_action": [f"geo:{point}|{name}"]}
    return found
