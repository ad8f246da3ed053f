"""Time in words: how long is left, how late it is, when something was said."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.catalog import Catalog
from bot.clock import KARACHI
from bot.tickets import RUNNING

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = DAY
"""A deadline this near is marked."""
DAYS_FROM = 2 * DAY
"""Shorter spans are told in hours."""


@dataclass(frozen=True, slots=True)
class Due:
    """`kind` chooses colour and shape: late, soon, calm, info or done; `text` says the same in words."""

    kind: str
    text: str


def due(catalog: Catalog, language: str, state: str, deadline: datetime, now: datetime) -> Due:
    """The badge of a ticket: what is owed, or that nothing is."""
    if state not in RUNNING:
        return Due("done" if state == "confirmed" else "info", catalog.text(language, f"desk.state.{state}"))
    left = deadline - now
    length = span(catalog, language, abs(left))
    if left < timedelta(0):
        return Due("late", catalog.text(language, "desk.due.late", span=length))
    return Due("soon" if left < SOON else "calm", catalog.text(language, "desk.due.left", span=length))


def span(catalog: Catalog, language: str, length: timedelta) -> str:
    """E.g. 3 hours, 1 day; never nought."""
    if length >= DAYS_FROM:
        return _count(catalog, language, "days", length // DAY)
    if length >= HOUR:
        return _count(catalog, language, "hours", length // HOUR)
    return _count(catalog, language, "minutes", max(length // timedelta(minutes=1), 1))


def moment(catalog: Catalog, language: str, at: datetime, now: datetime) -> str:
    """E.g. today 14:05, 3 November 09:30, in Karachi's time."""
    folder, local, today = catalog.language(language).folder, at.astimezone(KARACHI), now.astimezone(KARACHI).date()
    clock = folder["dates"]["time"].format(hour=f"{local.hour:02}", minute=f"{local.minute:02}")
    named = {today: "today", today - timedelta(days=1): "yesterday"}.get(local.date())
    return f"{folder['units'][named] if named else catalog.day(language, at)} {clock}"


def _count(catalog: Catalog, language: str, unit: str, n: int) -> str:
    forms = catalog.language(language).folder["units"][unit]
    return str(forms["one" if n == 1 else "other"].format(n=n))
