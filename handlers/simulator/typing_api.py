"""Twilio's typing indicator: an inbound WhatsApp message is read, and an answer is being written."""

from functools import partial

from flask import Blueprint, Response, jsonify, request

from handlers.simulator.account import guard_account
from handlers.simulator.core import here
from handlers.simulator.errors import Refusal, refuse
from handlers.simulator.exchange import TYPING_S

door = Blueprint("typing", __name__)
guard_account(door)


@door.post("/v3/Indicators/Typing.json")
@door.post("/v2/Indicators/Typing.json")
def typing() -> Response:
    """`channel` and `messageId`, as JSON (version 3) or a form (version 2) -> {"success": true}."""
    given = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    wanted = given if isinstance(given, dict) else {}
    if str(wanted.get("channel", "")).lower() != "whatsapp":
        return refuse(Refusal(20001, "channel must be WHATSAPP"))
    message = here().exchange.get(str(wanted.get("messageId", "")))
    if message is None or message.channel != "whatsapp" or not message.inbound:
        return refuse(Refusal(20404, request.path))
    exchange = here().exchange
    exchange.types(message)
    here().pool.later(TYPING_S, partial(exchange.stops_typing, message))
    return jsonify(success=True)
