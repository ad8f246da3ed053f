"""The operators' door: does the process live, can it work, and what can be counted."""

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.services.health import look
from bot.store.database import DatabaseAway

if TYPE_CHECKING:
    from handlers.web import Web

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 as long as the process answers at all."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, broker, carriers, age of the oldest unsent message in seconds. 503 when a message could not be taken in."""
    web = cast("Web", current_app.extensions["tawar"])
    carriers = {name: trouble or "ok" for name, trouble in web.carrier_watch.look().items()}
    answer: dict[str, Any] = {"database": "ok", "broker": _broker(web), "carriers": carriers}
    try:
        health = look(web.hands)
    except DatabaseAway:
        return jsonify(answer | {"database": "away"}), 503
    answer |= {"migrated": health.migrated, "oldest_unsent_s": health.oldest_unsent_s, "unanswered": health.unanswered}
    # Without the broker answers leave a little later, without a carrier much later; no reason to turn messages away.
    return jsonify(answer), 200 if health.migrated else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus' text format."""
    web = cast("Web", current_app.extensions["tawar"])
    text = generate_latest().decode()
    try:
        states = look(web.hands).outbox_states
    except DatabaseAway:
        states = {}
    lines = [f'tawar_outbox_messages{{state="{state}"}} {count}' for state, count in sorted(states.items())]
    text += "# HELP tawar_outbox_messages Messages in the outbox\n# TYPE tawar_outbox_messages gauge\n"
    text += "\n".join(lines) + "\n"
    text += "# HELP tawar_carrier_up Whether the carrier is well (1) or not (0)\n# TYPE tawar_carrier_up gauge\n"
    for name, trouble in sorted(web.carrier_watch.look().items()):
        text += f'tawar_carrier_up{{carrier="{name}"}} {int(not trouble)}\n'
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _broker(web: "Web") -> str:
    return {True: "ok", False: "away", None: "none"}[web.broker_ok()]
