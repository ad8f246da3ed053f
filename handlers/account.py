"""The visitor's own page: who they are here, where they are signed in, and their password."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.services import own_account
from bot.services.passwords import MIN_PASSWORD
from handlers.auth import home_of, passkey_site
from handlers.visit import for_permission, here, web

blueprint = Blueprint("account", __name__, url_prefix="/account")
DONE = ("session", "sessions", "password")
FIELDS = {"old": "old", "again": "again"}
"""The field a fault is about, where it is not the new password."""


@blueprint.get("")
@for_permission("account.own")
def page() -> ResponseReturnValue:
    """Who one is here; the first page of those who have no desk."""
    who, done = here(), request.args.get("done", "")
    department = web().hands.directory.departments.get(who.department)
    return render_template(
        "account/page.html", who=who, department=department, home=home_of(who), done=done if done in DONE else "",
        sessions=own_account.see_sessions(web().hands, who), passkeys=passkey_site() is not None,
    )  # fmt: skip


@blueprint.post("/sessions/<int(max=2147483647):session_id>/end")
@for_permission("account.own")
def end_session(session_id: int) -> ResponseReturnValue:
    """Ends one session of one's own; of others' there is none."""
    if not own_account.end_session(web().hands, here(), session_id):
        abort(404)
    return redirect(url_for("account.page", done="session"), 303)


@blueprint.post("/sessions/end-others")
@for_permission("account.own")
def end_others() -> ResponseReturnValue:
    """Ends every session but this one."""
    own_account.end_other_sessions(web().hands, here())
    return redirect(url_for("account.page", done="sessions"), 303)


@blueprint.get("/password")
@for_permission("account.own")
def password_page() -> ResponseReturnValue:
    """The form of a new password."""
    return _password_form()


@blueprint.post("/password")
@for_permission("account.own")
def password() -> ResponseReturnValue:
    """Changes it, or says what is wrong. Nothing that was typed is sent back."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if fault := own_account.change_password(web().hands, here(), old, new, again):
        return _password_form(fault), 422
    return redirect(url_for("account.page", done="password"), 303)


def _password_form(fault: str = "") -> str:
    return render_template(
        "account/password.html", who=here(), fault=fault, field=FIELDS.get(fault, "new"), shortest=MIN_PASSWORD
    )
