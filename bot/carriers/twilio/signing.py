"""Who calls: Twilio's signature over the configured address and every field, with any of the tokens in use."""

import hmac
from collections.abc import Mapping, Sequence

from twilio.request_validator import RequestValidator

from bot.carriers.port import WebRequest


class Signatures:
    """Checks X-Twilio-Signature with the library's own validator."""

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        self._public_url = public_url
        self._validators = [RequestValidator(token) for token in tokens if token]

    def fits(self, request: WebRequest) -> bool:
        """On the configured public URL and the query as it was sent, never on headers a proxy or a stranger may set.
        Blank values and repeated fields count, as Twilio signs them."""
        signature = request.headers.get("X-Twilio-Signature", "")
        url = self._public_url + request.path + (f"?{request.query}" if request.query else "")
        return bool(signature) and any(_is_signed(v, url, _Fields(request.form), signature) for v in self._validators)


class _Fields(dict[str, Sequence[str]]):
    """The form as the validator reads it: every value of a repeated field. By the first name it tries, and without a
    Python call: it asks for some twenty fields."""

    getall = dict.__getitem__


def _is_signed(validator: RequestValidator, url: str, fields: Mapping[str, Sequence[str]], signature: str) -> bool:
    """The library's `validate` works out two signatures, with and without a port; the plain one is nearly always right."""
    plain = validator.compute_signature(url, fields)
    return hmac.compare_digest(plain.encode(), signature.encode()) or bool(validator.validate(url, fields, signature))
