"""The carriers' door: messages and delivery receipts, refused unless the carrier's own signature says who calls."""

import logging
import time
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs

from flask import Blueprint, Response, abort, current_app, request

from bot.carriers.port import Carrier, WebRequest
from bot.services.receipts import record_receipt
from bot.services.receive import receive
from bot.store.database import DatabaseAway
from handlers import metrics

if TYPE_CHECKING:
    from handlers.web import Web

log = logging.getLogger(__name__)
blueprint = Blueprint("carriers", __name__, url_prefix="/carriers")
MAX_FIELDS = 500
FORM = "application/x-www-form-urlencoded"
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@blueprint.post("/<name>/messages")
def messages(name: str) -> Response:
    """A citizen's message. 200 once it is stored, whether answered or kept; 403 for strangers; 503 while the database is away."""
    started = time.perf_counter()
    web, call = _web(), _call()
    carrier = _trusted(web, name, call)
    if carrier is None:
        return _refuse(name)
    message = carrier.read(call)
    if message is None:
        metrics.INBOUND.labels(name, "unreadable").inc()
        return _answer()
    try:
        received = receive(web.hands, message)
    except DatabaseAway:
        return _away()
    web.wake(received.outbox_ids)
    metrics.INBOUND.labels(name, received.outcome).inc()
    metrics.TURN_SECONDS.observe(time.perf_counter() - started)
    return _answer()


@blueprint.post("/<name>/receipts")
def receipts(name: str) -> Response:
    """A delivery receipt. 204 once it is stored or parked."""
    web, call = _web(), _call()
    carrier = _trusted(web, name, call)
    if carrier is None:
        return _refuse(name)
    receipt = carrier.read_receipt(call)
    if receipt is None:
        return Response(status=204)
    try:
        outcome = record_receipt(web.hands, receipt)
    except DatabaseAway:
        return _away()
    metrics.RECEIPTS.labels(name, outcome).inc()
    return Response(status=204)


def _web() -> "Web":
    return cast("Web", current_app.extensions["tawar"])


def _call() -> WebRequest:
    """The request as it came: a proxy's headers and Flask's decoding never reach the signature check."""
    body = request.get_data(cache=False).decode("utf-8", "replace")
    try:
        form = parse_qs(body, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:  # more fields than any carrier sends
        abort(400)
    return WebRequest(request.path, request.query_string.decode("latin-1"), form, request.headers)


def _trusted(web: "Web", name: str, call: WebRequest) -> Carrier | None:
    carrier = web.hands.carriers.get(name)
    if carrier is None or request.mimetype != FORM:
        return None
    return carrier if carrier.verify(call) else None


def _refuse(name: str) -> Response:
    known = name if name in _web().hands.carriers.by_name else "unknown"
    metrics.REFUSED.labels(known).inc()
    log.warning("a call to the %s door was refused: its signature does not fit the public URL and token", known)
    return Response("Forbidden: the signature does not fit.\n", 403, mimetype="text/plain")


def _away() -> Response:
    response = Response("The database is away; please try again.\n", 503, mimetype="text/plain")
    response.headers["Retry-After"] = "5"
    return response


def _answer() -> Response:
    """No words here: what we say leaves through the outbox, so that it is sent once and has a receipt."""
    return Response(EMPTY, mimetype="text/xml")
