"""The phone page: a phone people know, rendered whole on the server; the script only saves the reloading."""

from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.simulator.citizen import send
from handlers.simulator.core import here
from handlers.simulator.people import PEOPLE, PLACES, SAMPLES, name_of
from handlers.simulator.says import Say, SayError, read_number, read_say
from handlers.simulator.segments import count
from handlers.simulator.values import CHANNELS, Media, Message, new_sid
from handlers.simulator.watch import watch
from handlers.simulator.words import WORDS, words_in

MOST_BYTES = 16_000_000
SHOWS = ("one", "channels", "people")
door = Blueprint("page", __name__)


@dataclass(frozen=True)
class View:
    """Which phone is looked at, in which language the page speaks, and which phones it shows beside: `show` is `one`,
    `channels` (all of one person) or `people` (all on one channel)."""

    channel: str
    number: str
    language: str
    show: str = "one"

    def url(self, **changed: str) -> str:
        """The page with something about it changed."""
        parts = {"channel": self.channel, "person": self.number, "lang": self.language, "show": self.show} | changed
        return "/?" + urlencode({name: value for name, value in parts.items() if (name, value) != ("show", "one")})


class Pane(NamedTuple):
    """One phone on the page; `down`: whether nothing reaches it now."""

    view: View
    person: str
    sender: str
    messages: list[Message]
    typing: bool
    down: bool


@door.get("/")
def phone() -> Response:
    """The whole page; to look at it is to read what has come."""
    view, simulator = _view(), here()
    views = _beside(view)
    for one in views:
        simulator.receipts.opened(simulator.exchange.open(one.channel, one.number, 0))
    panes = [_pane(one) for one in views]
    answer = make_response(render_template("simulator/phone.html", panes=panes, **_context(view)))
    answer.headers["Content-Security-Policy"] = _policy(simulator.settings.web_url, simulator.settings.signed_base)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@door.get("/thread")
def thread() -> Response:
    """Only the bubbles, for the script; see `watch` for its query."""
    view = _view()
    return watch(here(), view.channel, view.number, lambda messages: _bubbles(view, messages))


@door.post("/send")
def say() -> AnyResponse:
    """The composer's form; a script that asks for JSON gets it, anybody else the page again."""
    view = _view()
    try:
        sent = send(here(), view.channel, view.number, _read(view), request.host_url)
    except SayError as trouble:
        return _told(view, str(trouble))
    return jsonify(id=sent.id, statuses=sent.statuses) if _by_script() else redirect(view.url() + "#end", 303)


@door.get("/segments")
def segments() -> Response:
    """How long a text is as an SMS."""
    text = request.args.get("text", "")[:5000]
    counted = count(text)
    said = words_in(request.args.get("lang", "")).get("count", "")
    summary = said.format(len(text), counted.segments, counted.encoding)
    return jsonify(characters=len(text), segments=counted.segments, encoding=counted.encoding, summary=summary)


def _view() -> View:
    given = request.values
    channel = given.get("channel", "")
    language = given.get("lang") or _wished()
    try:
        number = read_number(given.get("person", ""))
    except SayError:
        number = PEOPLE[0].number
    return View(
        channel if channel in _channels() else CHANNELS[0],
        number,
        language if language in WORDS else "en",
        given.get("show", "") if given.get("show") in SHOWS else "one",
    )


def _channels() -> tuple[str, ...]:
    return CHANNELS if here().settings.kannel_token else CHANNELS[:2]


def _beside(view: View) -> list[View]:
    if view.show == "channels":
        return [replace(view, channel=channel) for channel in _channels()]
    if view.show == "people":
        return [replace(view, number=person.number) for person in PEOPLE]
    return [view]


def _pane(view: View) -> Pane:
    simulator = here()
    return Pane(
        view,
        name_of(view.number),
        simulator.settings.sender(view.channel),
        simulator.exchange.thread(view.channel, view.number),
        simulator.exchange.is_typing(view.channel, view.number),
        simulator.faults.is_down(view.channel, view.number),
    )


def _wished() -> str:
    wished = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((language for language in wished if language in WORDS), "en")


def _context(view: View) -> dict[str, object]:
    settings, faults = here().settings, here().faults.all()
    return {
        "view": view,
        "t": words_in(view.language),
        "people": PEOPLE,
        "places": PLACES,
        "samples": SAMPLES,
        "channels": _channels(),
        "web": settings.web_url.rstrip("/"),
        "faults": faults,
        "changed": bool(here().faults.changed()),
    }


def _bubbles(view: View, messages: list[Message]) -> Response:
    return make_response(
        render_template("simulator/thread.html", **_context(view) | _pane(view)._replace(messages=messages)._asdict())
    )


def _read(view: View) -> Say:
    form = request.form
    wanted = {name: form.get(name) for name in ("latitude", "longitude", "button")}
    wanted["text"] = form.get("sample") or form.get("text", "").strip()
    if place := next((place for place in PLACES if place.key == form.get("place")), None):
        wanted |= {"latitude": str(place.latitude), "longitude": str(place.longitude)}
    media = tuple(_uploaded())
    if media and not any(wanted.values()):
        return Say(media=media, name=name_of(view.number))
    said = read_say(wanted)
    return Say(said.text, media, said.place, said.button, name=name_of(view.number))


def _uploaded() -> list[Media]:
    found = []
    for upload in request.files.getlist("file"):
        if data := upload.read(MOST_BYTES + 1):
            if len(data) > MOST_BYTES:
                raise SayError("a file may have 16 MB at most")
            found.append(Media(new_sid("ME"), upload.mimetype or "application/octet-stream", data))
    return found


def _told(view: View, why: str) -> AnyResponse:
    if _by_script():
        answer = jsonify(error=why)
        answer.status_code = 400
        return answer
    return redirect(view.url() + "#end", 303)


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _policy(*web: str) -> str:
    origins = " ".join(sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, web)}))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
        f"img-src 'self' data: blob: {origins}; media-src 'self' blob: {origins}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
