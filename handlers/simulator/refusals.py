"""Every reason the carrier has to refuse an order, in the carrier's order: a table of codes and questions."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from handlers.simulator.errors import Refusal
from handlers.simulator.orders import Order
from handlers.simulator.values import E164, split_address

MOST_LETTERS = 1600
MOST_MEDIA = 10
SOONEST, LATEST = timedelta(seconds=900), timedelta(days=35)
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}\Z")
PAKISTANI_MOBILE = re.compile(r"\+923\d{9}\Z")


def _to_missing(order: Order) -> bool:
    return not order["To"]


def _to_invalid(order: Order) -> bool:
    mobile_wrong = order.number.startswith("+923") and not PAKISTANI_MOBILE.match(order.number)
    return mobile_wrong or not E164.match(order.number)


def _landline(order: Order) -> bool:
    return order.channel == "sms" and bool(re.match(r"\+92[^3]", order.number))


def _from_missing(order: Order) -> bool:
    return not order["From"] and not order["MessagingServiceSid"]


def _service_invalid(order: Order) -> bool:
    return bool(order["MessagingServiceSid"]) and not re.fullmatch(r"MG[0-9a-fA-F]{32}", order["MessagingServiceSid"])


def _from_invalid(order: Order) -> bool:
    channel, number = split_address(order["From"])
    return bool(order["From"]) and not E164.match(number) and (channel != "sms" or not SENDER_NAME.match(number))


def _channels_differ(order: Order) -> bool:
    return bool(order["From"]) and split_address(order["From"])[0] != order.channel


def _not_ours(order: Order) -> bool:
    channel, number = split_address(order["From"])
    return bool(E164.match(number)) and number != order.simulator.settings.sender(channel)


def _not_our_sms(order: Order) -> bool:
    return order.channel == "sms" and _not_ours(order)


def _not_our_whatsapp(order: Order) -> bool:
    return order.channel == "whatsapp" and _not_ours(order)


def _nothing_to_send(order: Order) -> bool:
    return not (order["Body"] or order["MediaUrl"] or order["ContentSid"])


def _too_long(order: Order) -> bool:
    return len(order["Body"]) > MOST_LETTERS


def _content_unknown(order: Order) -> bool:
    return bool(order["ContentSid"]) and order.simulator.contents.get(order["ContentSid"]) is None


def _variables_wrong(order: Order) -> bool:
    return not isinstance(order.variables, dict)


def _too_many_media(order: Order) -> bool:
    return len(order.form.getlist("MediaUrl")) > MOST_MEDIA


def _media_wrong(order: Order) -> bool:
    return any(not _is_url(url) for url in order.form.getlist("MediaUrl"))


def _callback_wrong(order: Order) -> bool:
    url = order["StatusCallback"]
    return bool(url) and (not _is_url(url) or "_" in (urlsplit(url).hostname or ""))


def _unscheduled_service(order: Order) -> bool:
    return bool(order["ScheduleType"]) and not order["MessagingServiceSid"]


def _no_send_at(order: Order) -> bool:
    return bool(order["ScheduleType"]) and order.send_at is None


def _bad_send_at(order: Order) -> bool:
    return order.send_at is not None and not SOONEST <= order.send_at - order.simulator.faults.now() <= LATEST


def _stopped(order: Order) -> bool:
    listed = order.number in order.simulator.exchange.opted_out or order.simulator.faults.has_stopped(order.number)
    return order.channel == "sms" and listed


CHECKS: tuple[tuple[int, Callable[[Order], bool], str], ...] = (
    (21604, _to_missing, ""),
    (21603, _from_missing, ""),
    (21705, _service_invalid, "MessagingServiceSid"),
    (21602, _nothing_to_send, ""),
    (21617, _too_long, ""),
    (21211, _to_invalid, "To"),
    (21212, _from_invalid, "From"),
    (21910, _channels_differ, ""),
    (21606, _not_our_sms, "From"),
    (63007, _not_our_whatsapp, ""),
    (21609, _callback_wrong, "StatusCallback"),
    (21623, _too_many_media, ""),
    (21620, _media_wrong, "MediaUrl"),
    (21655, _content_unknown, "ContentSid"),
    (21656, _variables_wrong, ""),
    (35118, _unscheduled_service, ""),
    (35111, _no_send_at, ""),
    (35114, _bad_send_at, ""),
    (21614, _landline, "To"),
    (21610, _stopped, ""),
)


def refusal_of(order: Order) -> Refusal | None:
    """The first reason not to take an order, if there is one."""
    if code := order.simulator.faults.of_number(order.number).get("rest"):
        return Refusal(code, order["To"])
    found = ((code, field) for code, wrong, field in CHECKS if wrong(order))
    return next((Refusal(code, order[field] if field else "") for code, field in found), None)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False
