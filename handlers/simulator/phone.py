"""The phone for scripts and tests: say something as a citizen, read a thread."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.simulator.citizen import ONE_WAY, DownError, send
from handlers.simulator.core import here
from handlers.simulator.people import name_of
from handlers.simulator.says import Say, SayError, read_number, read_say
from handlers.simulator.values import CHANNELS, Media, Message, Option
from handlers.simulator.watch import watch

THREAD = "/phone/<channel>/<number>"
NOTES = {
    "not_taken": "not taken by the service: {}",
    "bad_answer": "the service's answer could not be read: {}",
    "one_way": ONE_WAY,
}
door = Blueprint("phone", __name__)


@door.post(THREAD)
def say(channel: str, number: str) -> Response:
    """JSON of what is sent -> the carrier's id and the web's status codes."""
    if wrong := _wrong_channel(channel):
        return wrong
    try:
        citizen, wanted = read_number(number), read_say(request.get_json(silent=True))
        named = wanted if wanted.name else _named(wanted, citizen)
        sent = send(here(), channel, citizen, named, request.host_url)
    except DownError as trouble:
        return _trouble(str(trouble), 503)
    except SayError as trouble:
        return _trouble(str(trouble), 400)
    status = sent.statuses[0] if sent.statuses else None
    return jsonify(id=sent.id, status=status, statuses=sent.statuses, error=sent.trouble or None)


@door.get(THREAD)
def thread(channel: str, number: str) -> AnyResponse:
    """The thread, oldest first; `since` leaves the first n out, `wait` holds the answer until something changes."""
    if wrong := _wrong_channel(channel):
        return wrong
    try:
        citizen = read_number(number)
    except SayError as trouble:
        return _trouble(str(trouble), 400)
    return watch(here(), channel, citizen, _as_json)


def as_entry(message: Message) -> dict[str, Any]:
    """A message -> its entry in a thread."""
    return {
        "id": message.sid,
        "direction": "in" if message.inbound else "out",
        "text": message.text,
        "options": [_option(option) for option in message.options],
        "menu": message.menu,
        "media": [{"url": media_url(media), "type": media.type} for media in message.media],
        "latitude": message.place[0] if message.place else None,
        "longitude": message.place[1] if message.place else None,
        "label": message.label,
        "status": message.shown,
        "error": message.error,
        "note": _note(message),
        "segments": message.segments,
        "at": message.created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def media_url(media: Media) -> str:
    """Where the page finds a file."""
    return media.url or f"/media/{media.sid}"


def _as_json(messages: list[Message]) -> Response:
    return jsonify([as_entry(message) for message in messages])


def _option(option: Option) -> dict[str, str]:
    shown = {"id": option.id, "title": option.title}
    return shown | {"description": option.description} if option.description else shown


def _note(message: Message) -> str:
    kind, detail = message.note
    return NOTES[kind].format(detail) if kind else ""


def _named(wanted: Say, number: str) -> Say:
    return replace(wanted, name=name_of(number))


def _wrong_channel(channel: str) -> Response | None:
    if channel == "kannel" and not here().settings.kannel_token:
        return _trouble("Kannel is not set up here: give the simulator its token, or use whatsapp or sms", 501)
    return None if channel in CHANNELS else _trouble(f"no channel {channel}; there are whatsapp, sms and kannel", 404)


def _trouble(why: str, status: int) -> Response:
    answer = jsonify(error=why)
    answer.status_code = status
    return answer
