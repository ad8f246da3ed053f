"""Puts a conversation into a column of text and takes it out again."""

import json
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from bot.dialogue.values import Conversation, Draft, Message


def dump(conversation: Conversation) -> str:
    """JSON of what differs from a fresh conversation."""
    return json.dumps(_plain(conversation, _FRESH), ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Conversation:
    """The conversation of `dump`; a field a later version added has its default, one it dropped is left out."""
    data = json.loads(text) if text else {}
    draft = _build(Draft, data.pop("draft")) if data.get("draft") else None
    opened = _build(Draft, data.pop("opened")) if data.get("opened") else None
    aside = _build(Message, data.pop("aside")) if data.get("aside") else None
    conversation: Conversation = _build(Conversation, {**data, "draft": draft, "opened": opened, "aside": aside})
    return conversation


_FRESH = Conversation()


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Names of a dataclass's fields; looked up once, this is on the way of every message."""
    return tuple(field.name for field in fields(kind))


def _plain(value: Any, fresh: Any = None) -> dict[str, Any]:
    data = {}
    for name in _names(type(value)):  # type: ignore[arg-type, unused-ignore]
        item = getattr(value, name)
        if fresh is not None and item == getattr(fresh, name):
            continue
        data[name] = _plain(item) if isinstance(item, Draft | Message) else _scalar(item)
    return data


def _scalar(item: Any) -> Any:
    return item.isoformat() if isinstance(item, datetime) else item


def _build(kind: type, data: dict[str, Any]) -> Any:
    known = _names(kind)
    return kind(**{name: _value(name, item) for name, item in data.items() if name in known})


def _value(name: str, item: Any) -> Any:
    if name == "at" and isinstance(item, str):
        return datetime.fromisoformat(item)
    return tuple(item) if isinstance(item, list) else item
