"""Broadcasts: written by a campaign manager, scheduled, frozen into the outbox, watched, paused and stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.campaigns import SCHEDULABLE, Progress, check_texts
from bot.services.hands import Hands
from bot.store import accounts, campaigns
from bot.store.database import unhurried

FREEZABLE = ("scheduled",)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a manager wrote: a text a language, for some districts (none: all) and languages."""

    title: str
    texts: Mapping[str, str]
    districts: Sequence[str]
    languages: Sequence[str]


def count(hands: Hands, districts: Sequence[str], languages: Sequence[str]) -> dict[str, int]:
    """{language: people}, and under "opted_out" those left out because they said STOP."""
    with hands.db.read() as tx:
        return campaigns.count_audience(tx, districts, languages)


def draft(hands: Hands, account_id: int, key: str, plan: Plan) -> int | list[str]:
    """Stores a draft; its id, or the keys of what is wrong. The same form sent twice gives 0 the second time."""
    if faults := check_texts(plan.title, plan.texts, plan.languages):
        return faults
    with hands.db.write() as tx:
        if not accounts.submit_once(tx, key, account_id, hands.now()):
            return 0
        return campaigns.add(
            tx,
            title=plan.title,
            texts={language: plan.texts[language] for language in plan.languages},
            districts=list(plan.districts),
            languages=list(plan.languages),
            state="draft",
            created_by=account_id,
            created_at=hands.now(),
        )


def schedule(hands: Hands, campaign_id: int, at: datetime) -> bool:
    """Sets when it goes out; the clock starts it. False if it is no draft any more."""
    with hands.db.write() as tx:
        return campaigns.change(tx, campaign_id, SCHEDULABLE, state="scheduled", starts_at=at)


def pause(hands: Hands, campaign_id: int) -> bool:
    with hands.db.write() as tx:
        return campaigns.change(tx, campaign_id, ("sending",), state="paused")


def resume(hands: Hands, campaign_id: int) -> bool:
    with hands.db.write() as tx:
        return campaigns.change(tx, campaign_id, ("paused",), state="sending")


def stop(hands: Hands, campaign_id: int) -> bool:
    """Ends it for good: what has not left stays here, and says why."""
    now = hands.now()
    with hands.db.write() as tx:
        if not campaigns.change(
            tx, campaign_id, ("draft", "scheduled", "sending", "paused"), state="stopped", ended_at=now
        ):
            return False
        campaigns.skip_waiting(tx, campaign_id, now, "campaign_stopped")
        return True


def start_due(hands: Hands) -> int:
    """Freezes the audience of every campaign whose time has come; how many campaigns. Two clocks start each once."""
    now, started = hands.now(), 0
    with hands.db.read() as tx:
        due = campaigns.due(tx, now)
    for campaign_id in due:
        with hands.db.write() as tx:
            unhurried(tx)
            if campaigns.change(tx, campaign_id, FREEZABLE, state="sending", started_at=now):
                plan = campaigns.get(tx, campaign_id)
                people = campaigns.freeze(tx, campaign_id, plan.districts, plan.languages, now)
                campaigns.change(tx, campaign_id, ("sending",), audience=people)
                started += 1
    return started


def end_finished(hands: Hands) -> int:
    """Marks campaigns with nobody left to send to as done; how many."""
    with hands.db.write() as tx:
        running = campaigns.in_state(tx, "sending")
        finished = [i for i in running if not campaigns.unfinished(tx, i)]
        return sum(campaigns.change(tx, i, ("sending",), state="done", ended_at=hands.now()) for i in finished)


def see(hands: Hands, campaign_id: int) -> tuple[Any, Progress] | None:
    """A campaign and how far it is."""
    with hands.db.read() as tx:
        campaign = campaigns.find(tx, campaign_id)
        if campaign is None:
            return None
        return campaign, Progress.of(campaigns.progress(tx, campaign_id))


def see_all(hands: Hands) -> Sequence[Any]:
    with hands.db.read() as tx:
        return campaigns.newest(tx)
