"""What scripts, tests and the faults panel turn and read: faults, the log of accepted orders, life."""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.simulator.core import here
from handlers.simulator.faults import FaultError
from handlers.simulator.values import CHANNELS

PANEL_SHARES = ("loss", "duplicate", "inbound_duplicate", "error_after_accept", "drop_connection")
PANEL_FLAGS = ("reorder", "early_receipts", "carrier_stop", "whatsapp_window", "sms_one_way")
HOUR_S = 3600
PANEL_RATES = ("429", "500")
door = Blueprint("controls", __name__)


@door.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return Response("ok", mimetype="text/plain")


@door.get("/faults")
def faults() -> Response:
    """Every knob as it stands."""
    return jsonify(here().faults.all())


@door.put("/faults")
def turn() -> Response:
    """Turns the named knobs; an empty object turns all back."""
    wanted = request.get_json(silent=True)
    if not isinstance(wanted, dict):
        return _wrong("a JSON object is needed")
    try:
        _turn(wanted)
    except FaultError as trouble:
        return _wrong(str(trouble))
    return faults()


@door.delete("/faults")
def reset() -> Response:
    """Turns every knob back."""
    _turn({})
    return faults()


@door.post("/faults")
def panel() -> AnyResponse:
    """The phone page's form: shares come in percent."""
    form = request.form
    try:
        _turn({} if "reset" in form else _from_panel(form))
    except (FaultError, ValueError) as trouble:
        return _wrong(str(trouble))
    back = form.get("back", "/")
    return redirect(back if back.startswith("/?") else "/", 303)


@door.get("/log")
def log() -> Response:
    """Every order the carrier accepted, oldest first."""
    return jsonify(list(here().exchange.log))


@door.delete("/log")
def clear_log() -> Response:
    """Forgets the log."""
    here().exchange.log.clear()
    return Response(status=204)


def _turn(wanted: dict[str, Any]) -> None:
    if wanted:
        here().faults.merge(wanted)
    else:
        here().faults.reset()
    here().receipts.wake()


def _from_panel(form: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: _percent(form.get(name)) for name in PANEL_SHARES}
    wanted |= {name: name in form for name in PANEL_FLAGS}
    wanted |= {channel: "down" if f"{channel}_down" in form else "up" for channel in CHANNELS}
    wanted["clock_ahead_s"] = float(form.get("clock_ahead_h") or 0) * HOUR_S
    rates = {status: _percent(form.get(f"error_{status}")) for status in PANEL_RATES}
    wanted["error_rate"] = {status: share for status, share in rates.items() if share}
    delay = form.get("receipt_delay_s", "").strip()
    return wanted | {"receipt_delay_s": float(delay) if delay else None}


def _percent(text: str | None) -> float:
    return float(text or 0) / 100


def _wrong(why: str) -> Response:
    answer = jsonify(error=why)
    answer.status_code = 400
    return answer
