"""A citizen sends something: post the carrier's own signed form, and keep what came of it."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from handlers.simulator.core import Simulator
from handlers.simulator.inbound import Tap, inbound_form
from handlers.simulator.post import Answer, idempotency_token, post, sign
from handlers.simulator.says import Say, SayError
from handlers.simulator.segments import count
from handlers.simulator.values import Message, Option, join_address, new_sid, now

MESSAGES_PATH = "/carriers/twilio/messages"
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "UNSTOP", "YES"}


@dataclass(frozen=True)
class Sent:
    """What came of it: the carrier's id, and the web's HTTP status for every post (None: it could not be reached)."""

    id: str
    statuses: list[int | None] = field(default_factory=list)
    trouble: str = ""


def send(simulator: Simulator, channel: str, number: str, say: Say, host_url: str) -> Sent:
    """Posts what is said to the web, as often as asked; `host_url` is where this simulator's files are fetched."""
    option, question = _pressed(simulator, channel, number, say.button)
    message = _message(simulator, channel, number, say, option)
    simulator.exchange.add(message)
    tap = Tap(option, question) if option and question else None
    form = inbound_form(simulator.settings.account_sid, message, say.name, tap, host_url)
    times = say.repeat + (1 if simulator.faults.happens("inbound_duplicate") else 0)
    answers = [_post(simulator, form) for _ in range(times)]
    _conclude(simulator, message, answers[0])
    if simulator.faults["carrier_stop"] and channel == "sms":
        _keyword(simulator, message)
    return Sent(message.sid, [answer.status for answer in answers], answers[0].trouble)


def _post(simulator: Simulator, form: dict[str, str]) -> Answer:
    settings = simulator.settings
    url = settings.signed_base + MESSAGES_PATH
    signature = sign(url, form, settings.auth_token)
    return post(settings.transport(url), form, signature, idempotency_token())


def _message(simulator: Simulator, channel: str, number: str, say: Say, option: Option | None) -> Message:
    text = option.title if option else say.text
    return Message(
        sid=new_sid("MM" if say.media else "SM"),
        channel=channel,
        number=number,
        direction="inbound",
        sender=simulator.settings.sender(channel),
        text=text,
        status="receiving",
        media=say.media,
        place=say.place,
        segments=count(text).segments if channel == "sms" else 1,
        sent=now(),
    )


def _conclude(simulator: Simulator, message: Message, answer: Answer) -> None:
    trouble = answer.trouble or ("" if answer.taken else str(answer.status))
    replies, wrong = _replies(answer.body) if answer.taken else ([], "")
    note = ("not_taken", trouble) if trouble else ("bad_answer", wrong) if wrong else ("", "")
    simulator.exchange.change(message.sid, status="received", note=note)
    for text in replies:
        reply(simulator, message, text)


def reply(simulator: Simulator, message: Message, text: str) -> None:
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


def _keyword(simulator: Simulator, message: Message) -> None:
    word, stopped = message.text.strip().upper(), simulator.exchange.opted_out
    if word in STOP:
        stopped.add(message.number)
        reply(simulator, message, "You have successfully been unsubscribed. Reply START to resubscribe.")
    elif word in START and message.number in stopped:
        stopped.discard(message.number)
        reply(simulator, message, "You have successfully been re-subscribed. Reply STOP to unsubscribe.")


def _pressed(simulator: Simulator, channel: str, number: str, button: str) -> tuple[Option | None, Message | None]:
    if not button:
        return None, None
    for message in reversed(simulator.exchange.thread(channel, number)):
        for option in message.options:
            if option.id == button:
                return option, message
    raise SayError(f"no message to {join_address(channel, number)} offers the button {button!r}")
