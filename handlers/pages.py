"""What all pages share: the language they speak, the words templates use, and the headers that guard them."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, Response, g, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup

from bot.catalog import Language
from bot.dialogue.values import Value
from bot.names import Names
from handlers import forms, mishaps, times
from handlers.bubbles import is_arabic
from handlers.visit import cookie_name, give_cookie, is_https, may, visitor, web

DEFAULT_LANGUAGE = "ur"
LANGUAGE_COOKIE = "tawar-lang"
YEAR = 365 * 24 * 3600
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def prepare(app: Flask) -> None:
    """Makes an app speak, guard and fail as all our pages do."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        t=t, name=name, ltr=ltr, moment=moment, visitor=visitor, may=may, csrf=forms.page_token, languages=desk_languages,
        asset=_assets(Path(app.static_folder or "")), language_name=language_name, in_language=in_language,
    )  # fmt: skip
    app.jinja_env.filters.update(is_arabic=is_arabic, spaced=spaced)
    app.context_processor(_page)
    app.before_request(forms.guard)
    app.after_request(_finish)
    mishaps.prepare(app)


def t(key: str, **values: Value) -> str:
    """A text in the page's language."""
    return web().hands.catalog.text(page_language(), key, **values)


def name(names: Names) -> str:
    """A thing's name in the page's language."""
    return web().hands.catalog.name(page_language(), names)


def ltr(text: object) -> Markup:
    """A number, phone or code, kept left-to-right inside any line."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def moment(at: datetime) -> Markup:
    """A date and time of day, for people and for machines."""
    words = times.moment(web().hands.catalog, page_language(), at, web().hands.now())
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), words)


def language_name(code: str) -> str:
    """What a language is called in the page's own."""
    return str(web().hands.catalog.language(code).folder["name_in"][page_language()])


def spaced(phone: str) -> str:
    """A phone number as people read it: +92 300 1234567."""
    return f"{phone[:3]} {phone[3:6]} {phone[6:]}" if phone.startswith("+92") else phone


def desk_languages() -> list[Language]:
    """The languages pages are offered in."""
    return [language for language in web().hands.catalog.languages.values() if language.desk]


def in_language(code: str) -> str:
    """This page's address in another language."""
    return "?" + urlencode({**request.args, "lang": code})


def page_language() -> str:
    """What the address asks for, else the visitor's own, else what this browser chose or prefers."""
    if "language" not in g:
        g.language = _choose_language()
    return cast(str, g.language)


def _choose_language() -> str:
    offered = [language.code for language in desk_languages()]
    who, remembered = visitor(), request.cookies.get(cookie_name(LANGUAGE_COOKIE))
    # ur-PK is Urdu too: werkzeug's best match would take a plain "en" after it first.
    preferred = [tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality]
    wanted = (request.args.get("lang"), who.language if who else None, remembered, *preferred)
    return next((code for code in wanted if code in offered), DEFAULT_LANGUAGE)


def _page() -> dict[str, Any]:
    language = web().hands.catalog.language(page_language())
    return {"lang": language.code, "dir": language.direction, "html_lang": language.html}


def _assets(folder: Path) -> Any:
    """A function from a static file's name to its address, with its content's hash, so that browsers may keep it."""
    files = [*folder.glob("*.css"), *folder.glob("*.js")]
    versions = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in files}
    return lambda filename: url_for("static", filename=filename, v=versions[filename])


def _finish(response: Response) -> Response:
    if request.blueprint == "carriers":  # no browser reads these, and there are a great many
        return response
    for header, value in HEADERS.items():
        response.headers.setdefault(header, value)
    if is_https():
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    if request.endpoint == "static":
        if "v" in request.args:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response
    if g.get("visitor") or (request.blueprint == "auth"):
        response.headers.setdefault("Cache-Control", "no-store")
    if "language" in g:
        response.vary.update(("Cookie", "Accept-Language"))
        if request.args.get("lang") == g.language:
            give_cookie(response, LANGUAGE_COOKIE, g.language, YEAR)
    return response
