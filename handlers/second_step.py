"""The second step: asked for after the password, set up with a phone, and the recovery codes for when that is lost."""

from dataclasses import replace

import segno
from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from bot.services import second_step
from bot.services.own_account import has_password
from bot.services.second_step import Vault
from bot.services.sign_in import REMEMBERED as REMEMBERED_FOR
from bot.services.sign_in import Visitor
from handlers.auth import REMEMBERED, come_in, device, home_of
from handlers.forms import local_path
from handlers.visit import give_cookie, halfway, to_sign_in, visitor, web

blueprint = Blueprint("second_step", __name__)
GROUP = 4


@blueprint.get("/sign-in/code")
def code_page() -> ResponseReturnValue:
    """Asks for the code of the phone."""
    return _code_form() if _owes("code") else _elsewhere()


@blueprint.post("/sign-in/code")
def enter() -> ResponseReturnValue:
    """Lets in who gives the right code, or a recovery code; from then on in a new session."""
    who = _owes("code")
    if who is None:
        return _elsewhere()
    code, is_recovery = request.form.get("code", ""), "recovery" in request.form
    code = request.form.get("recovery", "") if is_recovery else code
    entered = second_step.enter(web().hands, vault(), who, code, device(), remember="remember" in request.form)
    if entered is None:
        return _code_form("recovery" if is_recovery else "code"), 401
    answer = come_in(replace(who, awaits=""), entered.token, request.form.get("next"))
    if entered.device_token:
        give_cookie(answer, REMEMBERED, entered.device_token, int(REMEMBERED_FOR.total_seconds()))
    return answer


@blueprint.get("/account/second-step")
def page() -> ResponseReturnValue:
    """How the second step stands, and what can be done about it."""
    who = _owner()
    return _draw(who) if who else to_sign_in()


@blueprint.post("/account/second-step/begin")
def begin() -> ResponseReturnValue:
    """Draws a new secret; who is long signed in gives the password again, for the screen may have been left alone."""
    who = _owner()
    if who is None:
        return to_sign_in()
    if not _proven(who):
        return _draw(who, "begin"), 422
    second_step.begin(web().hands, vault(), who)
    return redirect(url_for("second_step.set_up_page"), 303)


@blueprint.get("/account/second-step/set-up")
def set_up_page() -> ResponseReturnValue:
    """The QR code, and the field for the code the phone then shows."""
    who = _owner()
    if who is None:
        return to_sign_in()
    return _draw_set_up(who) or redirect(url_for("second_step.page"), 303)


@blueprint.post("/account/second-step/set-up")
def set_up() -> ResponseReturnValue:
    """The phone showed the right code: it is set up, and the recovery codes are shown this once."""
    who = _owner()
    if who is None:
        return to_sign_in()
    done = second_step.finish(web().hands, vault(), who, request.form.get("code", ""), device())
    if done is None:
        again = _draw_set_up(who, failed=True)
        return (again, 422) if again else redirect(url_for("second_step.page"), 303)
    return _show_codes(who, done)


@blueprint.post("/account/second-step/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes in place of the old ones, for who gives the password."""
    who = visitor()
    if who is None:
        return to_sign_in()
    if not _proven(who):
        return _draw(who, "codes"), 422
    codes = second_step.draw_recovery_codes(web().hands, who) or abort(409)
    return _show_codes(who, second_step.SetUp(codes))


@blueprint.post("/account/second-step/remove")
def remove() -> ResponseReturnValue:
    """Back to the password alone, where the role allows it."""
    who = visitor()
    if who is None:
        return to_sign_in()
    if who.role in web().settings.must_second_step:
        abort(404)
    if not _proven(who):
        return _draw(who, "remove"), 422
    second_step.remove(web().hands, who)
    return redirect(url_for("second_step.page", done="removed"), 303)


def vault() -> Vault:
    """What seals the secrets."""
    return web().hands.vault


def _owes(step: str) -> Visitor | None:
    who = halfway()
    return who if who is not None and who.awaits == step else None


def _owner() -> Visitor | None:
    """Who may set up their second step: somebody signed in, or let in no further than this."""
    return visitor() or _owes("set_up")


def _elsewhere() -> ResponseReturnValue:
    """Who owes no code has no business on its page."""
    who = visitor()
    return redirect(home_of(who), 303) if who else to_sign_in()


def _proven(who: Visitor) -> bool:
    return bool(who.awaits) or has_password(web().hands, who, request.form.get("password", ""))


def _code_form(failed: str = "") -> str:
    return render_template(
        "second_step/code.html", failed=failed, next=local_path(request.values.get("next")), days=REMEMBERED_FOR.days
    )


def _draw(who: Visitor, failed: str = "") -> str:
    return render_template(
        "second_step/page.html", owner=who, state=second_step.see(web().hands, who), failed=failed,
        must=who.role in web().settings.must_second_step, done=request.args.get("done") == "removed",
    )  # fmt: skip


def _draw_set_up(who: Visitor, *, failed: bool = False) -> str | None:
    secret = second_step.shown_secret(web().hands, vault(), who)
    if secret is None:
        return None
    uri = second_step.address(secret, who.username)
    return render_template(
        "second_step/set_up.html", qr=_draw_qr(uri), uri=uri, failed=failed,
        groups=" ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
    )  # fmt: skip


def _draw_qr(text: str) -> Markup:
    """Black on white whatever the page's colours are: many cameras read nothing else."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 drawn here, of squares alone


def _show_codes(who: Visitor, done: second_step.SetUp) -> Response:
    answer = make_response(render_template("second_step/codes.html", codes=done.codes, owner=who, home=home_of(who)))
    if done.token:
        give_cookie(answer, "tawar", done.token)
    return answer
