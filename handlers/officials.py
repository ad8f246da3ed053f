"""The officials' door: the queue of a department, and one ticket with all that was said and what may be done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.media.kinds import LARGEST
from bot.names import Names
from bot.services import desk
from bot.services.media import act_with_file
from bot.services.orders import Done, Order, Repeated, Result, Stale, Unfit
from bot.views import BY_NAME, VIEWS
from handlers import times, unsealing
from handlers.bubbles import Line, channel_of, is_arabic, read_lines
from handlers.composer import Box, boxes, read_instant, read_text
from handlers.forms import new_key, read_key
from handlers.pages import page_language
from handlers.sorting import choices
from handlers.visit import for_permission, here, may, web

blueprint = Blueprint("officials", __name__)
ACTIONS = (
    "reply", "ask", "take", "assign", "sort", "hear", "resolve", "reject", "note", "help", "transfer", "refer",
)  # fmt: skip
MOVED = ("sort", "transfer", "refer", "repeated")
"""What may be said in the queue, because the ticket may have gone to another department."""
NUMBER = re.compile(r"[0-9]{8}")
MAX_PAGE = 10_000
NEWEST = 3
"""Lines shown again above a refused reply when it is not known which of them are new."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a form was refused, as the page says it: `kind` is stale, not_allowed or unfit."""

    kind: str
    box: Box
    newer: Sequence[Line] = ()


@blueprint.get("/desk")
@for_permission("tickets.see")
def queue() -> ResponseReturnValue:
    """The tickets of one's department: `state` names the view, `page` turns."""
    state = request.args.get("state", "open")
    page = min(max(request.args.get("page", 1, type=int), 1), MAX_PAGE)
    view = BY_NAME.get(state) or abort(404)
    hands, official = web().hands, here().official()
    rows, counts = desk.see_queue(hands, official, view, page - 1), desk.count_queue(hands, official)
    return render_template(
        "desk/queue.html", rows=[_row(row) for row in rows[: desk.PAGE]], counts=counts, state=state, page=page,
        views=VIEWS, has_more=len(rows) > desk.PAGE, done=request.args.get("done") in MOVED and request.args["done"],
    )  # fmt: skip


@blueprint.get("/desk/tickets/<number>")
@for_permission("tickets.see")
def ticket(number: str) -> ResponseReturnValue:
    """One ticket; to look at it is to have read it."""
    page = _find(number)
    if page.ticket.unread:
        desk.mark_read(web().hands, page.ticket.id, page.ticket.version)
    done = request.args.get("done", "")
    return _draw(page, done=done if done in (*ACTIONS, "unseal", "repeated") else "")


@blueprint.post("/desk/tickets/<number>/<action>")
@for_permission("tickets.act")
def act(number: str, action: str) -> ResponseReturnValue:
    """Carries out one form, or shows the ticket again with what was typed and why it was refused."""
    if action not in ACTIONS or not NUMBER.fullmatch(number):
        abort(404)
    text = read_text(request.form.get("text", ""))
    wanted: dict[str, Any] = {name: request.form.get(name, "") for name in ("category", "department", "reason")}
    version, to = request.form.get("version", 0, type=int), request.form.get("to", 0, type=int)
    order = Order(number, action, read_key(), version, text, **wanted, to=to)
    result = _carry_out(order) or abort(404)
    match result:
        case Done(outbox_ids):
            if outbox_ids:
                web().wake(outbox_ids)
            return _back(number, action)
        case Repeated():
            return _back(number, "repeated")
        case _:
            return _refuse(number, action, text, result)


def _carry_out(order: Order) -> Result | None:
    """The order, with its file if one was chosen."""
    file = request.files.get("file") if order.action == "reply" else None
    if file is None or not file.filename:
        return desk.act(web().hands, here().official(), order)
    return act_with_file(web().hands, here().official(), order, file.read(LARGEST + 1), file.filename)


def _back(number: str, done: str) -> ResponseReturnValue:
    """To the ticket; to the queue if it is another department's now."""
    if done in MOVED and desk.see_ticket(web().hands, here().official(), number) is None:
        return redirect(url_for("officials.queue", done=done), 303)
    return redirect(url_for("officials.ticket", number=number, done=done), 303)


