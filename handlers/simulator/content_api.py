"""The carrier's REST door for content templates."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from handlers.simulator.account import guard_account
from handlers.simulator.contents import Content, ContentError, read_content
from handlers.simulator.core import here
from handlers.simulator.errors import Refusal, refuse

ONE = "/v1/Content/<sid>"
door = Blueprint("content", __name__)
guard_account(door)


@door.post("/v1/Content")
def create() -> Response:
    """JSON -> 201 with the template."""
    try:
        content = read_content(request.get_json(silent=True))
    except ContentError as trouble:
        return refuse(Refusal(20001, str(trouble)))
    here().contents.add(content)
    answer = jsonify(_resource(content))
    answer.status_code = 201
    return answer


@door.get("/v1/Content")
def list_() -> Response:
    """Every template, newest first, page by page; links are absolute."""
    size = min(max(request.args.get("PageSize", 50, int), 1), 1000)
    page = max(request.args.get("Page", 0, int), 0)
    found = here().contents.newest_first()
    shown = found[page * size : (page + 1) * size]
    more = (page + 1) * size < len(found)
    meta = {
        "page": page,
        "page_size": size,
        "first_page_url": _page_url(0, size),
        "previous_page_url": _page_url(page - 1, size) if page else None,
        "url": _page_url(page, size),
        "next_page_url": _page_url(page + 1, size) if more else None,
        "key": "contents",
    }
    return jsonify(contents=[_resource(content) for content in shown], meta=meta)


@door.get(ONE)
def fetch(sid: str) -> Response:
    """One template."""
    content = here().contents.get(sid)
    return jsonify(_resource(content)) if content else refuse(Refusal(20404, request.path))


@door.delete(ONE)
def remove(sid: str) -> Response:
    """Takes a template out of the account."""
    if here().contents.get(sid) is None:
        return refuse(Refusal(20404, request.path))
    here().contents.remove(sid)
    return Response(status=204)


@door.post(ONE + "/ApprovalRequests/whatsapp")
def ask_approval(sid: str) -> Response:
    """Hands a template in for approval; approved at once unless a knob or its kind says otherwise."""
    content = here().contents.get(sid)
    if content is None:
        return refuse(Refusal(20404, request.path))
    wanted = request.get_json(silent=True)
    wanted = wanted if isinstance(wanted, dict) else {}
    if wrong := here().approvals.wrong(wanted):
        return refuse(Refusal(20001, wrong))
    here().approvals.ask(content, wanted)
    answer = jsonify(here().approvals.show(content))
    answer.status_code = 201
    return answer


@door.get(ONE + "/ApprovalRequests")
def approvals(sid: str) -> Response:
    """How a template's approval stands."""
    content = here().contents.get(sid)
    if content is None:
        return refuse(Refusal(20404, request.path))
    account, url = here().settings.account_sid, request.base_url
    return jsonify(
        sid=sid, account_sid=account, url=url, whatsapp={"type": "whatsapp"} | here().approvals.show(content)
    )


def _resource(content: Content) -> dict[str, Any]:
    url = f"{request.host_url}v1/Content/{content.sid}"
    created = content.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    approvals_url = f"{url}/ApprovalRequests"
    return {
        "sid": content.sid,
        "account_sid": here().settings.account_sid,
        "friendly_name": content.friendly_name,
        "language": content.language,
        "variables": content.variables,
        "types": content.types,
        "date_created": created,
        "date_updated": created,
        "url": url,
        "links": {"approval_create": f"{approvals_url}/whatsapp", "approval_fetch": approvals_url},
    }


def _page_url(page: int, size: int) -> str:
    return f"{request.base_url}?PageSize={size}&Page={page}"
