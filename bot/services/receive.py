"""A citizen's message comes in: stored once, answered in the same transaction; a bug delays the answer and loses nothing."""

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot import loops
from bot.carriers.port import Inbound
from bot.dialogue.fetching import wants_what_waits
from bot.dialogue.values import Message
from bot.services.hands import Hands
from bot.services.mishap import kind_and_place
from bot.services.numbers import number_of
from bot.services.turns import hand_to_person, note_visit, take_turn
from bot.store import anew, contacts, media, messages
from bot.store.database import DatabaseAway
from bot.text.fold import clean

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """`outcome`: answered, repeated (this carrier brought it before), kept (a worker will answer it) or silent (a machine
    that answers our answers gets none).

    `outbox_ids`: what is to be sent now."""

    outcome: str
    outbox_ids: tuple[int, ...] = ()


def receive(hands: Hands, message: Inbound) -> Received:
    """Takes in one message. Raises DatabaseAway while the database cannot be reached; the carrier then tries again."""
    try:
        return _answer(hands, message)
    except DatabaseAway:
        raise
    except Exception as error:
        _log_bug(error)
        return _keep(hands, message)


def answer_later(hands: Hands, inbound_id: int) -> Received:
    """Tries a kept message again; after the last try it is left to a person, and the citizen is told so."""
    try:
        with hands.db.write() as tx:
            contact, row = _lock(tx, inbound_id)
            if row.state != "unanswered":
                return Received("repeated")
            ids = take_turn(tx, hands, contact, _stored_message(row), carrier=row.carrier, channel=row.channel)
            messages.mark_answered(tx, inbound_id)
            return Received("answered", tuple(ids))
    except DatabaseAway:
        raise
    except Exception as error:
        _log_bug(error)
        return _give_up_slowly(hands, inbound_id)


def show_typing(hands: Hands, inbound_id: int) -> None:
    """Tells the citizen whose answer is late that it is being written, where the channel can. Calls the carrier."""
    with hands.db.read() as tx:
        row = messages.find(tx, inbound_id)
        phone = number_of(hands, row.contact_id, contacts.find(tx, row.contact_id).phone)
    if phone and (carrier := hands.carriers.get(row.carrier)):
        carrier.typing(Inbound(row.carrier, row.provider_id, row.channel, phone, ""))


def _answer(hands: Hands, message: Inbound) -> Received:
    with hands.db.write() as tx:
        contact = contacts.lock_by_phone(tx, hands.vault, message.phone, hands.now())
        inbound_id = _store(tx, hands, contact.id, message, "answered")
        if inbound_id is None:
            return Received("repeated")
        if message.keyword:
            _heed(tx, hands, contact.id, message.keyword)
            note_visit(tx, hands, contact, carrier=message.carrier, channel=message.channel)
            return Received("answered")
        if _is_loop(tx, hands, contact, inbound_id, message.text):
            note_visit(tx, hands, contact, carrier=message.carrier, channel=message.channel)
            return Received("silent")
        said = _message(hands, inbound_id, message)
        waited = anew.release(tx, contact.id, hands.now(), carrier=message.carrier, channel=message.channel)
        if waited and wants_what_waits(said, hands.lexicon):
            note_visit(tx, hands, contact, carrier=message.carrier, channel=message.channel)
            return Received("answered", tuple(waited))
        ids = take_turn(tx, hands, contact, said, carrier=message.carrier, channel=message.channel)
        return Received("answered", (*waited, *ids))


def _is_loop(tx: Connection, hands: Hands, contact: Any, inbound_id: int, text: str) -> bool:
    now, last = hands.now(), contact.last_inbound_at
    if last is None or now - last > loops.QUICK:
        return False
    return loops.is_loop(messages.recent_texts(tx, contact.id, now - loops.LONG, inbound_id), clean(text), now)


def _heed(tx: Connection, hands: Hands, contact_id: int, keyword: str) -> None:
    """Does what the word says; the carrier has answered it already, and a second answer would be one too many."""
    if keyword in ("stop", "start"):
        contacts.opt_out(tx, contact_id, hands.now() if keyword == "stop" else None)


def _keep(hands: Hands, message: Inbound) -> Received:
    with hands.db.write() as tx:
        contact = contacts.lock_by_phone(tx, hands.vault, message.phone, hands.now())
        inbound_id = _store(tx, hands, contact.id, message, "unanswered")
        if inbound_id is not None:
            messages.mark_unanswered(tx, inbound_id, hands.now())
    return Received("kept" if inbound_id is not None else "repeated")


def _give_up_slowly(hands: Hands, inbound_id: int) -> Received:
    """Another try later; after the last one the message becomes a question in the common queue, so that a person reads it."""
    with hands.db.write() as tx:
        contact, row = _lock(tx, inbound_id)
        if row.state != "unanswered":
            return Received("repeated")
        if not messages.mark_unanswered(tx, inbound_id, hands.now()):
            return Received("kept")
        ids = hand_to_person(tx, hands, contact, _stored_message(row), carrier=row.carrier, channel=row.channel)
        return Received("kept", tuple(ids))


def _lock(tx: Connection, inbound_id: int) -> tuple[Any, Any]:
    """The contact, locked, and then the message as it is now: another worker may have answered it meanwhile."""
    contact = contacts.lock(tx, messages.find(tx, inbound_id).contact_id)
    return contact, messages.find(tx, inbound_id)


def _store(tx: Connection, hands: Hands, contact_id: int, message: Inbound, state: str) -> int | None:
    latitude, longitude = message.pin or (None, None)
    inbound_id = messages.store(
        tx,
        carrier=message.carrier,
        provider_id=message.provider_id,
        contact_id=contact_id,
        channel=message.channel,
        text=clean(message.text),
        button=clean(message.button),
        media=[{"url": ref.url, "kind": ref.kind} for ref in message.media],
        latitude=latitude,
        longitude=longitude,
        received_at=hands.now(),
        state=state,
    )
    if inbound_id is not None and message.media:
        media.expect(tx, inbound_id, [(ref.url, ref.kind) for ref in message.media], hands.now())
    return inbound_id


def _message(hands: Hands, inbound_id: int, message: Inbound) -> Message:
    kinds = tuple(ref.kind for ref in message.media)
    return Message(inbound_id, clean(message.text), hands.now(), clean(message.button), kinds, message.pin)


def _stored_message(row: Any) -> Message:
    pin = None if row.latitude is None else (row.latitude, row.longitude)
    return Message(row.id, row.text, row.received_at, row.button, tuple(m["kind"] for m in row.media), pin)


def _log_bug(error: Exception) -> None:
    log.error("a turn failed with %s at %s; the message is kept and will be tried again", *kind_and_place(error))
