"""An administrator's door: what there is to look after, and the audit log."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bot.services import inspection
from bot.services.inspection import Wanted
from handlers.pages import page_language, t
from handlers.visit import for_permission, web

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
NEWEST = (1 << 63) - 1
ACTION = "audit.action."


@blueprint.get("")
@for_permission("admin.see")
def index() -> ResponseReturnValue:
    """Links to what an administrator looks after."""
    return render_template("admin/index.html")


@blueprint.get("/audit")
@for_permission("audit.see")
def audit() -> ResponseReturnValue:
    """What people at desks did, newest first: `person`, `action` and `subject` filter, `before` turns the page."""
    wanted = Wanted(*(request.args.get(name, "").strip() for name in ("person", "action", "subject")))
    before = request.args.get("before", NEWEST, type=int)
    rows = inspection.see_audit(web().hands, wanted, min(max(before, 1), NEWEST))
    is_more = len(rows) > inspection.PAGE
    return render_template(
        "admin/audit.html", rows=rows[: inspection.PAGE], wanted=wanted, is_first=before == NEWEST,
        before=rows[inspection.PAGE - 1].id if is_more else None, actions=_actions(), words_of=_words_of,
    )  # fmt: skip


def _actions() -> dict[str, str]:
    """{action: its words} of all that is ever written, in the order of the words."""
    keys = [key for key in web().hands.catalog.domain("en", "desk") if key.startswith(ACTION)]
    return dict(sorted(((key.removeprefix(ACTION), t(key)) for key in keys), key=lambda pair: pair[1]))


def _words_of(row: Any) -> tuple[str, str]:
    """What was done, and what the line knows besides. An action that came with a newer version is shown by its code."""
    desk = web().hands.catalog.domain("en", "desk")
    key = ACTION + row.action
    told = [t(f"audit.how.{value}") if f"audit.how.{value}" in desk else str(value) for value in row.data.values()]
    return (t(key) if key in desk else row.action), "، ".join(told) if page_language() != "en" else ", ".join(told)
