"""Answers that wait for the person, and messages that go another way because the first did not reach them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.delivery import (
    FALL_BACK_AFTER,
    REPLACE_AFTER,
    REPLACED_TIMES,
    WORTH_SENDING,
    sends_anew,
)
from bot.dialogue.talk import DEFAULT_LANGUAGE
from bot.outbox import FETCH_WITHIN, Await, Lane, Trouble
from bot.services import routes
from bot.services.hands import Hands
from bot.store import anew, contacts, outbox, tickets


def hold(tx: Connection, hands: Hands, row: Any, verdict: Await) -> None:
    """Keeps an answer until the person writes, and tells them once that it is there."""
    now = hands.now()
    fields = {"state": "held", "due_at": verdict.until, "reason": verdict.reason, "attempts": row.attempts - 1}
    outbox.change(tx, row.id, now, states=("sending",), **fields)
    if verdict.notice is None or anew.has_notice(tx, row.contact_id, routes.NOTICE, now - FETCH_WITHIN):
        return
    number = tickets.number_of(tx, row.ticket_id) if row.ticket_id else ""
    language = row.language or DEFAULT_LANGUAGE
    outbox.put(tx, [{
        "ref": hands.ref(), "contact_id": row.contact_id, "lane": int(Lane.NOTICE), "language": language,
        "carrier": verdict.notice.carrier, "channel": verdict.notice.channel, "ticket_id": row.ticket_id,
        "text": hands.catalog.text(language, "notice.answer_waiting", number=number), "template": routes.NOTICE,
        "variables": [number], "state": "waiting", "due_at": now, "created_at": now, "updated_at": now,
    }])  # fmt: skip


def wake_held(hands: Hands) -> int:
    """Asks the gate again about answers that waited for the person long enough; how many."""
    with hands.db.write() as tx:
        return anew.wake_held(tx, hands.now())


def fall_back(hands: Hands) -> int:
    """Sends by SMS what WhatsApp took long ago and delivered to nobody, as in days without mobile data; how many.

    Once each, counted as one message to one person; the person gets what comes next by SMS too, until they write by
    WhatsApp or something arrives there.
    """
    if not any(carrier.sends("sms") for carrier in hands.carriers.by_name.values()):
        return 0
    now, moved = hands.now(), 0
    for lane, patience in FALL_BACK_AFTER.items():
        with hands.db.write() as tx:
            for row in anew.undelivered(tx, int(lane), now - patience, now - WORTH_SENDING[lane]):
                moved += _by_sms(tx, hands, row, now)
    return moved


def send_elsewhere(tx: Connection, hands: Hands, outbox_id: int) -> None:
    """The carrier refused the person and not the message: it goes another way, if there is one."""
    row = outbox.find(tx, outbox_id)
    if row is not None and _may_be_sent_anew(tx, row, Trouble.ELSEWHERE, hands.now()):
        _by_sms(tx, hands, row, hands.now())


def send_anew(tx: Connection, hands: Hands, row: Any, error: str) -> None:
    """A receipt said that the message failed: what that tells of the person is noted, and it is sent anew if that may help."""
    carrier, now = hands.carriers.get(row.carrier), hands.now()
    trouble = carrier.trouble(error) if carrier else Trouble.REFUSED
    match trouble:
        case Trouble.OPTED_OUT:
            contacts.opt_out(tx, row.contact_id, now)
        case Trouble.NUMBER:
            contacts.note_unreachable(tx, row.contact_id, error)
        case Trouble.WINDOW:
            contacts.close_window(tx, row.contact_id, now)
    if row.template:
        anew.wake_held_of(tx, row.contact_id, now)
    if not _may_be_sent_anew(tx, row, trouble, now):
        return
    if trouble is Trouble.ELSEWHERE:
        _by_sms(tx, hands, row, now)
        return
    due = now + REPLACE_AFTER.get(trouble, timedelta(0))
    anew.replace(tx, row, now, ref=hands.ref(), carrier=row.carrier, channel=row.channel, due_at=due, reason=error)


def _may_be_sent_anew(tx: Connection, row: Any, trouble: Trouble, now: datetime) -> bool:
    times = anew.times_replaced(tx, row, REPLACED_TIMES)
    return not row.template and sends_anew(trouble, row.lane, times, row.created_at, now)


def _by_sms(tx: Connection, hands: Hands, row: Any, now: datetime) -> bool:
    """A copy by SMS in the place of a WhatsApp message; False where no SMS can be sent or it was done before."""
    able = [carrier for carrier in hands.carriers.by_name.values() if carrier.sends("sms")]
    if row.channel != "whatsapp" or not able:
        return False
    best = min(able, key=lambda carrier: not carrier.hears("sms"))
    copy = anew.replace(
        tx, row, now, ref=hands.ref(), carrier=best.name, channel="sms", due_at=now, reason="not_on_whatsapp"
    )
    if copy:
        contacts.prefer(tx, row.contact_id, "sms")
    return copy is not None
