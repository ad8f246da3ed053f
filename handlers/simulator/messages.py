"""The carrier's REST door for messages: create, list, fetch, change, delete."""

import time
from functools import partial

from flask import Blueprint, Response, jsonify, request

from handlers.simulator.account import guard_account
from handlers.simulator.core import Simulator, here
from handlers.simulator.errors import Refusal, refuse
from handlers.simulator.orders import Order, log_entry, message_of
from handlers.simulator.refusals import refusal_of
from handlers.simulator.resource import as_resource, page_of, select
from handlers.simulator.values import Message, split_address
from handlers.simulator.wire import drip, hang_up

COLLECTION = "/2010-04-01/Accounts/<account>/Messages.json"
ONE = "/2010-04-01/Accounts/<account>/Messages/<sid>.json"
BY_STATUS = {"429": 20429, "503": 20503}
door = Blueprint("messages", __name__)
guard_account(door)


@door.post(COLLECTION)
def create(account: str) -> Response:
    """A form -> 201 with the message, or the carrier's refusal; faults strike before and after it is accepted."""
    simulator = here()
    if struck := _struck_before(simulator):
        return struck
    order = Order(request.form, simulator)
    if refusal := refusal_of(order):
        return refuse(refusal)
    message = message_of(order)
    waits = simulator.lanes.enter(message.channel, message.segments)
    if waits is None and not message.service:
        return refuse(Refusal(21611))
    _accept(order, message)
    answer = _answer(simulator, message, 201)
    at = order.send_at if order["ScheduleType"] else None
    simulator.receipts.start(message, partial(simulator.ways.of, message, order.values, waits), at)
    time.sleep(simulator.faults.of("create_delay_s", message.number))
    return _struck_after(simulator, message.number) or _drip(simulator, message.number, answer)


@door.get(COLLECTION)
def list_(account: str) -> Response:
    """Messages of both directions, newest first."""
    wanted = request.args.to_dict()
    own = [message for message in here().exchange.newest_first() if message.channel != "kannel"]
    return jsonify(page_of(select(own, wanted), wanted, request.path, lambda m: as_resource(m, account)))


@door.get(ONE)
def fetch(account: str, sid: str) -> Response:
    """One message."""
    message = here().exchange.get(sid)
    return _answer(here(), message, 200) if message else refuse(Refusal(20404, request.path))


@door.post(ONE)
def change(account: str, sid: str) -> Response:
    """`Status=canceled` stops a message that waits for its moment or in a service's queue; an empty `Body` takes the
    text away."""
    exchange, message = here().exchange, here().exchange.get(sid)
    if message is None:
        return refuse(Refusal(20404, request.path))
    if request.form.get("Status") == "canceled":
        waiting = message.status == "scheduled" or (message.service and message.status in ("accepted", "queued"))
        if not waiting or not here().receipts.cancel(message):
            return refuse(Refusal(30409))
    if request.form.get("Body") == "":
        exchange.change(sid, text="", options=(), content="")
    return _answer(here(), message, 200)


@door.delete(ONE)
def remove(account: str, sid: str) -> Response:
    """Takes a message out of the account."""
    if here().exchange.get(sid) is None:
        return refuse(Refusal(20404, request.path))
    here().exchange.remove(sid)
    return Response(status=204)


def _accept(order: Order, message: Message) -> None:
    exchange = order.simulator.exchange
    exchange.add(message)
    exchange.log.append(log_entry(order, message))


def _answer(simulator: Simulator, message: Message, status: int) -> Response:
    answer = jsonify(as_resource(message, simulator.settings.account_sid))
    answer.status_code = status
    return answer


def _drip(simulator: Simulator, number: str, answer: Response) -> Response:
    """The answer letter by letter over `drip_s` seconds."""
    seconds = simulator.faults.of("drip_s", number)
    return drip(answer, seconds) if seconds else answer


def _struck_before(simulator: Simulator) -> Response | None:
    number = split_address(request.form.get("To", ""))[1]
    if simulator.faults.happens("drop_connection", number):
        return hang_up(request.environ)
    if not simulator.lanes.admits():
        return refuse(Refusal(20429))
    for status, share in simulator.faults.of("error_rate", number).items():
        if simulator.faults.chance(share):
            answer = refuse(Refusal(BY_STATUS.get(status, 20500 if status >= "500" else 20001), f"fault {status}"))
            answer.status_code = int(status)
            return answer
    return None


def _struck_after(simulator: Simulator, number: str) -> Response | None:
    if simulator.faults.happens("drop_after_accept", number):
        return hang_up(request.environ)
    return refuse(Refusal(20500)) if simulator.faults.happens("error_after_accept", number) else None
