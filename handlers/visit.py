"""Who is here: the session cookie, the visitor it belongs to, and the decorator that says who may see a page."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, cast

from flask import abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from bot import permissions
from bot.services import sign_in
from bot.services.sign_in import Visitor

if TYPE_CHECKING:
    from handlers.web import Web

_P = ParamSpec("_P")
_View = Callable[_P, ResponseReturnValue]


def web() -> "Web":
    """What this door was handed."""
    return cast("Web", current_app.extensions["tawar"])


def is_https() -> bool:
    return web().settings.public_url.startswith("https:")


def cookie_name(name: str = "tawar") -> str:
    """`__Host-` binds a cookie to this host and https; browsers refuse it on the demo's plain http."""
    return f"__Host-{name}" if is_https() else name


def give_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Sets a cookie no script can read and no other site can send with a form."""
    response.set_cookie(
        cookie_name(name), value, max_age=max_age, path="/", secure=is_https(), httponly=True, samesite="Lax"
    )


def take_cookie(response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(name), path="/", secure=is_https(), httponly=True, samesite="Lax")


def session_token() -> str:
    return request.cookies.get(cookie_name(), "")


def visitor() -> Visitor | None:
    """Who is signed in; looked up once a request."""
    who = _whose_session()
    return None if who is None or who.awaits else who


def halfway() -> Visitor | None:
    """Who gave the right password and still owes the second step. For every page but that one they are nobody."""
    who = _whose_session()
    return who if who is not None and who.awaits else None


def _whose_session() -> Visitor | None:
    if "visitor" not in g:
        g.visitor = None  # so that an error page drawn because the database is away does not ask it again
        g.visitor = sign_in.session_of(web().hands, session_token())
    return cast(Visitor | None, g.visitor)


def here() -> Visitor:
    """The visitor of a page that `for_permission` guards."""
    return visitor() or abort(404)


def may(permission: str) -> bool:
    """Whether who is here has a permission of bot/data/permissions.csv; nobody signed in has none."""
    who = visitor()
    return who is not None and permissions.may(who.role, permission)


def for_permission(permission: str) -> Callable[[_View[_P]], _View[_P]]:
    """Shows a page to those who have a permission. For others it does not exist. Raises KeyError if the table lacks it."""
    _ = permissions.TABLE[permission]  # when the app is built, not when somebody comes

    def guarded(view: _View[_P]) -> _View[_P]:
        @wraps(view)
        def ask_first(*args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            if visitor() is None:
                return to_sign_in()
            if not may(permission):
                abort(404)
            return view(*args, **kwargs)

        return ask_first

    return guarded


def to_sign_in() -> Response:
    """To the sign-in page, and from there back to the page that was wanted."""
    wanted = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    return redirect(url_for("auth.sign_in_page", next=wanted), 303)
