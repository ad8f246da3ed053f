"""A message as the carrier's REST API shows it, and lists of them page by page."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from handlers.simulator.values import Media, Message

VERSION = "2010-04-01"
PAGE_SIZE, MOST_ON_A_PAGE = 50, 1000


def as_resource(message: Message, account: str) -> dict[str, Any]:
    """A message -> every field of the resource, with the carrier's types (counts are strings)."""
    uri = f"/{VERSION}/Accounts/{account}/Messages/{message.sid}"
    sender, to = message.addresses
    undecided = bool(message.service) and message.status in ("accepted", "scheduled")
    return {
        "account_sid": account,
        "api_version": VERSION,
        "body": "" if message.content else message.text,
        "date_created": _date(message.created),
        "date_sent": _date(message.sent),
        "date_updated": _date(message.updated),
        "direction": message.direction,
        "error_code": message.error,
        "error_message": f"Error {message.error}" if message.error else None,
        "from": None if undecided else sender,
        "messaging_service_sid": message.service or None,
        "num_media": str(len(message.media)),
        "num_segments": "0" if undecided else str(message.segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": to,
        "uri": f"{uri}.json",
    }


def as_media_resource(media: Media, message: Message, account: str) -> dict[str, Any]:
    """A file of a message -> its resource."""
    uri = f"/{VERSION}/Accounts/{account}/Messages/{message.sid}/Media/{media.sid}.json"
    return {
        "account_sid": account,
        "content_type": media.type,
        "date_created": _date(media.created),
        "date_updated": _date(media.created),
        "parent_sid": message.sid,
        "sid": media.sid,
        "uri": uri,
    }


def select(messages: list[Message], wanted: Mapping[str, str]) -> list[Message]:
    """Those that pass the filters `To`, `From`, `DateSent`, `DateSent>` and `DateSent<` (both inclusive)."""
    return [
        message
        for message in messages
        if all(test(message, wanted[name]) for name, test in FILTERS if wanted.get(name))
    ]


def page_of(
    messages: list[Message], wanted: Mapping[str, str], path: str, show: Callable[[Message], dict[str, Any]]
) -> dict[str, Any]:
    """One page of a list, in the carrier's envelope; a page token keeps its place when new messages arrive."""
    size = min(max(_whole(wanted.get("PageSize"), PAGE_SIZE), 1), MOST_ON_A_PAGE)
    page = max(_whole(wanted.get("Page"), 0), 0)
    start = _after(messages, wanted.get("PageToken", ""), page * size)
    shown = messages[start : start + size]
    base = {name: value for name, value in wanted.items() if name not in ("Page", "PageToken")} | {
        "PageSize": str(size)
    }

    def link(number: int, **token: str) -> str:
        return f"{path}?{urlencode(base | {'Page': str(number)} | token)}"

    more = start + size < len(messages)
    return {
        "messages": [show(message) for message in shown],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(shown) - 1, 0),
        "uri": link(page),
        "first_page_uri": link(0),
        "next_page_uri": link(page + 1, PageToken="PA" + shown[-1].sid) if more else None,
        "previous_page_uri": link(page - 1) if page else None,
    }


def _to(message: Message, value: str) -> bool:
    return message.addresses[1] == value


def _from(message: Message, value: str) -> bool:
    return message.addresses[0] == value


def _on(message: Message, value: str) -> bool:
    return bool(message.sent and (day := _moment(value)) and message.sent.date() == day.date())


def _since(message: Message, value: str) -> bool:
    return bool(message.sent and (moment := _moment(value)) and message.sent >= moment)


def _until(message: Message, value: str) -> bool:
    return bool(message.sent and (moment := _moment(value)) and message.sent <= moment)


FILTERS = (("To", _to), ("From", _from), ("DateSent", _on), ("DateSent>", _since), ("DateSent<", _until))


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() else usual


def _after(messages: list[Message], token: str, usual: int) -> int:
    sid = token.removeprefix("PA")
    return next((place + 1 for place, message in enumerate(messages) if message.sid == sid), usual)


def _date(moment: datetime | None) -> str | None:
    return format_datetime(moment) if moment else None
