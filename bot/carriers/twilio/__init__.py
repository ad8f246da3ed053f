"""Twilio: WhatsApp both ways and SMS, by its signed webhooks and its own client library."""

from bot.carriers.twilio.api import TwilioSettings
from bot.carriers.twilio.carrier import Twilio

__all__ = ["Twilio", "TwilioSettings"]
