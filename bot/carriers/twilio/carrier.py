"""The port, answered by Twilio."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from bot.carriers.contents import Contents, Forgetful
from bot.carriers.errors import trouble_of
from bot.carriers.port import (
    Accepted,
    Inbound,
    MediaRef,
    Outcome,
    Outgoing,
    Pace,
    Receipt,
    Refused,
    Sighting,
    Template,
    Unknown,
    WebRequest,
)
from bot.carriers.twilio.api import Api, TwilioSettings, status_of
from bot.carriers.twilio.approvals import Approvals
from bot.carriers.twilio.choices import shape
from bot.carriers.twilio.errors import NAME, outcome_of
from bot.carriers.twilio.reading import MAX_MEDIA, SID, read_listed, read_message, read_receipt
from bot.carriers.twilio.sending import (
    NO_CONTENT,
    TOO_MANY_FILES,
    address,
    by_content,
    has_too_many_files,
    is_list,
    plain_parameters,
)
from bot.carriers.twilio.shelf import Shelf
from bot.carriers.twilio.signing import Signatures
from bot.outbox import Trouble

log = logging.getLogger(__name__)
MAX_LISTED = 50
PAGE = 1000
"""Messages on a page of the list; Twilio's most."""
TYPING_S = 2.0
API_URL = "https://api.twilio.com"
TYPING_URL = "https://messaging.twilio.com/v3/Indicators/Typing.json"
RECEIPTS_PATH = "/carriers/twilio/receipts"
CHANNELS = ("whatsapp", "sms")
NOT_FOUND = 404


