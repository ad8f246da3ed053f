"""Templates through Twilio's Content API: made, handed in to Meta, asked after."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from bot.carriers.templates import Approval, TemplateError
from bot.carriers.twilio.api import Api
from bot.carriers.twilio.shelf import CONTENT_URL


class Approvals:
    def __init__(self, api: Api) -> None:
        self._api = api

    def make(self, name: str, language: str, body: str, samples: Sequence[str]) -> str:
        """A plain text: it has no buttons, so that the same words do for a reader who answers by typing."""
        variables = {str(n): sample for n, sample in enumerate(samples, 1)}
        wanted = {
            "friendly_name": name,
            "language": language,
            "variables": variables,
            "types": {"twilio/text": {"body": body}},
        }
        return str(_asked(lambda: self._api.post(CONTENT_URL, wanted))["sid"])

    def hand_in(self, provider_id: str, name: str, category: str) -> Approval:
        url = f"{CONTENT_URL}/{provider_id}/ApprovalRequests/whatsapp"
        return _approval(_asked(lambda: self._api.post(url, {"name": name, "category": category})))

    def state(self, provider_id: str) -> Approval:
        found = _asked(lambda: self._api.get(f"{CONTENT_URL}/{provider_id}/ApprovalRequests"))
        said = found.get("whatsapp")
        return _approval(said) if isinstance(said, dict) else Approval("unsubmitted")


def _approval(said: Mapping[str, Any]) -> Approval:
    return Approval(
        str(said.get("status") or "unsubmitted"),
        str(said.get("rejection_reason") or ""),
        str(said.get("category") or ""),
    )


def _asked(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return call()
    except TwilioRestException as error:
        raise TemplateError(f"Twilio refused with {error.code}: {error.msg}") from error
    except (TwilioException, requests.RequestException) as error:
        raise TemplateError(f"Twilio could not be asked ({type(error).__name__}): try again") from error
