"""Reading what a citizen is to send: text, files, a place, a button; each mistake is named."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from handlers.simulator.values import E164, Media, new_sid

MOST_REPEATS = 100
NORTH, EAST = 90, 180  # degrees


class SayError(ValueError):
    """What the citizen is to send makes no sense; the text says why."""


@dataclass(frozen=True)
class Say:
    """What a citizen sends; a place is (latitude, longitude) in degrees."""

    text: str = ""
    media: tuple[Media, ...] = ()
    place: tuple[float, float] | None = None
    button: str = ""
    repeat: int = 1
    name: str = ""


def read_number(text: str) -> str:
    """A number as written in a URL -> E.164; raises SayError."""
    number = "+" + text.strip().removeprefix("+")
    if not E164.match(number):
        raise SayError(f"{text} is not a number in international form, like +923000000101")
    return number


def read_say(wanted: Any) -> Say:
    """JSON -> what is sent; raises SayError naming what is wrong."""
    if not isinstance(wanted, dict):
        raise SayError("a JSON object is needed")
    say = Say(
        text=str(wanted.get("text") or ""),
        media=tuple(_media(entry) for entry in wanted.get("media") or ()),
        place=_place(wanted.get("latitude"), wanted.get("longitude")),
        button=str(wanted.get("button") or ""),
        repeat=_repeat(wanted.get("repeat", 1)),
        name=str(wanted.get("name") or ""),
    )
    if not (say.text or say.media or say.place or say.button):
        raise SayError("nothing to send: text, media, latitude and longitude, or button")
    return say


def _repeat(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= MOST_REPEATS:
        raise SayError(f"repeat must be a whole number from 1 to {MOST_REPEATS}")
    return value


def _place(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    if latitude in (None, "") and longitude in (None, ""):
        return None
    try:
        place = float(latitude), float(longitude)
    except (TypeError, ValueError):
        raise SayError("latitude and longitude must both be numbers") from None
    if not (abs(place[0]) <= NORTH and abs(place[1]) <= EAST):
        raise SayError("latitude goes from -90 to 90, longitude from -180 to 180")
    return place


def _media(entry: Any) -> Media:
    if not isinstance(entry, dict) or not (entry.get("file") or entry.get("url")):
        raise SayError("each of media needs a file (data URL or base64) or a url")
    if url := str(entry.get("url") or ""):
        return Media(new_sid("ME"), str(entry.get("type") or "application/octet-stream"), url=url)
    kind, data = _file(str(entry["file"]))
    return Media(new_sid("ME"), str(entry.get("type") or kind or "application/octet-stream"), data)


def _file(text: str) -> tuple[str, bytes]:
    found = re.match(r"data:([^,]*?)(;base64)?,", text)
    payload = text[found.end() :] if found else text
    try:
        if found and not found[2]:
            return found[1], unquote_to_bytes(payload)
        return found[1] if found else "", base64.b64decode(payload, validate=True)
    except binascii.Error:
        raise SayError("the file is neither a data URL nor base64") from None