def _refuse(number: str, action: str, text: str, why: Result) -> ResponseReturnValue:
    """The ticket again, with what was typed still in its box."""
    page = _find(number)
    # Where the step is gone its box is gone too; a reply can always be written.
    box = action if action in page.actions else "reply"
    match why:
        case Stale(kept):
            return _draw(page, Trouble("stale", Box(box, "", kept), _newer(page))), 409
        case Unfit(key):
            return _draw(page, Trouble("unfit", Box(box, "", text, key))), 422
    return _draw(page, Trouble("not_allowed", Box(box, "", text))), 409


def _newer(page: desk.TicketPage) -> Sequence[Line]:
    """What was said and done since the form was shown."""
    lines, seen = _lines(page), read_instant(request.form.get("seen", ""))
    newer = [line for line in lines if seen and line.at > seen]
    return newer or lines[-NEWEST:]


def _find(number: str) -> desk.TicketPage:
    page = desk.see_ticket(web().hands, here().official(), number) if NUMBER.fullmatch(number) else None
    return page or abort(404)


def _offered(page: desk.TicketPage) -> Sequence[str]:
    """What the ticket allows, to those who may act at all."""
    return page.actions if may("tickets.act") else ()


def _lines(page: desk.TicketPage) -> list[Line]:
    """What was said and done, with a carrier's codes told by what they mean."""
    carriers = web().hands.carriers

    def trouble_of(name: str, code: str) -> str:
        carrier = carriers.get(name)
        return str(carrier.trouble(code)) if carrier else ""

    return read_lines(page.lines, trouble_of, page.files)


def _draw(page: desk.TicketPage, trouble: Trouble | None = None, done: str = "") -> str:
    lines, department = _lines(page), _department(page.ticket.department)
    filled = trouble.box if trouble else None
    sender = web().hands.directory.sender_of(page.ticket.department, page.ticket.category)
    return render_template(
        "desk/ticket.html", ticket=page.ticket, lines=lines, actions=_offered(page), trouble=trouble, done=done,
        boxes=boxes(web().hands.catalog, sender, page.ticket, filled), take_key=new_key(), department=department,
        sorts=choices(web().hands.directory, "" if page.ticket.service else page.ticket.category), sort_key=new_key(),
        seen=max((line.at for line in lines), default=page.ticket.opened_at), alias=page.alias,
        channel=channel_of(page.lines), new_key=new_key, colleagues=page.colleagues,
        offices=_named(web().hands.directory.departments, page.ticket.department), reasons=_reasons(),
        is_mine=page.ticket.owner_id == here().account_id,
        department_of=_department, **unsealing.box(page.ticket), **_facts(page.ticket),
    )  # fmt: skip


def _named(departments: Mapping[str, Any], own: str) -> list[tuple[str, Names]]:
    """(code, names) of the other departments, by name in the reader's language."""
    catalog, language = web().hands.catalog, page_language()
    others = [(code, known.names) for code, known in departments.items() if code != own]
    return sorted(others, key=lambda one: catalog.name(language, one[1]))


def _reasons() -> list[tuple[str, Names]]:
    return list(web().hands.directory.reasons.items())


def _row(row: Any) -> dict[str, Any]:
    opened = times.span(web().hands.catalog, page_language(), web().hands.now() - row.opened_at)
    sees_all = here().official().departments is None
    department = web().hands.catalog.name(page_language(), _department(row.department), short=True) if sees_all else ""
    return {"ticket": row, "age": opened, "department": department, **_facts(row)}


def _facts(row: Any) -> dict[str, Any]:
    """What a row and a ticket's page both tell."""
    hands = web().hands
    service = row.service and hands.directory.names_of("service", row.service)
    return {
        "due": times.due(hands.catalog, page_language(), row.state, row.deadline, hands.now()),
        "about": service or hands.directory.names_of("category", row.category),
        "place": hands.directory.place_names(row.district, row.tehsil) if row.district or row.tehsil else None,
        "is_arabic": is_arabic(row.words),
    }


def _department(code: str) -> Names:
    known = web().hands.directory.departments.get(code)
    return known.names if known else Names({"en": code}, {})
