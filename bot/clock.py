"""When things are due. Hours run on, day and night; times are aware and in UTC inside, Asia/Karachi where people read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

KARACHI = ZoneInfo("Asia/Karachi")
QUESTION_HOURS = 120
"""Hours in which a department answers a question; a proposal of the project, editable like every limit."""
ABANDONED_AFTER = timedelta(hours=8)
"""A draft untouched for so long is taken up again with one question."""


def deadline(opened: datetime, hours: int) -> datetime:
    """The instant `hours` after `opened`; at least one hour, so that nothing is late the moment it opens."""
    return opened + timedelta(hours=max(hours, 1))


def is_abandoned(last: datetime | None, now: datetime) -> bool:
    """Whether a draft last touched at `last` counts as left behind."""
    return last is not None and now - last >= ABANDONED_AFTER


def daytime(now: datetime, day: tuple[int, int]) -> datetime:
    """`now`, or the next instant between the hours of `day` (first, end; Karachi), when announcements may go out."""
    local, (begins, ends) = now.astimezone(KARACHI), day
    if begins <= local.hour < ends:
        return now
    morning = local.replace(hour=begins, minute=0, second=0, microsecond=0)
    return (morning if local.hour < begins else morning + timedelta(days=1)).astimezone(now.tzinfo)
