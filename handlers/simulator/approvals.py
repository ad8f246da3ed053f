"""The channel's word on templates: handed in, pending, approved, rejected, paused; and what comes of sending one."""

import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.simulator.contents import Content, Contents
from handlers.simulator.faults import Faults

CATEGORIES = {"UTILITY", "MARKETING", "AUTHENTICATION"}
NAME = re.compile(r"[a-z0-9_]{1,512}")
SESSION_ONLY = "twilio/list-picker"
UNFIT_VALUE = re.compile(r"[\n\t]| {5}")  # Meta's rule for what fills a blank
WRONG_COUNT, WRONG_VALUE = 63028, 63030
BY_STATE = {"paused": 63041, "disabled": 63042}


@dataclass(frozen=True)
class Request:
    """A template handed in: under which name, when, and what was to come of it then."""

    name: str
    category: str
    at: datetime
    verdict: dict[str, Any]


class Approvals:
    """Every request by template; safe to use from any thread."""

    def __init__(self, contents: Contents, faults: Faults) -> None:
        self._contents, self._faults = contents, faults
        self._lock = threading.Lock()
        self._asked: dict[str, Request] = {}

    def wrong(self, wanted: dict[str, Any]) -> str:
        """What is wrong with a request, in words; empty when nothing is. The template's name keeps to Meta's letters."""
        if not NAME.fullmatch(str(wanted.get("name", ""))):
            return "name must be of small letters, digits and underscores"
        if wanted.get("category") not in CATEGORIES:
            return f"category must be one of {', '.join(sorted(CATEGORIES))}"
        return ""

    def ask(self, content: Content, wanted: dict[str, Any]) -> None:
        """Hands a template in; the knob `approval` decides now what will come of it."""
        refused = {"status": "rejected", "reason": "list pickers are for sessions only"}
        verdict = refused if SESSION_ONLY in content.types else self._faults["approval"]
        with self._lock:
            self._asked[content.sid] = Request(wanted["name"], wanted["category"], self._faults.now(), verdict)

    def status(self, sid: str) -> str:
        """How a template stands: by the knob `templates`, else by its request, whose answer may take a while."""
        if forced := self._faults["templates"].get(sid):
            return str(forced)
        asked = self._asked.get(sid)
        if asked is None or self._contents.get(sid) is None:
            return "unsubmitted"
        waited = self._faults.now() - asked.at
        is_over = waited >= timedelta(seconds=asked.verdict.get("after_s", 0))
        return str(asked.verdict.get("status", "approved")) if is_over else "pending"

    def is_approved(self, sid: str) -> bool:
        """Whether a template may open a conversation."""
        return bool(sid) and self.status(sid) == "approved"

    def error_of(self, sid: str, values: dict[str, str]) -> int | None:
        """The channel's error for sending a template with these values; None when it goes, or is none of its own.

        A blank may be left to the sample it was created with. Which code an unfit value has is our guess.
        """
        content = self._contents.get(sid)
        state = self.status(sid)
        if content is None or state != "approved":
            return BY_STATE.get(state)
        blanks = content.placeholders
        if values.keys() - blanks or blanks - values.keys() - content.variables.keys():
            return WRONG_COUNT
        return WRONG_VALUE if any(UNFIT_VALUE.search(value) for value in values.values()) else None

    def show(self, content: Content) -> dict[str, Any]:
        """A template's approval as the REST API has it."""
        asked, status = self._asked.get(content.sid), self.status(content.sid)
        reason = asked.verdict.get("reason", "") if asked else ""
        return {
            "name": asked.name if asked else content.friendly_name,
            "category": asked.category if asked else "UTILITY",
            "content_type": next(iter(content.types)),
            "status": status,
            "rejection_reason": reason or "not given" if status == "rejected" else "",
            "allow_category_change": True,
        }
