"""Anybody's door: what this is and how to complain, without a name, a cookie wall or a script."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.phone import normalise
from handlers.visit import web

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """How to complain, how to ask, what happens to one's words."""
    return render_template("public/home.html", **_numbers())


@blueprint.get("/status")
def status() -> ResponseReturnValue:
    """How to hear where a complaint stands: the answer goes to its own phone only."""
    return render_template("public/status.html", **_numbers())


def _numbers() -> dict[str, str]:
    settings = web().settings
    return {"whatsapp": normalise(settings.whatsapp_from) or "", "sms": normalise(settings.sms_from) or ""}
