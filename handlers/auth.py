"""Signing in and out, and the language pages speak to somebody signed in."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as Redirect

from bot import devices, permissions
from bot.services import passkeys
from bot.services import sign_in as sessions
from bot.services.sign_in import Browser, Visitor
from bot.store import accounts
from handlers import forms
from handlers.pages import desk_languages
from handlers.visit import (
    cookie_name,
    for_permission,
    give_cookie,
    here,
    session_token,
    take_cookie,
    visitor,
    web,
)

blueprint = Blueprint("auth", __name__)
REMEMBERED = "tawar-device"
"""Cookie of a device that is not asked for the second step."""
WORK = (("tickets.see", "officials.queue"), ("campaigns.see", "campaigns.index"))
"""The first page of whoever may see it; the first that fits."""


@blueprint.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """The form; somebody already signed in is sent to their work."""
    who = visitor()
    return redirect(home_of(who), 303) if who else sign_in_form()


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Opens a session. A wrong name, a wrong password and a blocked account all read the same."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    browser = Browser(device(), request.cookies.get(cookie_name(REMEMBERED), ""))
    token = sessions.sign_in(web().hands, username, password, browser, web().settings.must_second_step)
    who = sessions.session_of(web().hands, token) if token else None
    if token is None or who is None:
        return sign_in_form(username, failed="password"), 401
    return come_in(who, token, request.form.get("next"))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Ends the session on the server; the cookie left behind opens nothing."""
    _end_session()
    answer = redirect(url_for("auth.sign_in_page", done="signed_out"), 303)
    take_cookie(answer, "tawar")
    return answer


@blueprint.post("/language")
@for_permission("account.own")
def language() -> ResponseReturnValue:
    """Sets the language of the visitor's pages."""
    code = request.form.get("language", "")
    if code not in [offered.code for offered in desk_languages()]:
        abort(400)
    with web().hands.db.write() as tx:
        accounts.set_language(tx, here().account_id, code)
    return redirect(forms.local_path(request.form.get("back")) or home_of(here()), 303)


def device() -> str:
    """What this browser calls itself, in words."""
    return devices.describe(request.user_agent.string)


def come_in(who: Visitor, token: str, wanted: str | None) -> Redirect:
    """Gives the browser its new session, ends the one it had, and leads on."""
    _end_session()
    answer = redirect(_landing(who, forms.local_path(wanted)), 303)
    give_cookie(answer, "tawar", token)
    take_cookie(answer, forms.BEFORE_SESSION)
    return answer


def home_of(who: Visitor) -> str:
    """Where a role's work is."""
    for permission, endpoint in WORK:
        if permissions.may(who.role, permission):
            return url_for(endpoint)
    return url_for("account.page")


def passkey_site() -> passkeys.Site | None:
    """What passkeys are bound to; None if this address can have none."""
    return passkeys.site_of(web().settings.public_url, web().settings.secret_key)


def sign_in_form(username: str = "", *, failed: str = "") -> Response:
    """The form, with a pre-session cookie. `failed`: by what it was tried, `password` or `passkey`."""
    bound, settings, site = forms.before_session(), web().settings, passkey_site()
    page = render_template(
        "sign_in.html", token=forms.token(bound), username=username, failed=failed, is_demo=settings.demo,
        next=forms.local_path(request.values.get("next")), signed_out=request.args.get("done") == "signed_out",
        passkey_options=passkeys.ask_to_sign_in(site, bound, web().hands.now()) if site else "",
    )  # fmt: skip
    answer = make_response(page)
    give_cookie(answer, forms.BEFORE_SESSION, bound)
    return answer


def _end_session() -> None:
    if token := session_token():
        sessions.sign_out(web().hands, token)


def _landing(who: Visitor, wanted: str) -> str:
    """The page that was wanted, if it is of the visitor's own work; else that work's first page."""
    home = home_of(who)
    if who.awaits:
        step = {"code": "second_step.code_page", "set_up": "second_step.page"}[who.awaits]
        return url_for(step, next=wanted or None)
    return wanted if wanted and (who.role == "admin" or wanted.startswith(home)) else home
