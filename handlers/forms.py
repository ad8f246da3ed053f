"""Forms that only our own pages can send: a token bound to the session, the browser's word, and keys used once."""

import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from handlers.visit import cookie_name, halfway, session_token, to_sign_in, visitor, web

FIELD = "csrf"
BEFORE_SESSION = "tawar-form"
"""Cookie that stands in for the session while nobody is signed in."""
NOBODY_YET = ("auth.sign_in", "passkeys.sign_in")
"""Forms of those who are not signed in."""
OTHER_PROOF = ("/carriers/",)
"""Doors whose callers are no browsers and prove themselves by a signature."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_KEY = re.compile(r"[\w-]{16,64}")
_ODD = re.compile(r"[\x00-\x20\\\x7f]")


def token(bound: str) -> str:
    """The form token for a session or a pre-session cookie."""
    return hmac.new(web().settings.secret_key.encode(), f"form:{bound}".encode(), hashlib.sha256).hexdigest()


def page_token() -> str:
    """The form token of the page being drawn; empty when nobody is signed in."""
    return token(session_token()) if visitor() or halfway() else ""


def before_session() -> str:
    """The value of the pre-session cookie; a fresh one if the browser has none."""
    return request.cookies.get(cookie_name(BEFORE_SESSION)) or secrets.token_urlsafe(24)


def new_key() -> str:
    """A key for a form about to be shown, so that the same form sent twice is known."""
    return secrets.token_urlsafe(16)


def read_key() -> str:
    """The key of the form that came; a form without one is none of ours."""
    key = request.form.get("key", "")
    return key if _KEY.fullmatch(key) else abort(400)


def local_path(target: str | None) -> str:
    """`target` if it is a path of this site, else empty: nobody is sent elsewhere by a link to our sign-in page."""
    if not target or not target.startswith("/") or target.startswith("//") or _ODD.search(target):
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc else target


def guard() -> ResponseReturnValue | None:
    """Before every request that may change something: refuses what another site, or no page of ours, made."""
    if request.method in _SAFE or request.path.startswith(OTHER_PROOF) or request.routing_exception:
        return None
    if not _comes_from_here():
        abort(403)
    if request.endpoint in NOBODY_YET:
        bound = request.cookies.get(cookie_name(BEFORE_SESSION), "")
    elif visitor() is None and halfway() is None:
        return _signed_out()
    else:
        bound = session_token()
    sent = request.form.get(FIELD, "")
    if not bound or not hmac.compare_digest(sent.encode(), token(bound).encode()):
        abort(403)
    return None


def _comes_from_here() -> bool:
    """What the browser says of the page that sent the form. Our no-referrer policy makes some say Origin: null."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin", "null")
    return origin in ("null", _origin(web().settings.public_url), _origin(request.host_url))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _signed_out() -> ResponseReturnValue:
    """A session that ended while somebody wrote: the words are shown again, so that they are not lost."""
    text = request.form.get("text", "").strip()
    return (render_template("signed_out.html", text=text), 401) if text else to_sign_in()
