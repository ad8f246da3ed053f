"""How the phone page writes things: times, ticks, typefaces, addresses of files."""

import re
from datetime import timedelta, timezone

from handlers.simulator.phone import media_url
from handlers.simulator.values import Media, Message

KARACHI = timezone(timedelta(hours=5))
ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
TICKS = {"read": "✓✓", "delivered": "✓✓", "received": "✓✓", "sent": "✓", "failed": "!", "undelivered": "!"}


def clock_time(message: Message) -> str:
    """When it was, as a phone in Pakistan shows it."""
    return message.created.astimezone(KARACHI).strftime("%H:%M")


def script_of(text: str) -> str:
    """`arab` when a text is mostly in Arabic letters, else `latn`: each has its own typeface and line height."""
    letters = [letter for letter in text if letter.isalpha()]
    arabic = sum(bool(ARABIC.match(letter)) for letter in letters)
    return "arab" if arabic * 2 > len(letters) else "latn"


def ticks(message: Message) -> str:
    """The sign for how far a message has come; `!` also when the service did not take it."""
    return "!" if message.note[0] == "not_taken" else TICKS.get(message.shown, "○")


def shown_url(media: Media) -> str:
    """Where the page finds a file: here, once its bytes have come."""
    return f"/media/{media.sid}" if media.data else media_url(media)


FILTERS = {"clock_time": clock_time, "script_of": script_of, "ticks": ticks, "shown_url": shown_url}
