"""Delivery receipts: a message's way after it was accepted, told to the service as the carrier tells it."""

from dataclasses import dataclass
from functools import partial

from handlers.simulator.contents import Contents
from handlers.simulator.exchange import Exchange
from handlers.simulator.faults import Faults
from handlers.simulator.pool import Pool
from handlers.simulator.post import idempotency_token, post, sign
from handlers.simulator.settings import SimulatorSettings
from handlers.simulator.values import Message, now

SENT_S = 0.05
DELIVERED_S = 0.15
WINDOW_S = 24 * 3600
UNAPPROVED_BUTTONS = 3
NEVER_SENT, CHANNEL_ERRORS = (30001, 30002), 63000
OUTSIDE_WINDOW, CONTENT_REFUSED = 63016, 63021


@dataclass(frozen=True)
class Step:
    """One receipt to come: the status, its error, and how long after the step before, in seconds."""

    status: str
    after: float
    error: int | None = None


@dataclass(frozen=True)
class Receipts:
    """Walks messages through their states and posts each as a signed receipt."""

    settings: SimulatorSettings
    exchange: Exchange
    contents: Contents
    faults: Faults
    pool: Pool

    def start(self, message: Message, wait: float = 0) -> None:
        """A message was accepted; its receipts follow after `wait` seconds, or at once when `early_receipts` is on."""
        steps = self._way(message)
        if self.faults["early_receipts"] and not wait:
            for step in steps:
                self._take(message, step)
        else:
            self._later(message, steps, wait)

    def opened(self, messages: list[Message]) -> None:
        """Somebody has just looked at these."""
        for message in messages:
            if message.channel == "whatsapp" and not message.inbound:
                self._later(message, (Step("read", 0),))

    def _way(self, message: Message) -> tuple[Step, ...]:
        delay = self.faults["receipt_delay_s"]
        sent, delivered = (SENT_S, DELIVERED_S) if delay is None else (delay, delay)
        steps = (Step("queued", 0),) if message.service else ()
        error, status = self._failure(message)
        if error and status == "failed":
            return (*steps, Step("failed", sent, error))
        end = Step("undelivered", delivered, error) if error else Step("delivered", delivered)
        steps = (*steps, Step("sent", sent), end)
        return steps[::-1] if self.faults["reorder"] else steps

    def _failure(self, message: Message) -> tuple[int | None, str]:
        fault = self.faults.of_number(message.number)
        error = fault.get("code") or (self._whatsapp_rule(message) if message.channel == "whatsapp" else None)
        usual = "failed" if error in NEVER_SENT or (error or 0) >= CHANNEL_ERRORS else "undelivered"
        return error, fault.get("status", usual)

    def _whatsapp_rule(self, message: Message) -> int | None:
        template = self.contents.is_approved(message.content)
        if self.faults["whatsapp_window"] and not template and not self._window_is_open(message):
            return OUTSIDE_WINDOW
        buttons = [option for option in message.options if option.kind == "button"]
        return CONTENT_REFUSED if len(buttons) > UNAPPROVED_BUTTONS and not template else None

    def _window_is_open(self, message: Message) -> bool:
        thread = self.exchange.thread(message.channel, message.number)
        return any(one.inbound and (now() - one.created).total_seconds() < WINDOW_S for one in thread)

    def _later(self, message: Message, steps: tuple[Step, ...], wait: float = 0) -> None:
        if steps:
            self.pool.later(wait + steps[0].after, partial(self._walk, message, steps))

    def _walk(self, message: Message, steps: tuple[Step, ...]) -> None:
        self._take(message, steps[0])
        if steps[0].status == "delivered" and message.channel == "whatsapp" and self.exchange.is_open(message):
            steps = (*steps, Step("read", DELIVERED_S))
        self._later(message, steps[1:])

    def _take(self, message: Message, step: Step) -> None:
        moved = self.exchange.advance(message.sid, step.status, step.error)
        late = self.faults["reorder"] and self.exchange.get(message.sid) and step.status != "read"
        if moved or late:
            self._tell(message, step)

    def _tell(self, message: Message, step: Step) -> None:
        if not message.callback or self.faults.happens("loss"):
            return
        form = receipt_form(message, step, self.settings.account_sid)
        signature = sign(message.callback, form, self.settings.auth_token)
        url, token = self.settings.transport(message.callback), idempotency_token()
        for _ in range(2 if self.faults.happens("duplicate") else 1):
            post(url, form, signature, token)


def receipt_form(message: Message, step: Step, account: str) -> dict[str, str]:
    """The parameters of one receipt."""
    sender, to = message.addresses
    form = {
        "ApiVersion": "2010-04-01",
        "AccountSid": account,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": step.status,
        "SmsStatus": step.status,
        "From": sender,
        "To": to,
    }
    if message.service:
        form["MessagingServiceSid"] = message.service
    if step.error:
        form["ErrorCode"] = str(step.error)
    return form | (_channel_fields(message, step) if message.channel == "whatsapp" else _sms_fields(step))


def _channel_fields(message: Message, step: Step) -> dict[str, str]:
    fields = {"ChannelPrefix": "whatsapp", "ChannelToAddress": message.number}
    if step.status in ("delivered", "read"):
        fields["EventType"] = step.status.upper()
    return fields


def _sms_fields(step: Step) -> dict[str, str]:
    done = step.status in ("delivered", "undelivered")
    return {"RawDlrDoneDate": now().strftime("%y%m%d%H%M")} if done else {}