class Twilio:
    """`contents`: where made lists are remembered; without it, until the process ends. `templates`: texts to be approved."""

    name = NAME

    def __init__(self, settings: TwilioSettings, contents: Contents | None = None) -> None:
        self._settings = settings
        self._public_url = settings.public_url.rstrip("/")
        self._signatures = Signatures(self._public_url, settings.tokens)
        self._api = Api(settings)
        self._shelf = Shelf(self._api, contents or Forgetful())
        self.templates = Approvals(self._api)

    def verify(self, request: WebRequest) -> bool:
        return self._signatures.fits(request)

    def read(self, request: WebRequest) -> Inbound | None:
        return read_message(request, self._settings.account_sid)

    def read_receipt(self, request: WebRequest) -> Receipt | None:
        return read_receipt(request, self._settings.account_sid)

    def sends(self, channel: str) -> bool:
        settings = self._settings
        return bool(
            settings.whatsapp_from if channel == "whatsapp" else settings.sms_from or settings.messaging_service_sid
        )

    def hears(self, channel: str) -> bool:
        """Its SMS in Pakistan goes one way only."""
        return channel == "whatsapp"

    def pace(self, channel: str) -> Pace:
        if channel == "whatsapp":
            return Pace(f"twilio:{channel}", self._settings.whatsapp_per_second, in_segments=False)
        return Pace(f"twilio:{channel}", self._settings.sms_per_second)

    def trouble(self, error: str) -> Trouble:
        return trouble_of(NAME, error)

    def send(self, message: Outgoing) -> Outcome:
        """By template, with buttons or a list, or as it is; a list that cannot be had goes as numbered lines."""
        if has_too_many_files(message):
            return Refused(TOO_MANY_FILES, Trouble.CONTENT)
        if not message.template and is_list(message) and (outcome := self._send_list(message)):
            return outcome
        return self._create(message, plain_parameters(message))

    def find(self, message: Outgoing, since: datetime) -> list[Sighting] | None:
        """Twilio has no reference of ours on a message: the caller compares texts and ids it knows already.

        Asked by address alone: its date filter is on the date of sending, which a queued message does not have yet. What
        was sent by a content shows no body there; it counts as this message if this message may have gone so (with a body apart
        from its whole text, it has choices).
        """
        to = address(message.channel, message.phone)
        try:
            found = self._api.ask(lambda client: client.messages.list(to=to, limit=MAX_LISTED))
        except Exception:
            return None
        may_hide = message.channel == "whatsapp" and (message.template or message.choices or message.body)
        hidden = message.text if may_hide else ""
        written = {plain_parameters(message).get("body"): message.text}  # with addresses of files and places in it
        ours = (m for m in found if m.direction != "inbound" and (m.date_created is None or m.date_created >= since))
        return [Sighting(str(m.sid), str(m.status), written.get(m.body, str(m.body or hidden))) for m in ours]

    def missed(self, since: datetime) -> list[Inbound] | None:
        """By the numbers that are ours; of a service's pool alone no number is known here. Twilio's clock is its own: the
        caller asks from a little earlier than what it saw last, and knows a repetition by its id.

        Where files of a message cannot be asked for now, nothing is told: taken in without them, it would lose them.
        """
        try:
            found = [message for to in self._own_addresses() for message in self._list_since(to, since)]
            found.sort(key=lambda message: message.date_sent or message.date_created or since)
            read = [read_listed(message, self._media_of) for message in found]
        except Exception as error:
            log.warning("the list of messages could not be had: %s", type(error).__name__)
            return None
        return [message for message in read if message]

    def typing(self, message: Inbound) -> None:
        """Shows that the message was read and an answer is being written (Twilio's API description, v3 Indicators)."""
        if message.channel != "whatsapp" or not SID.fullmatch(message.provider_id):
            return
        try:
            wanted = {"channel": "WHATSAPP", "messageId": message.provider_id}
            self._api.post(TYPING_URL, wanted, TYPING_S)
        except Exception as error:  # a courtesy: the answer itself comes anyway
            log.debug("no typing indicator: %s", type(error).__name__)

    def health(self) -> str:
        """Nothing is asked: what fails shows in the outcomes, and a call each time would cost one."""
        return ""

    def _send_list(self, message: Outgoing) -> Outcome | None:
        """The outcome, or None: nothing was sent, and numbered lines must do. A content Twilio lost is made once more."""
        made = shape(message.body or message.text, message.choices, message.menu)
        if made is None:
            return None
        key = made.key(self._settings.account_sid)
        for _ in range(2):
            sid = self._shelf.find(key, made)
            outcome = self._create(message, by_content(Template(sid, made.values))) if sid else None
            if not (isinstance(outcome, Refused) and outcome.trouble in (Trouble.TEMPLATE, Trouble.CONTENT)):
                return outcome
            if outcome.error not in NO_CONTENT:
                return None  # one person's words: no reason to take the list from everybody
            self._shelf.forget(key)
        self._shelf.avoid(key)
        return None

    def _create(self, message: Outgoing, parameters: Mapping[str, Any]) -> Outcome:
        whole = {
            "to": address(message.channel, message.phone),
            "status_callback": f"{self._public_url}{RECEIPTS_PATH}?ref={quote(message.ref)}",
            **self._settings.sender(message.channel),
            **parameters,
        }
        try:
            sent = self._api.ask(lambda client: client.messages.create(**whole))
        except Exception as error:  # also an answer the library cannot read: the message may exist
            return outcome_of(error, self._api.retry_after())
        return Accepted(str(sent.sid), str(sent.status)) if sent.sid else Unknown("no sid")

    def _own_addresses(self) -> list[str]:
        numbers = {"whatsapp": self._settings.whatsapp_from, "sms": self._settings.sms_from}
        return [address(channel, numbers[channel]) for channel in CHANNELS if numbers[channel]]

    def _list_since(self, to: str, since: datetime) -> list[Any]:
        """Oldest first: within a second the list's own order counts, which is newest first."""
        moment = since.astimezone(UTC)  # the library writes a Z behind whatever it is given
        found = self._api.ask(lambda client: client.messages.list(to=to, date_sent_after=moment, page_size=PAGE))
        return [message for message in reversed(found) if message.direction == "inbound"]

    def _media_of(self, sid: str) -> tuple[MediaRef, ...]:
        def ask(client: Client) -> list[Any]:
            return list(client.messages(sid).media.list(limit=MAX_MEDIA))

        try:
            found = self._api.ask(ask)
        except TwilioException as error:
            if status_of(error) != NOT_FOUND:
                raise
            return ()  # deleted there: the words are still worth having
        host = self._settings.api_url.rstrip("/") or API_URL
        return tuple(MediaRef(host + str(m.uri).removesuffix(".json"), str(m.content_type or "")) for m in found)
