"""The sealed number of a citizen: an official asks on the ticket's page, somebody else decides on a page of its own."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.sealing import DECISIONS, MAX_REASON, MIN_REASON
from bot.services import unsealing
from bot.services.orders import NotAllowed, Repeated, Unfit
from handlers.composer import read_text
from handlers.visit import for_permission, here, web

blueprint = Blueprint("unsealing", __name__)
LIMITS = (MIN_REASON, MAX_REASON)
SAID = (*DECISIONS, "repeated")


@blueprint.post("/desk/tickets/<number>/unseal")
@for_permission("tickets.unseal_ask")
def ask(number: str) -> ResponseReturnValue:
    """Takes the reason (in `text`, which outlives a session that ended meanwhile); an unfit one is shown again."""
    reason = read_text(request.form.get("text", ""))
    result = unsealing.ask(web().hands, here().official(), number, reason) or abort(404)
    if isinstance(result, Unfit):
        return render_template("desk/unseal.html", number=number, reason=reason, error=result.key, limits=LIMITS), 422
    done = "repeated" if isinstance(result, Repeated) else "unseal"
    return redirect(url_for("officials.ticket", number=number, done=done), 303)


@blueprint.get("/desk/unsealings")
@for_permission("tickets.unseal_grant")
def requests() -> ResponseReturnValue:
    """Who wants to see a number and why, and what became of the last requests."""
    found, done = unsealing.see_requests(web().hands, here().official()), request.args.get("done")
    return render_template(
        "desk/unsealings.html", waiting=found.waiting, decided=found.decided, me=here().account_id,
        done=done if done in SAID else "",
    )  # fmt: skip


@blueprint.post("/desk/unsealings/<int:unsealing_id>/<action>")
@for_permission("tickets.unseal_grant")
def decide(unsealing_id: int, action: str) -> ResponseReturnValue:
    """Grants or refuses a request."""
    if action not in DECISIONS:
        abort(404)
    result = unsealing.decide(web().hands, here().official(), unsealing_id, action) or abort(404)
    if isinstance(result, NotAllowed):
        abort(403)
    done = "repeated" if isinstance(result, Repeated) else action
    return redirect(url_for("unsealing.requests", done=done), 303)


def box(ticket: Any) -> dict[str, Any]:
    """What the ticket's page shows of the number: that it is sealed, or the number itself, and then the look is recorded."""
    return {"seal": unsealing.look(web().hands, here().official(), ticket), "limits": LIMITS}
