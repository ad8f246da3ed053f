"""Reading a thread without asking again and again: versions, and answers held until something changes."""

import threading
from collections.abc import Callable

from flask import Response, request

from handlers.simulator.core import Simulator
from handlers.simulator.values import Message

LONGEST_S = 20.0
_places = threading.BoundedSemaphore(6)  # held answers occupy server threads; the rest are answered at once


def watch(simulator: Simulator, channel: str, number: str, show: Callable[[list[Message]], Response]) -> Response:
    """The request's thread, through `show`; 304 when the reader has it already.

    Query: `since` leaves out the first n, `wait` (seconds, at most 20) holds the answer while `If-None-Match` still
    fits, `open` says that a person is looking, which makes delivered WhatsApp messages read.
    """
    wait = min(max(request.args.get("wait", 0.0, float), 0.0), LONGEST_S)
    if "open" in request.args:
        simulator.receipts.opened(simulator.exchange.open(channel, number, wait))
    version = simulator.exchange.version(channel, number)
    if wait and _tag(simulator, version) in request.if_none_match and _places.acquire(blocking=False):
        try:
            simulator.exchange.wait_beyond(channel, number, version, wait)
        finally:
            _places.release()
    version = simulator.exchange.version(channel, number)
    messages = simulator.exchange.thread(channel, number)[max(request.args.get("since", 0, int), 0) :]
    answer = show(messages)
    answer.set_etag(_tag(simulator, version))
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


def _tag(simulator: Simulator, version: int) -> str:
    return f"{simulator.exchange.born}-{version}"
