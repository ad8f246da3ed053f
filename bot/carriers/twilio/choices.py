"""A body and its choices as WhatsApp's buttons or list: the content that must be made once, and what fills it each time.

The body is a variable a line, because a variable's value may hold no line break (Twilio's error 21656). A list's words and
ids are variables too (Twilio's page on list pickers), so that one content serves every list of so many lines, whatever the
language. Of buttons the page names no variables for titles: theirs are constants, and what has a number in it (a ticket)
goes as a list. So contents grow with the number of different sets of buttons, never with citizens: about one for each
length of a list and of a body, and one for each set of buttons and length of a body.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.carriers.port import Choice
from bot.carriers.wording import MAX_BODY, plain
from bot.text.cutting import cut, cut_apart, length

BUTTONS, TITLE = 3, 20
LINES, ITEM, DESCRIPTION = 10, 24, 72
ID = 200
"""Twilio's pages on quick replies (three without approval) and list pickers; lengths in UTF-16 units."""
BODY_LINES = 20
"""Beyond that a list of its own per length would be made for nearly nobody."""
MENU = "☰"
"""On the button that opens a list, where the caller gives no word."""
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Shape:
    """`content`: its types and samples, the same for many messages; `values`: what this message puts into it."""

    content: Mapping[str, Any]
    values: Mapping[str, str]

    def key(self, account: str) -> str:
        """What the content is remembered by: ids are an account's own."""
        whole = json.dumps([account, self.content], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()


def shape(body: str, choices: Sequence[Choice], menu: str = "") -> Shape | None:
    """The message as buttons or a list; None when it fits neither, and numbered lines must do."""
    lines = [plain(line) for line in body.splitlines() if line.strip()]
    if not lines or len(lines) > BODY_LINES or length("\n".join(lines)) > MAX_BODY or "{{" in body:
        return None
    if not 1 <= len(choices) <= LINES or not _have_ids(choices):
        return None
    labels = [plain(choice.label) for choice in choices]
    if _are_buttons(labels) and len(set(labels)) == len(labels):
        return _buttons(lines, [Choice(choice.id, label) for choice, label in zip(choices, labels, strict=True)])
    titles = cut_apart(labels, ITEM)
    return _list(lines, choices, titles, labels, cut(plain(menu or MENU), TITLE)) if titles else None


def _have_ids(choices: Sequence[Choice]) -> bool:
    ids = {choice.id for choice in choices}
    return len(ids) == len(choices) and all(id_ and id_ == plain(id_) and length(id_) <= ID for id_ in ids)


def _are_buttons(labels: Sequence[str]) -> bool:
    return len(labels) <= BUTTONS and all(length(label) <= TITLE and not _NUMBER.search(label) for label in labels)


def _buttons(lines: Sequence[str], choices: Sequence[Choice]) -> Shape:
    actions = [{"type": "QUICK_REPLY", "title": choice.label, "id": choice.id} for choice in choices]
    values = _Values()
    body = "\n".join(map(values.place, lines))
    return values.shape("twilio/quick-reply", {"body": body, "actions": actions})


def _list(
    lines: Sequence[str], choices: Sequence[Choice], titles: Sequence[str], labels: Sequence[str], menu: str
) -> Shape:
    """A title that had to be cut stands whole below it, as far as there is room."""
    values = _Values()
    body, button, items = "\n".join(map(values.place, lines)), values.place(menu), []
    for choice, title, label in zip(choices, titles, labels, strict=True):
        item = {"item": values.place(title), "id": values.place(choice.id)}
        items.append(item if title == label else item | {"description": values.place(cut(label, DESCRIPTION))})
    return values.shape("twilio/list-picker", {"body": body, "button": button, "items": items})


class _Values:
    """Numbers the variables of a content in the order they are met."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def place(self, value: str) -> str:
        name = str(len(self._values) + 1)
        self._values[name] = value
        return "{{" + name + "}}"

    def shape(self, kind: str, content: Mapping[str, Any]) -> Shape:
        """A sample is asked for each variable; all differ, because titles and ids must."""
        samples = {name: name for name in self._values}
        return Shape({"types": {kind: content}, "variables": samples}, self._values)
