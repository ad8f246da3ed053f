"""Signing in and out, and the visitor's own page: who they are here, and the language pages speak to them."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import permissions
from bot.services import sign_in as sessions
from bot.services.sign_in import Visitor
from bot.store import accounts
from handlers import forms
from handlers.pages import desk_languages
from handlers.visit import for_permission, give_cookie, here, session_token, take_cookie, visitor, web

blueprint = Blueprint("auth", __name__)
WORK = (("tickets.see", "officials.queue"), ("campaigns.see", "campaigns.index"))
"""The first page of whoever may see it; the first that fits."""


@blueprint.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """The form; somebody already signed in is sent to their work."""
    who = visitor()
    return redirect(_home(who), 303) if who else _form()


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Opens a session. A wrong name, a wrong password and a blocked account all read the same."""
    username = request.form.get("username", "")
    token = sessions.sign_in(web().hands, username, request.form.get("password", ""))
    who = sessions.visitor_of(web().hands, token) if token else None
    if token is None or who is None:
        return _form(username=username, failed=True), 401
    _end_session()
    answer = redirect(_landing(who, forms.local_path(request.form.get("next"))), 303)
    give_cookie(answer, "tawar", token)
    take_cookie(answer, forms.BEFORE_SESSION)
    return answer


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
    return redirect(forms.local_path(request.form.get("back")) or _home(here()), 303)


@blueprint.get("/account")
@for_permission("account.own")
def account() -> ResponseReturnValue:
    """Who one is here; the first page of those who have no desk."""
    who = here()
    department = web().hands.directory.departments.get(who.department)
    return render_template("account.html", who=who, department=department, home=_home(who))


def _form(username: str = "", *, failed: bool = False) -> Response:
    bound, settings = forms.before_session(), web().settings
    page = render_template(
        "sign_in.html", token=forms.token(bound), username=username, failed=failed, is_demo=settings.demo,
        next=forms.local_path(request.values.get("next")), signed_out=request.args.get("done") == "signed_out",
    )  # fmt: skip
    answer = make_response(page)
    give_cookie(answer, forms.BEFORE_SESSION, bound)
    return answer


def _end_session() -> None:
    if token := session_token():
        sessions.sign_out(web().hands, token)


def _home(who: Visitor) -> str:
    """Where a role's work is."""
    for permission, endpoint in WORK:
        if permissions.may(who.role, permission):
            return url_for(endpoint)
    return url_for("auth.account")


def _landing(who: Visitor, wanted: str) -> str:
    """The page that was wanted, if it is of the visitor's own work; else that work's first page."""
    home = _home(who)
    return wanted if wanted and (who.role == "admin" or wanted.startswith(home)) else home
