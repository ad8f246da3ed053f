"""What a failure of a call to Twilio means: could the message have been sent, and is another try worth it?"""

from datetime import timedelta

import requests
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.carriers.errors import FORBIDDEN, SERVER_ERROR, TIMED_OUT, UNAUTHORISED, known_errors, trouble_of_status
from bot.carriers.port import OptedOut, Outcome, Refused, TryAgain, Unknown, WindowClosed
from bot.carriers.twilio.api import NoToken
from bot.outbox import Trouble

NAME = "twilio"
_PASSING = (UNAUTHORISED, FORBIDDEN, TIMED_OUT)
"""An operator mends a token or a right, and the message leaves then: it is kept, not lost."""


def outcome_of(error: Exception, after: timedelta | None = None) -> Outcome:
    """The outcome of a send that raised; `after`: when Twilio said to come back."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return _refusal(int(error.status), str(error.code or error.status), after)
    if isinstance(error, NoToken):
        return TryAgain("no token", trouble=Trouble.SETUP)
    return TryAgain("connect") if _never_left(error) else Unknown(type(error).__name__)


def _refusal(status: int, code: str, after: timedelta | None) -> Outcome:
    """By the code where it is known: one that says "too fast" was never processed, whatever its status. Else a 5xx may
    have been taken all the same."""
    known = known_errors(NAME).get(code)
    trouble = known or trouble_of_status(status)
    if trouble in (Trouble.LATER, Trouble.SLOWER) or status in _PASSING:
        return TryAgain(code, after, trouble)
    if trouble == Trouble.UNKNOWN or status >= SERVER_ERROR:
        return Unknown(code)
    if trouble == Trouble.WINDOW:
        return WindowClosed(code)
    return OptedOut(code) if trouble == Trouble.OPTED_OUT else Refused(code, trouble)


def _never_left(error: Exception) -> bool:
    """Whether no connection was made, so that nothing can have been sent."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
