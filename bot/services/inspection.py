"""Reading the audit log: by whom, of what, about what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.services.hands import Hands
from bot.store import accounts, audit

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: any. `person`: the user name of who did it; `subject`: as the log names it."""

    person: str = ""
    action: str = ""
    subject: str = ""


def see_audit(hands: Hands, wanted: Wanted, before: int) -> Sequence[Any]:
    """The newest PAGE lines older than line `before`, and one more if there are more."""
    exact: dict[str, Any] = {name: value for name in ("action", "subject") if (value := getattr(wanted, name))}
    with hands.db.read() as tx:
        if wanted.person:
            account = accounts.find(tx, wanted.person.casefold())
            if account is None:
                return []
            exact["account_id"] = account.id
        return audit.newest(tx, PAGE + 1, before=before, **exact)
