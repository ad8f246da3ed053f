"""The files of messages: the carrier's REST door with the account's password, and one for the phone page."""

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.simulator.account import guard_account
from handlers.simulator.core import here
from handlers.simulator.errors import Refusal, refuse
from handlers.simulator.resource import as_media_resource
from handlers.simulator.values import Media, Message

OF_MESSAGE = "/2010-04-01/Accounts/<account>/Messages/<sid>/Media"
SHOWN_IN_PAGE = ("image/jpeg", "image/png", "image/gif", "image/webp", "audio/", "video/")
door = Blueprint("media", __name__)
guard_account(door)
page_door = Blueprint("page_media", __name__)


@door.get(OF_MESSAGE + ".json")
def list_(account: str, sid: str) -> Response:
    """The files of one message."""
    message = here().exchange.get(sid)
    if message is None:
        return refuse(Refusal(20404, request.path))
    found = [as_media_resource(media, message, account) for media in message.media]
    first = f"{request.path}?PageSize=50&Page=0"
    envelope = {"page": 0, "page_size": 50, "start": 0, "end": max(len(found) - 1, 0), "uri": first}
    links = {"first_page_uri": first, "next_page_uri": None, "previous_page_uri": None}
    return jsonify(media_list=found, **envelope, **links)


@door.get(OF_MESSAGE + "/<media_sid>.json")
def describe(account: str, sid: str, media_sid: str) -> Response:
    """One file's resource."""
    message, media = _find(sid, media_sid)
    if message is None or media is None:
        return refuse(Refusal(20404, request.path))
    return jsonify(as_media_resource(media, message, account))


@door.delete(OF_MESSAGE + "/<media_sid>.json")
@door.delete(OF_MESSAGE + "/<media_sid>")
def remove(account: str, sid: str, media_sid: str) -> Response:
    """Takes a file out of the account."""
    if _find(sid, media_sid)[1] is None:
        return refuse(Refusal(20404, request.path))
    here().exchange.remove_media(sid, media_sid)
    return Response(status=204)


@door.get(OF_MESSAGE + "/<media_sid>")
def fetch(account: str, sid: str, media_sid: str) -> AnyResponse:
    """The file itself."""
    message, media = _find(sid, media_sid)
    if message is None or media is None or here().faults.happens("media_missing", message.number):
        return refuse(Refusal(20404, request.path))
    return _file(media)


@page_door.get("/media/<media_sid>")
def show(media_sid: str) -> AnyResponse:
    """The file for the phone page; anything a browser might run is only offered for download."""
    media = here().exchange.media(media_sid)
    if media is None:
        return Response("no such file", status=404, mimetype="text/plain")
    answer = _file(media)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if not media.type.startswith(SHOWN_IN_PAGE):
        answer.headers["Content-Disposition"] = "attachment"
    return answer


def _find(sid: str, media_sid: str) -> tuple[Message | None, Media | None]:
    message, media = here().exchange.get(sid), here().exchange.media(media_sid)
    return message, media if message and media in message.media else None


def _file(media: Media) -> AnyResponse:
    if media.url and not media.data:
        return redirect(media.url, 307)
    return Response(media.data, content_type=media.type, headers={"X-Content-Type-Options": "nosniff"})
