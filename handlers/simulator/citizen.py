"""A citizen sends something: hand it to the service as its carrier does, and keep what came of it."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from handlers.simulator.core import Simulator
from handlers.simulator.inbound import Tap, inbound_form
from handlers.simulator.kannel_told import hand_over
from handlers.simulator.keywords import SAYS, obey
from handlers.simulator.post import Answer, idempotency_token, post, sign
from handlers.simulator.says import Say, SayError
from handlers.simulator.segments import count
from handlers.simulator.values import Message, Option, join_address, new_sid, new_uuid, now

MESSAGES_PATH = "/carriers/twilio/messages"
ONE_WAY = "this SMS number is one-way: what citizens write to it arrives nowhere"


class DownError(SayError):
    """Nothing leaves this phone on the channel now."""


@dataclass(frozen=True)
class Sent:
    """What came of it: the carrier's id, and the web's HTTP status for every post (None: it could not be reached)."""

    id: str
    statuses: list[int | None] = field(default_factory=list)
    trouble: str = ""


def send(simulator: Simulator, channel: str, number: str, say: Say, host_url: str) -> Sent:
    """Posts what is said to the web, as often as asked; `host_url` is where this simulator's files are fetched.

    Raises SayError for what cannot be said, DownError while the channel is down for this phone.
    """
    faults = simulator.faults
    if faults.is_down(channel, number):
        raise DownError(f"{channel} is down for this phone: nothing leaves it until the fault {channel!r} is lifted")
    option, question = _pressed(simulator, channel, number, say.button)
    message = _message(simulator, channel, number, say, option)
    simulator.exchange.add(message)
    if channel == "sms" and faults.of("sms_one_way", number):
        simulator.exchange.change(message.sid, status="undelivered", note=("one_way", ""))
        return Sent(message.sid, trouble=ONE_WAY)
    times = say.repeat + (1 if faults.happens("inbound_duplicate", number) else 0)
    if channel == "kannel":
        answers = [hand_over(simulator.settings, faults, message) for _ in range(times)]
        _conclude(simulator, message, answers[0]._replace(body=b""))
    else:
        tap = Tap(option, question) if option and question else None
        form = inbound_form(simulator.settings.account_sid, message, say.name, tap, host_url)
        form |= _keyword(simulator, message)
        answers = [_post(simulator, form) for _ in range(times)]
        _conclude(simulator, message, answers[0])
    return Sent(message.sid, [answer.status for answer in answers], answers[0].trouble)


def _post(simulator: Simulator, form: dict[str, str]) -> Answer:
    settings, fragment = simulator.settings, simulator.faults["webhook_fragment"]
    url = settings.signed_base + MESSAGES_PATH + (f"#{fragment}" if fragment else "")
    signature = sign(url, form, settings.auth_token)
    return post(settings.transport(url), form, signature, idempotency_token())


def _message(simulator: Simulator, channel: str, number: str, say: Say, option: Option | None) -> Message:
    text = option.title if option else say.text
    return Message(
        sid=new_uuid() if channel == "kannel" else new_sid("MM" if say.media else "SM"),
        channel=channel,
        number=number,
        direction="inbound",
        sender=simulator.settings.sender(channel),
        text=text,
        status="receiving",
        media=say.media,
        place=say.place,
        segments=1 if channel == "whatsapp" else count(text).segments,
        sent=now(),
    )


def _conclude(simulator: Simulator, message: Message, answer: Answer) -> None:
    trouble = answer.trouble or ("" if answer.taken else str(answer.status))
    replies, wrong = _replies(answer.body) if answer.taken else ([], "")
    note = ("not_taken", trouble) if trouble else ("bad_answer", wrong) if wrong else ("", "")
    simulator.exchange.change(message.sid, status="received", note=note)
    for text in replies:
        _reply(simulator, message, text)


def _reply(simulator: Simulator, message: Message, text: str) -> None:
    """The carrier itself answers a citizen's message with `text`."""
    channel = message.channel
    segments = count(text).segments if channel == "sms" else 1
    answer = Message(new_sid("SM"), channel, message.number, "outbound-reply", message.sender, text, "delivered")
    answer.segments, answer.sent = segments, now()
    simulator.exchange.add(answer)


def _replies(body: bytes) -> tuple[list[str], str]:
    if not body.strip():
        return [], ""
    try:
        root = ET.fromstring(body)  # noqa: S314 - the web's own answer, 64 kB at most
    except ET.ParseError:
        return [], "12100"
    return ["".join(message.itertext()).strip() for message in root.iter("Message")], ""


def _keyword(simulator: Simulator, message: Message) -> dict[str, str]:
    """The carrier's own work on STOP and its like, done before the service hears -> what the form says of it."""
    faults = simulator.faults
    if message.channel != "sms" or not (faults["carrier_stop"] or faults["opt_out_type"]):
        return {}
    if kind := obey(simulator.exchange, message):
        _reply(simulator, message, SAYS[kind])
    return {"OptOutType": kind} if kind and faults["opt_out_type"] else {}


def _pressed(simulator: Simulator, channel: str, number: str, button: str) -> tuple[Option | None, Message | None]:
    if not button:
        return None, None
    for message in reversed(simulator.exchange.thread(channel, number)):
        for option in message.options:
            if option.id == button:
                return option, message
    raise SayError(f"no message to {join_address(channel, number)} offers the button {button!r}")
