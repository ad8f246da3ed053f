"""The carriers' door: messages and delivery receipts, refused unless the carrier's own signature or token says who calls."""

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.exceptions import MethodNotAllowed

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


@dataclass(frozen=True, slots=True)
class Manners:
    """How a carrier calls and what it takes for thanks. No words in them: what we say leaves through the outbox, so that it is
    sent once and has a receipt."""

    form_only: bool
    receipts_by: str
    thanks: str
    thanks_type: str
    receipt_status: int


MANNERS = {
    "twilio": Manners(True, "POST", '<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml", 204),
    # It reads a message's text as the body, asks for receipts by GET, and tries again on everything but 200 and 202.
    # An empty answer is what its `omit-empty` keeps from becoming an SMS to the citizen.
    "kannel": Manners(False, "GET", "", "text/plain", 200),
}
ANYBODY = MANNERS["twilio"]
REFUSALS = {
    "twilio": "its signature does not fit the public URL and token",
    "kannel": "its token, the address it comes from or its form does not fit; compare Kannel's post-url and send-sender with"
    " the README, and TAWAR_KANNEL_TOKEN and TAWAR_KANNEL_ALLOWED with both",
}


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
        return _thanks(name)
    try:
        received = receive(web.hands, message)
    except DatabaseAway:
        return _away()
    web.wake(received.outbox_ids)
    metrics.INBOUND.labels(name, received.outcome).inc()
    metrics.TURN_SECONDS.observe(time.perf_counter() - started)
    return _thanks(name)


@blueprint.route("/<name>/receipts", methods=["GET", "POST"])
def receipts(name: str) -> Response:
    """A delivery receipt. 204 (Kannel: 200) once it is stored or parked."""
    manners = _manners(name)
    if request.method != manners.receipts_by:
        raise MethodNotAllowed([manners.receipts_by])
    web, call = _web(), _call()
    carrier = _trusted(web, name, call)
    if carrier is None:
        return _refuse(name)
    receipt = carrier.read_receipt(call)
    if receipt is None:
        return Response(status=manners.receipt_status)
    try:
        outcome = record_receipt(web.hands, receipt)
    except DatabaseAway:
        return _away()
    metrics.RECEIPTS.labels(name, outcome).inc()
    return Response(status=manners.receipt_status)


def _web() -> "Web":
    return cast("Web", current_app.extensions["tawar"])


def _manners(name: str) -> Manners:
    return MANNERS[name] if name in _web().hands.carriers.by_name else ANYBODY


def _call() -> WebRequest:
    """The request as it came: a proxy's headers and Flask's decoding never reach the signature check."""
    body = request.get_data(cache=False)
    query, remote = request.query_string.decode("latin-1"), request.environ.get("REMOTE_ADDR", "")
    return WebRequest(request.path, query, _form(body), request.headers, request.method, body, remote)


def _form(body: bytes) -> dict[str, list[str]]:
    """The fields of a form; none of another body, which may be a citizen's text with any number of `&` in it."""
    if request.mimetype != FORM:
        return {}
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:  # more fields than any carrier sends
        abort(400)


def _trusted(web: "Web", name: str, call: WebRequest) -> Carrier | None:
    carrier = web.hands.carriers.get(name)
    if carrier is None or (_manners(name).form_only and request.mimetype != FORM):
        return None
    return carrier if carrier.verify(call) else None


def _refuse(name: str) -> Response:
    known = name if name in _web().hands.carriers.by_name else "unknown"
    metrics.REFUSED.labels(known).inc()
    log.warning("a call to the %s door was refused: %s", known, REFUSALS.get(known, REFUSALS["twilio"]))
    return Response("Forbidden: the signature or token does not fit.\n", 403, mimetype="text/plain")


def _away() -> Response:
    response = Response("The database is away; please try again.\n", 503, mimetype="text/plain")
    response.headers["Retry-After"] = "5"
    return response


def _thanks(name: str) -> Response:
    manners = _manners(name)
    return Response(manners.thanks, mimetype=manners.thanks_type)
