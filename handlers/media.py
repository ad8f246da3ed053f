"""Files: for officials by the ticket they belong to, for carriers by a signed address; never a thing a browser would run."""

from collections.abc import Iterator
from itertools import chain

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ContentRange
from werkzeug.exceptions import RequestedRangeNotSatisfiable, ServiceUnavailable

from bot.media.kinds import INLINE, KINDS
from bot.media.shelf import MissingFileError
from bot.services import media
from bot.services.media import File
from handlers.visit import for_permission, here, may, web

blueprint = Blueprint("media", __name__)
VARIANTS = ("view", "small", "file")
"""`view`: shown or played in a page, `small`: a picture's small one, `file`: to be downloaded."""
UPLOAD = "officials.act"
MAX_UPLOAD = 17 * 1024 * 1024
"""Bytes of a form with a file: 16 MB of file, and words."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Whatever it is, it runs nothing; the style is the browser's own around a picture."""
PLAYED = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
"""A sound whose address is opened by itself: in a sandbox Chromium may not fetch what its own player is to play."""


@blueprint.get("/desk/media/<int:media_id>/<variant>")
@for_permission("tickets.see")
def of_ticket(media_id: int, variant: str) -> ResponseReturnValue:
    """A file of a ticket, for those who may see the ticket."""
    if variant not in VARIANTS or media_id >= 1 << 63:
        abort(404)
    small = variant == "small"
    file = media.see_file(web().hands, here().official(), media_id, small=small) or abort(404)
    shown = small or (variant == "view" and file.kind in INLINE)
    if variant == "view" and not shown:
        abort(404)
    answer = _answer(file, shown=shown)
    # The visitor is asked about each time; what this browser has already is not sent again.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.get("/media/<token>")
def linked(token: str) -> ResponseReturnValue:
    """A file that goes with an answer: the carrier fetches it, or a person who got its address by SMS."""
    file = media.see_linked(web().hands, token) or abort(404)
    answer = _answer(file, shown=file.kind in INLINE)
    if KINDS[file.kind].sort == "voice":
        answer.headers["Content-Security-Policy"] = PLAYED
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def make_room() -> None:
    """Before a form is read: only a signed-in person's reply may be large."""
    is_reply = request.endpoint == UPLOAD and (request.view_args or {}).get("action") == "reply"
    if is_reply and request.mimetype == "multipart/form-data" and may("tickets.act"):
        request.max_content_length = MAX_UPLOAD


def _answer(file: File, *, shown: bool) -> Response:
    """The file, or the part of it that was asked for (RFC 9110, section 14: browsers wind sound forwards by it)."""
    start, length, status = 0, file.size, 200
    same = request.if_range.date is None and request.if_range.etag in (None, file.sha256)
    if request.range and len(request.range.ranges) == 1 and same:
        span = request.range.range_for_length(file.size)
        if span is None:
            raise RequestedRangeNotSatisfiable(file.size)
        start, length, status = span[0], span[1] - span[0], 206
    answer = Response(_body(file, start, length) if request.method == "GET" else b"", status, mimetype=file.kind)
    if status == 206:  # noqa: PLR2004
        answer.content_range = ContentRange("bytes", start, start + length, file.size)
    answer.content_length = length
    answer.accept_ranges = "bytes"
    answer.set_etag(file.sha256)
    answer.headers.update({"Content-Security-Policy": POLICY, "Cross-Origin-Resource-Policy": "same-origin"})
    answer.headers.set("Content-Disposition", "inline" if shown else "attachment", filename=file.name)
    if status == 200 and file.sha256 in request.if_none_match:  # noqa: PLR2004
        answer.response, answer.status_code = [], 304
    return answer


def _body(file: File, start: int, length: int) -> Iterator[bytes]:
    """Opened before the first header is sent, so that a file that is gone is a page that says so."""
    pieces = file.read(start, length)
    try:
        first = next(pieces, b"")
    except MissingFileError:
        abort(404)
    except OSError as error:
        raise ServiceUnavailable from error
    return chain((first,), pieces)
