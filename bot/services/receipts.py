"""Delivery receipts: early, late, twice or in any order; what they tell never goes backwards and is never lost."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.carriers.port import Receipt
from bot.delivery import ARRIVED, FAILED, is_progress
from bot.services import waiting
from bot.services.hands import Hands
from bot.store import anew, attempts, contacts, outbox, parked

PARKED_FOR = timedelta(days=3)


def record_receipt(hands: Hands, receipt: Receipt) -> str:
    """Matches a receipt by our own reference, else by the provider's id; one that matches nothing yet is parked.

    Returns `progress`, `nothing new` or `parked`. Raises DatabaseAway.
    """
    with hands.db.write() as tx:
        row = _find(tx, receipt)
        if row is None:
            parked.park(
                tx,
                carrier=receipt.carrier,
                ref=receipt.ref,
                provider_id=receipt.provider_id,
                status=receipt.status,
                error=receipt.error,
                received_at=hands.now(),
            )
            return "parked"
        return apply_receipt(tx, hands, row, receipt)


def apply_receipt(tx: Connection, hands: Hands, row: Any, receipt: Receipt) -> str:
    """Raises the delivery status; a receipt for a message whose outcome we never learnt settles it, and one that says that
    it failed may send it another way."""
    fields: dict[str, Any] = {}
    news = is_progress(row.status, receipt.status)
    if news:
        fields = {"status": receipt.status, "reason": receipt.error}
    # `waiting`: given up for lost, or refused for now, and about to be sent once more; but the carrier has it.
    if row.state in ("waiting", "sending", "unknown"):
        fields |= {
            "state": "accepted",
            "provider_id": receipt.provider_id,
            "lease_until": None,
            "accepted_at": hands.now(),
        }
        attempts.end(tx, row.id, hands.now(), "accepted", "by receipt")
    if not fields:
        return "nothing new"
    outbox.change(tx, row.id, hands.now(), states=(row.state,), **fields)
    if news and receipt.status in FAILED and row.state != "replaced":
        waiting.send_anew(tx, hands, outbox.find(tx, row.id), receipt.error)
    if news and receipt.status in ARRIVED:
        _arrived(tx, hands, row)
    return "progress"


def _arrived(tx: Connection, hands: Hands, row: Any) -> None:
    """It reached the person where we had doubted it: the copy stays here if it still can, and the channel works again."""
    if row.state == "replaced" and anew.take_back_copy(tx, row.id, hands.now()):
        outbox.change(tx, row.id, hands.now(), states=("replaced",), state="accepted")
    if row.channel == "whatsapp":
        contacts.prefer(tx, row.contact_id, "")


def match_parked(tx: Connection, hands: Hands, outbox_id: int, provider_id: str) -> None:
    """Applies receipts that came before we knew the provider's id."""
    for one in parked.take(tx, provider_id):
        row = outbox.find(tx, outbox_id)
        apply_receipt(tx, hands, row, Receipt(one.carrier, one.ref, provider_id, one.status, one.error))


def settle_parked(hands: Hands) -> int:
    """Matches receipts that were parked in the very moment their message was written down; how many messages."""
    with hands.db.read() as tx:
        known = parked.and_known(tx)
    for outbox_id, provider_id in known:
        with hands.db.write() as tx:
            match_parked(tx, hands, outbox_id, provider_id)
    return len(known)


def _find(tx: Connection, receipt: Receipt) -> Any:
    if receipt.ref and (row := outbox.lock_by_ref(tx, receipt.ref)):
        return row
    return outbox.lock_by_provider_id(tx, receipt.carrier, receipt.provider_id)
