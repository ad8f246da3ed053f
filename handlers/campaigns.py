"""A campaign manager's door: broadcasts written, counted, scheduled, watched, paused and stopped."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.campaigns import MAX_TEXT, MAX_TITLE, Progress
from bot.clock import KARACHI
from bot.names import Names
from bot.services import outreach
from bot.sms import measure
from bot.text.fold import clean
from handlers.campaign_form import Fault, Form, Reach, count_reach, empty_form, place_faults, read_form, read_start
from handlers.visit import for_permission, here, web

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")
ACTIONS = {"pause": outreach.pause, "resume": outreach.resume, "stop": outreach.stop}
OFFERED = {
    "draft": ("schedule", "stop"),
    "scheduled": ("schedule", "stop"),
    "sending": ("pause", "stop"),
    "paused": ("resume", "stop"),
    "stopped": (),
    "done": (),
}
"""The buttons a state shows; `services.outreach` decides again when one is pressed."""
DONE = ("draft", "schedule", "pause", "resume", "stop", "repeated")
PARTS = ("waiting", "accepted", "delivered", "read", "failed", "skipped", "unknown")
"""What became of a message, in the order the table tells it; together they are the audience."""
REFRESH_S = 5
_ID = "<int(max=2147483647):campaign_id>"


@blueprint.get("")
@for_permission("campaigns.see")
def index() -> ResponseReturnValue:
    """All campaigns, newest first."""
    rows = [(campaign, _progress_of(campaign)) for campaign in outreach.see_all(web().hands)]
    return render_template("campaigns/list.html", rows=rows, done=_done())


@blueprint.get("/new")
@for_permission("campaigns.write")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _draw_form(empty_form(web().hands))


@blueprint.post("/new")
@for_permission("campaigns.write")
def create() -> ResponseReturnValue:
    """Counts the people of what was typed, or stores it as a draft. Both keep every word."""
    form = read_form(web().hands)
    if request.form.get("do") == "count":
        return _draw_form(form, reach=_reach_of(form))
    plan = form.plan()
    match outreach.draft(web().hands, here().account_id, form.key, plan):
        case 0:
            return redirect(url_for("campaigns.index", done="repeated"), 303)
        case int(campaign_id):
            return _back(campaign_id, "draft")
        case keys:
            return _draw_form(form, place_faults(plan, keys, MAX_TEXT)), 422


@blueprint.get(f"/{_ID}")
@for_permission("campaigns.see")
def campaign(campaign_id: int) -> ResponseReturnValue:
    """One campaign: what, to whom, how far it is, and what may be done."""
    return _draw(campaign_id, done=_done(), ask_stop=request.args.get("ask") == "stop")


@blueprint.post(f"/{_ID}/schedule")
@for_permission("campaigns.send")
def schedule(campaign_id: int) -> ResponseReturnValue:
    """Sets when it leaves; the clock starts it."""
    at = read_start(web().hands.now())
    if isinstance(at, str):
        return _draw(campaign_id, fault=Fault(at, "at")), 422
    _find(campaign_id)
    if not outreach.schedule(web().hands, campaign_id, at):
        return _draw(campaign_id, refused="schedule"), 409
    return _back(campaign_id, "schedule")


@blueprint.post(f"/{_ID}/<any({', '.join(ACTIONS)}):action>")
@for_permission("campaigns.send")
def act(campaign_id: int, action: str) -> ResponseReturnValue:
    """Pauses, resumes or stops it, or shows it as it is now and why that cannot be."""
    _find(campaign_id)
    if not ACTIONS[action](web().hands, campaign_id):
        return _draw(campaign_id, refused=action), 409
    return _back(campaign_id, action)


def _back(campaign_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("campaigns.campaign", campaign_id=campaign_id, done=done), 303)


def _done() -> str:
    done = request.args.get("done", "")
    return done if done in DONE else ""


def _find(campaign_id: int) -> tuple[Any, Progress]:
    return outreach.see(web().hands, campaign_id) or abort(404)


def _progress_of(row: Any) -> Progress | None:
    """How far a campaign is. Only those on their way are counted: the list must not read every message ever sent."""
    return _find(row.id)[1] if row.state in ("sending", "paused") else None


def _reach_of(form: Form) -> Reach:
    plan = form.plan()
    return count_reach(web().hands, plan.districts, plan.languages, plan.texts)


def _draw_form(form: Form, faults: list[Fault] | None = None, reach: Reach | None = None) -> str:
    return render_template(
        "campaigns/form.html", form=form, faults=faults or [], reach=reach, divisions=_divisions(), max_text=MAX_TEXT,
        chosen=_places(form.districts),
        max_title=MAX_TITLE, written=web().hands.catalog.languages.values(),
        language_of=web().hands.catalog.language, size_of=lambda text: measure(clean(text)),
        length_of=lambda text: len(clean(text)),
    )  # fmt: skip


def _draw(
    campaign_id: int, *, done: str = "", ask_stop: bool = False, refused: str = "", fault: Fault | None = None
) -> Response:
    row, progress = _find(campaign_id)
    hands, is_ahead = web().hands, row.state in ("draft", "scheduled")
    offered = OFFERED[row.state]
    refresh = REFRESH_S if _is_moving(row) and not (ask_stop or refused or fault) else 0
    page = render_template(
        "campaigns/campaign.html", campaign=row, progress=progress, parts=PARTS, offered=offered, done=done,
        refused=refused, fault=fault, typed=request.form, ask_stop=ask_stop and "stop" in offered, refresh=refresh,
        reach=count_reach(hands, row.districts, row.languages, row.texts) if is_ahead else None,
        soonest=hands.now().astimezone(KARACHI).strftime("%Y-%m-%dT%H:%M"), language_of=hands.catalog.language,
        names=_places(row.districts),
    )  # fmt: skip
    answer = make_response(page)
    if refresh:  # to the bare address, so that the word of what was done is said once
        answer.headers["Refresh"] = f"{refresh}; url={url_for('campaigns.campaign', campaign_id=campaign_id)}"
    return answer


def _is_moving(row: Any) -> bool:
    """Whether its page is soon out of date: it is being sent, or its time has come and the clock is next."""
    return row.state == "sending" or bool(row.state == "scheduled" and row.starts_at <= web().hands.now())


def _places(districts: Sequence[str]) -> list[Names]:
    return [web().hands.directory.names_of("place", code) for code in districts]


def _divisions() -> Mapping[str, tuple[Names, list[tuple[str, Names]]]]:
    """{division: (its names, its districts)}, as the directory orders them."""
    directory = web().hands.directory
    return {
        code: (names, [(area.code, area.names) for area in directory.districts.values() if area.parent == code])
        for code, names in directory.divisions.items()
    }
