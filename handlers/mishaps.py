"""When something goes wrong: a page in plain words that says what to do, never a stack trace; machines get one line."""

import logging
from types import TracebackType

from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from bot.services.passwords import BusyError
from bot.store.database import DatabaseAway

log = logging.getLogger(__name__)
EXPLAINED = (400, 403, 404, 405, 413, 500, 503)
MACHINES = ("/carriers/", "/healthz", "/readyz", "/metrics", "/open311/", "/static/")
RETRY_AFTER_S = "10"
OURS = ("bot", "handlers")


def prepare(app: Flask) -> None:
    app.register_error_handler(HTTPException, explain)
    app.register_error_handler(DatabaseAway, _away)
    app.register_error_handler(BusyError, lambda _: explain(ServiceUnavailable()))
    app.register_error_handler(Exception, _bug)


def explain(error: HTTPException) -> ResponseReturnValue:
    """The page of an error, with the headers the error brings (e.g. Allow)."""
    if error.code is None or error.code < 400:  # noqa: PLR2004 what is no error is passed on
        return error
    response = error.get_response()
    if request.path.startswith(MACHINES):
        return Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain")
    code = error.code if error.code in EXPLAINED else 400 if error.code < 500 else 500  # noqa: PLR2004
    response.set_data(render_template("error.html", code=code))
    return response


def _away(error: Exception) -> ResponseReturnValue:
    g.setdefault("visitor", None)  # the page must not ask the database who is here
    log.error("the database is away: a page was refused with 503")
    answer = Response("Not now; please try again.\n", 503, mimetype="text/plain")
    if not request.path.startswith(MACHINES):
        answer = Response(render_template("error.html", code=503), 503)
    answer.headers["Retry-After"] = RETRY_AFTER_S
    return answer


def _bug(error: Exception) -> ResponseReturnValue:
    """A bug of ours. The log names its kind and place, never its message: that may hold a citizen's words."""
    g.setdefault("visitor", None)
    kind = type(error).__name__
    log.error("%s %s failed with %s at %s", request.method, request.endpoint, kind, _place(error.__traceback__))
    return explain(InternalServerError())


def _place(trace: TracebackType | None) -> str:
    """Where it happened: the deepest line of our own, because a library's says nothing of who called it."""
    place = "?"
    while trace:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.partition(".")[0] in OURS:
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
