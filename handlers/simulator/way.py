"""A message's way after it was accepted: which states it goes through, how soon, and with which error it ends."""

from dataclasses import dataclass
from datetime import timedelta

from handlers.simulator.approvals import Approvals
from handlers.simulator.exchange import Exchange
from handlers.simulator.faults import Faults
from handlers.simulator.values import Message

SENT_S = 0.05
DELIVERED_S = 0.15
WINDOW = timedelta(hours=24)
UNAPPROVED_BUTTONS = 3
NEVER_SENT, CHANNEL_ERRORS = (30001, 30002), 63000
QUEUE_FULL, OUTSIDE_WINDOW, CONTENT_REFUSED, MEDIA_FAILED = 30001, 63016, 63021, 63019


@dataclass(frozen=True)
class Step:
    """One receipt to come: the status, its error, and how long after the step before, in seconds."""

    status: str
    after: float
    error: int | None = None


@dataclass(frozen=True)
class Ways:
    """Finds a message's way by the channel's rules and the faults as they stand when it is accepted."""

    exchange: Exchange
    approvals: Approvals
    faults: Faults

    def of(self, message: Message, values: dict[str, str], waits: float | None) -> tuple[Step, ...]:
        """Its steps; `values` fill the template, `waits`: seconds behind others in the sender's queue, None: no room."""
        delay = self.faults.of("receipt_delay_s", message.number)
        sent, delivered = (SENT_S, DELIVERED_S) if delay is None else (delay, delay)
        steps = (Step("queued", 0),) if message.service else ()
        error, status = (QUEUE_FULL, "failed") if waits is None else self._failure(message, values)
        if error and status == "failed":
            return (*steps, Step("failed", sent + (waits or 0), error))
        end = Step("undelivered", delivered, error) if error else Step("delivered", delivered)
        steps = (*steps, Step("sent", sent + (waits or 0)), end)
        backwards = self.faults.of("reorder", message.number) and not self.faults.is_down(
            message.channel, message.number
        )
        return steps[::-1] if backwards else steps

    def _failure(self, message: Message, values: dict[str, str]) -> tuple[int | None, str]:
        fault = self.faults.of_number(message.number)
        rule = self._whatsapp_rule(message, values) if message.channel == "whatsapp" else None
        error = fault.get("code") or rule
        usual = "failed" if error in NEVER_SENT or (error or 0) >= CHANNEL_ERRORS else "undelivered"
        return error, fault.get("status", usual)

    def _whatsapp_rule(self, message: Message, values: dict[str, str]) -> int | None:
        if error := self.approvals.error_of(message.content, values):
            return error
        if self.approvals.is_approved(message.content):
            return None
        if self.faults.of("whatsapp_window", message.number) and not self._window_is_open(message):
            return OUTSIDE_WINDOW
        buttons = [option for option in message.options if option.kind == "button"]
        return CONTENT_REFUSED if len(buttons) > UNAPPROVED_BUTTONS else None

    def _window_is_open(self, message: Message) -> bool:
        oldest = self.faults.now() - WINDOW
        thread = self.exchange.thread(message.channel, message.number)
        return any(one.created >= oldest for one in thread if one.inbound)
