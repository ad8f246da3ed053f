"""Anybody's door: what this is and how to complain, without a name, a cookie wall or a script."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bot.phone import normalise
from bot.services.verifying import code_of
from bot.text.fold import fold
from bot.tickets import read_number
from handlers.visit import web

MAX_NUMBER = 40
blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """How to complain, how to ask, what happens to one's words."""
    return render_template("public/home.html", **_numbers())


@blueprint.get("/status")
def status() -> ResponseReturnValue:
    """How to hear where a complaint stands: the answer goes to its own phone only.

    `number` shows the code of that complaint's history, as the citizen gets it by texting `check`, and nothing else of it.
    """
    asked = request.args.get("number", "")[:MAX_NUMBER]
    number = read_number(fold(asked)) if asked.strip() else None
    history = code_of(web().hands, number) if number else None
    return render_template("public/status.html", asked=asked, number=number, history=history, **_numbers())


def _numbers() -> dict[str, str]:
    settings = web().settings
    return {"whatsapp": normalise(settings.whatsapp_from) or "", "sms": normalise(settings.sms_from) or ""}
