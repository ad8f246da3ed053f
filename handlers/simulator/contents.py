"""Content templates: what was created, and how one looks with its variables filled in."""

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from handlers.simulator.values import Option, new_sid, now

KEPT = 5_000
BLANK = re.compile(r"\{\{\s*(\w+)\s*\}\}")
KINDS = ("twilio/list-picker", "twilio/quick-reply", "twilio/text")
TITLE, ITEM, DESCRIPTION, ID, BODY, MENU = 20, 24, 72, 200, 1024, 20
MOST_OPTIONS = 10


class ContentError(ValueError):
    """A template the carrier would not take; the text says why."""


class Rendered(NamedTuple):
    """A template with its words in place: `menu` is the label of a list's button."""

    text: str
    options: tuple[Option, ...] = ()
    menu: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """One template as it was created."""

    friendly_name: str
    language: str
    variables: dict[str, str]
    types: dict[str, Any]
    sid: str = field(default_factory=lambda: new_sid("HX"))
    created: datetime = field(default_factory=now)

    @property
    def placeholders(self) -> set[str]:
        """The names of the blanks in it."""
        return set(BLANK.findall(json.dumps(self.types, ensure_ascii=False)))

    def render(self, channel: str, values: dict[str, str]) -> Rendered:
        """The richest form `channel` can show, with `values` over the template's own samples."""
        fill = {**self.variables, **values}
        kinds = KINDS if channel == "whatsapp" else KINDS[::-1]
        kind = next((kind for kind in kinds if kind in self.types), next(iter(self.types)))
        shape = self.types[kind]
        text = _fill(shape.get("body", ""), fill)
        if channel != "whatsapp":
            return Rendered(text)
        options = tuple(_option(entry, fill) for entry in _entries(shape))
        return Rendered(text, options, _fill(shape.get("button", ""), fill))


class Contents:
    """Every template of the account; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: dict[str, Content] = {}

    def add(self, content: Content) -> None:
        """Remembers a template; the oldest falls off when there are too many."""
        with self._lock:
            self._all[content.sid] = content
            if len(self._all) > KEPT:
                del self._all[next(iter(self._all))]

    def get(self, sid: str) -> Content | None:
        """The template of that id."""
        return self._all.get(sid)

    def remove(self, sid: str) -> None:
        """Forgets a template."""
        with self._lock:
            self._all.pop(sid, None)

    def newest_first(self) -> list[Content]:
        """Every template."""
        with self._lock:
            return list(reversed(self._all.values()))


def read_content(wanted: Any) -> Content:
    """The JSON of a creation -> a template; raises ContentError."""
    if not isinstance(wanted, dict) or not isinstance(wanted.get("types"), dict) or not wanted["types"]:
        raise ContentError("types must be an object with at least one content type")
    for kind, shape in wanted["types"].items():
        _check(kind, shape)
    variables = {str(name): str(value) for name, value in (wanted.get("variables") or {}).items()}
    return Content(wanted.get("friendly_name") or "", wanted.get("language") or "en", variables, wanted["types"])


def _check(kind: str, shape: Any) -> None:
    if kind not in KINDS:
        raise ContentError(f"{kind} is not known here; known: {', '.join(KINDS)}")
    if not isinstance(shape, dict) or not isinstance(shape.get("body"), str) or not shape["body"]:
        raise ContentError(f"{kind} needs a body")
    if kind != "twilio/text":
        _check_options(kind, shape)


def _check_options(kind: str, shape: dict[str, Any]) -> None:
    entries = _entries(shape)
    if not 1 <= len(entries) <= MOST_OPTIONS or not all(isinstance(entry, dict) for entry in entries):
        raise ContentError(f"{kind} takes 1 to {MOST_OPTIONS} options")
    limits = {"body": (shape["body"], BODY), "button": (shape.get("button", ""), MENU)}
    for number, entry in enumerate(entries, start=1):
        limits[f"title {number}"] = (str(entry.get("title", "")), TITLE)
        limits[f"item {number}"] = (str(entry.get("item", "")), ITEM)
        limits[f"description {number}"] = (str(entry.get("description") or ""), DESCRIPTION)
        limits[f"id {number}"] = (str(entry.get("id", "")), ID)
    if long := [f"{name} (at most {most})" for name, (text, most) in limits.items() if len(text) > most]:
        raise ContentError(f"{kind}: too long: {', '.join(long)}")


def _entries(shape: dict[str, Any]) -> list[dict[str, Any]]:
    found = shape.get("items") or shape.get("actions") or []
    return found if isinstance(found, list) else []


def _option(entry: dict[str, Any], fill: dict[str, str]) -> Option:
    if "item" in entry:
        name, title, more = entry.get("id") or entry["item"], entry["item"], entry.get("description") or ""
        return Option(_fill(name, fill), _fill(title, fill), _fill(more, fill), "item")
    return Option(_fill(entry.get("id") or entry["title"], fill), _fill(entry["title"], fill))


def _fill(text: str, values: dict[str, str]) -> str:
    return BLANK.sub(lambda found: values.get(found[1], found[0]), text)
