"""The views of the queue: which tickets each shows, by state, by whose they are, by when they are due. Pure, and a table."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import KARACHI
from bot.tickets import OPEN_STATES, RUNNING, STATES

MINE, NOBODYS = "mine", "nobodys"
TODAY, LATE = "today", "late"


@dataclass(frozen=True, slots=True)
class View:
    """Tickets in `states`; `whose`: MINE, NOBODYS or anybody's; `due`: until the end of TODAY, LATE, or whenever;
    `raised`: only those that went up a level. What is due is listed by its deadline, all else newest trouble first."""

    name: str
    states: Collection[str]
    whose: str = ""
    due: str = ""
    raised: bool = False

    @property
    def label(self) -> str:
        """The key of its name in the catalog."""
        return f"desk.state.{self.name}" if self.name in STATES else f"desk.view.{self.name}"


VIEWS = (
    View("open", OPEN_STATES),
    View("mine", OPEN_STATES, whose=MINE),
    View("unassigned", RUNNING, whose=NOBODYS),
    View("overdue", RUNNING, due=LATE),
    View("due_today", RUNNING, due=TODAY),
    View("escalated", RUNNING, raised=True),
    *(View(state, (state,)) for state in STATES),
)
BY_NAME = {view.name: view for view in VIEWS}


def end_of_today(now: datetime) -> datetime:
    """The instant at which this day ends in Karachi."""
    midnight = now.astimezone(KARACHI).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1)).astimezone(now.tzinfo)
