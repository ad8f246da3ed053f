"""Makes the carriers the settings name, the preferred one first."""

from bot.carriers.contents import Contents
from bot.carriers.kannel import Kannel, KannelSettings
from bot.carriers.port import Carrier, Carriers
from bot.carriers.twilio import Twilio, TwilioSettings
from bot.config import Settings


def build_carriers(settings: Settings, contents: Contents | None = None) -> Carriers:
    """`settings` have been checked; `contents` remembers what was made at Twilio."""
    makers = {"twilio": _twilio, "kannel": _kannel}
    return Carriers({name: makers[name](settings, contents) for name in settings.carrier_names})


def _twilio(settings: Settings, contents: Contents | None) -> Carrier:
    return Twilio(
        TwilioSettings(
            account_sid=settings.twilio_account_sid,
            tokens=[token for token in (settings.twilio_auth_token, settings.twilio_auth_token_next) if token],
            public_url=settings.public_url,
            whatsapp_from=settings.whatsapp_from,
            sms_from=settings.sms_from,
            messaging_service_sid=settings.twilio_messaging_service_sid,
            api_url=settings.twilio_api_url,
            whatsapp_per_second=settings.whatsapp_per_second,
            sms_per_second=settings.sms_per_second,
        ),
        contents,
    )


def _kannel(settings: Settings, _: Contents | None) -> Carrier:
    return Kannel(
        KannelSettings(
            send_url=settings.kannel_send_url,
            username=settings.kannel_username,
            password=settings.kannel_password,
            sender=settings.kannel_from,
            token=settings.kannel_token,
            callback_url=settings.kannel_calls_at,
            allowed=settings.kannel_allowed_from,
            status_url=settings.kannel_status_url,
            per_second=float(settings.kannel_per_second),
            max_segments=int(settings.kannel_max_segments),
        )
    )
