"""What the service asks to be sent: the form read, and the message made of it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from handlers.simulator.contents import Rendered
from handlers.simulator.core import Simulator
from handlers.simulator.segments import count
from handlers.simulator.values import Media, Message, join_address, new_sid, split_address

GEO = re.compile(r"geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)(?:\|(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Order:
    """The form of a creation, as it came."""

    form: MultiDict[str, str]
    simulator: Simulator

    def __getitem__(self, name: str) -> str:
        return self.form.get(name, "")

    @property
    def channel(self) -> str:
        """The channel of the recipient's address."""
        return split_address(self["To"])[0]

    @property
    def number(self) -> str:
        """The recipient's number."""
        return split_address(self["To"])[1]

    @property
    def variables(self) -> Any:
        """What ContentVariables says, or None when it is not JSON."""
        try:
            return json.loads(self["ContentVariables"] or "{}")
        except ValueError:
            return None

    @property
    def values(self) -> dict[str, str]:
        """What fills the template's blanks."""
        return {str(name): str(value) for name, value in (self.variables or {}).items()}

    @property
    def pin(self) -> tuple[tuple[float, float] | None, str]:
        """The place to send, in degrees, and its label: `geo:latitude,longitude|label` of PersistentAction."""
        found = (GEO.fullmatch(action) for action in self.form.getlist("PersistentAction"))
        return next((((float(f[1]), float(f[2])), f[3] or "") for f in found if f), (None, ""))

    @property
    def send_at(self) -> datetime | None:
        """When to send, or None when it does not say so in ISO 8601."""
        try:
            moment = datetime.fromisoformat(self["SendAt"].replace("Z", "+00:00"))
        except ValueError:
            return None
        return moment if moment.tzinfo else None


def message_of(order: Order) -> Message:
    """An order that passed -> the message the carrier now has."""
    shown = _shown(order)
    media = tuple(Media(new_sid("ME"), _guess(url), url=url) for url in order.form.getlist("MediaUrl"))
    service = order["MessagingServiceSid"]
    place, label = order.pin
    sender = split_address(order["From"])[1] or order.simulator.settings.sender(order.channel)
    return Message(
        sid=new_sid("MM" if media else "SM"),
        channel=order.channel,
        number=order.number,
        direction="outbound-api",
        sender=sender,
        text=shown.text,
        status="scheduled" if order["ScheduleType"] else "accepted" if service else "queued",
        options=shown.options,
        menu=shown.menu,
        media=media,
        place=place,
        label=label,
        callback=order["StatusCallback"],
        service=service,
        content=order["ContentSid"],
        segments=count(shown.text).segments if order.channel == "sms" else 1,
    )


def log_entry(order: Order, message: Message) -> dict[str, Any]:
    """What a test wants to know about an accepted order."""
    return {
        "id": message.sid,
        "to": order["To"],
        "from": join_address(message.channel, message.sender),
        "body": message.text,
        "at": message.created.isoformat(timespec="milliseconds"),
        "status_callback": message.callback,
        "options": [{"id": option.id, "title": option.title} for option in message.options],
        "media": order.form.getlist("MediaUrl"),
        "content_sid": message.content,
        "content_variables": order.variables,
        "messaging_service_sid": message.service,
        "segments": message.segments,
    }


def _shown(order: Order) -> Rendered:
    content = order.simulator.contents.get(order["ContentSid"])
    if content is None:
        return Rendered(order["Body"])
    return content.render(order.channel, order.values)


def _guess(url: str) -> str:
    known = {
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "gif": "image/gif",
        "pdf": "application/pdf",
    }
    ending = urlsplit(url).path.rsplit(".", 1)[-1].lower()
    return known.get(ending, "application/octet-stream")
