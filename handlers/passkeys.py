"""Passkeys: signing in with one, adding and removing one's own. The browser's part needs a script; the forms do not differ."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.services import passkeys
from bot.services.own_account import has_password
from bot.services.passkeys import Site
from bot.services.sign_in import session_of
from handlers import auth
from handlers.forms import BEFORE_SESSION
from handlers.visit import cookie_name, for_permission, here, session_token, web

blueprint = Blueprint("passkeys", __name__)
DONE = ("added", "removed")


@blueprint.post("/sign-in/passkey")
def sign_in() -> ResponseReturnValue:
    """Opens a session for who holds a passkey that is known here."""
    bound = request.cookies.get(cookie_name(BEFORE_SESSION), "")
    token = passkeys.sign_in(web().hands, _site(), bound, request.form.get("credential", ""), auth.device())
    who = session_of(web().hands, token) if token else None
    if token is None or who is None:
        return auth.sign_in_form(failed="passkey"), 401
    return auth.come_in(who, token, request.form.get("next"))


@blueprint.get("/account/passkeys")
@for_permission("account.own")
def page() -> ResponseReturnValue:
    """One's passkeys, and the form that adds one."""
    done = request.args.get("done", "")
    return _draw(done=done if done in DONE else "")


@blueprint.post("/account/passkeys")
@for_permission("account.own")
def add() -> ResponseReturnValue:
    """Keeps a new passkey for who gives the password: the screen may have been left alone."""
    site = _site()
    if not has_password(web().hands, here(), request.form.get("password", "")):
        return _draw("password"), 422
    credential = request.form.get("credential", "")
    if not passkeys.add(web().hands, site, here(), session_token(), credential, auth.device()):
        return _draw("passkey"), 422
    return redirect(url_for("passkeys.page", done="added"), 303)


@blueprint.post("/account/passkeys/<int(max=2147483647):passkey_id>/remove")
@for_permission("account.own")
def remove(passkey_id: int) -> ResponseReturnValue:
    """Forgets one of one's own; of others' there is none."""
    if not passkeys.remove(web().hands, here(), passkey_id):
        abort(404)
    return redirect(url_for("passkeys.page", done="removed"), 303)


def _site() -> Site:
    return auth.passkey_site() or abort(404)


def _draw(failed: str = "", done: str = "") -> str:
    hands, who = web().hands, here()
    return render_template(
        "account/passkeys.html", passkeys=passkeys.see(hands, who), failed=failed, done=done,
        options=passkeys.ask_to_add(hands, _site(), who, session_token()), who=who,
    )  # fmt: skip
