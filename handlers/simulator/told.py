"""How Twilio tells a step of a message: a signed form to the message's own callback URL."""

from handlers.simulator.post import post, sign
from handlers.simulator.settings import SimulatorSettings
from handlers.simulator.values import Message, now
from handlers.simulator.way import Step


def tell_twilios(settings: SimulatorSettings, message: Message, step: Step, token: str) -> None:
    """Posts one receipt; `token` is the same for every repetition of it."""
    form = receipt_form(message, step, settings.account_sid)
    signature = sign(message.callback, form, settings.auth_token)
    post(settings.transport(message.callback), form, signature, token)


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
