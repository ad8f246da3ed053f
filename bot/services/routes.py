"""The ways to a person, likeliest first, and what the gate must know of each message that wants to leave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from bot import phone
from bot.carriers.port import Carrier
from bot.outbox import FETCH_WITHIN, WINDOW, Case, Lane, Route
from bot.services.hands import Hands
from bot.store import anew, campaigns, carriers, templates

CHANNELS = ("whatsapp", "sms")
CAMPAIGN, NOTICE = "campaign", "answer_waiting"
"""Names of templates (bot/data/templates.csv): what carries an announcement, and what says that an answer waits."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
Approved = Mapping[tuple[str, str], str]
"""{(template, language): the carrier's id of it}"""


@dataclass(frozen=True, slots=True)
class Known:
    """What one look at the database tells of many messages: approved templates, ways out of order, states of campaigns."""

    approved: Approved
    shut: Mapping[str, datetime]
    states: Mapping[int, str]
    untold: Collection[int] = ()
    """People whom a template was to tell that something waits, and did not."""


def look(tx: Connection, rows: Sequence[Any], now: datetime) -> Known:
    states = campaigns.states_of(tx, [row.campaign_id for row in rows if row.campaign_id])
    approved = templates.approved(tx)
    untold = anew.untold(tx, [row.contact_id for row in rows], now - FETCH_WITHIN) if approved else set()
    return Known(approved, carriers.shut_routes(tx, now), states, untold)


def case_of(hands: Hands, row: Any, number: str, known: Known, now: datetime) -> Case:
    """The question for the gate about one claimed row, joined with its contact, whose phone is `number`."""
    return Case(
        lane=row.lane,
        now=now,
        created_at=row.created_at,
        routes=[_route(hands, row, known, carrier, channel) for carrier, channel in ways(hands, row)],
        opted_out=row.opted_out_at is not None,
        campaign_state=known.states.get(row.campaign_id, ""),
        phone=phone.kind(number),
        unreachable=bool(row.unreachable),
        is_template=bool(row.template),
        day=hands.day,
    )


def ways(hands: Hands, row: Any) -> list[tuple[Carrier, str]]:
    """(carrier, channel) pairs that have a sender. WhatsApp only to people who wrote there: nobody else agreed to it."""
    first = row.prefers or row.channel
    channels = [first, *(channel for channel in CHANNELS if channel != first)]
    if row.replaces_id and row.channel == "sms":  # it goes by SMS because WhatsApp may have it already
        channels = ["sms"]
    if row.whatsapp_at is None and row.channel != "whatsapp":
        channels = [channel for channel in channels if channel != "whatsapp"]
    return [(carrier, channel) for channel in channels for carrier in _senders(hands, channel, row)]


def template_of(hands: Hands, row: Any, approved: Approved) -> str:
    """The carrier's id of the approved template that carries the message, in its language or what stands for it; or none."""
    name = row.template or (CAMPAIGN if row.lane == Lane.BROADCAST else "")
    return _approved(hands, approved, name, row.language) if name else ""


def _senders(hands: Hands, channel: str, row: Any) -> list[Carrier]:
    """The carrier of last time first, then those on which the person can answer, in the configured order."""
    able = [carrier for carrier in hands.carriers.by_name.values() if carrier.sends(channel)]
    return sorted(able, key=lambda c: (not (c.name == row.carrier and channel == row.channel), not c.hears(channel)))


def _route(hands: Hands, row: Any, known: Known, carrier: Carrier, channel: str) -> Route:
    shut = known.shut.get(f"{carrier.name}:{channel}")
    if channel != "whatsapp":
        return Route(carrier.name, channel, shut_until=shut)
    return Route(
        carrier.name,
        channel,
        window_until=(row.whatsapp_at or NEVER) + WINDOW,
        template=bool(template_of(hands, row, known.approved)),
        notice=row.contact_id not in known.untold and bool(_approved(hands, known.approved, NOTICE, row.language)),
        shut_until=shut,
    )


def _approved(hands: Hands, approved: Approved, name: str, language: str) -> str:
    return next((approved[name, code] for code in hands.catalog.chain(language) if (name, code) in approved), "")
