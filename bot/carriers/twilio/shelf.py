"""Contents made through Twilio's Content API: each once, whoever asks at the same time, and none waited for in trouble."""

import logging
import threading
import time
from collections.abc import Callable

from twilio.base.exceptions import TwilioRestException

from bot.carriers.contents import Contents
from bot.carriers.errors import SERVER_ERROR, TOO_MANY
from bot.carriers.twilio.api import Api
from bot.carriers.twilio.choices import Shape

log = logging.getLogger(__name__)
CONTENT_URL = "https://content.twilio.com/v1/Content"
TIMEOUT_S = 4.0
"""The citizen waits meanwhile, and numbered lines will do."""
REFUSED_FOR_S, AWAY_FOR_S = 3600.0, 30.0
MOST = 10_000
"""Contents kept in memory; there are some hundreds, and the memory behind has them all."""
LANGUAGE = "en"
"""Asked for, and looked at only where approval is asked for; in a session it says nothing."""


class Shelf:
    """`memory` outlives the process and is shared by all of them."""

    def __init__(self, api: Api, memory: Contents, now: Callable[[], float] = time.monotonic) -> None:
        self._api, self._memory, self._now = api, memory, now
        self._known: dict[str, str] = {}
        self._avoided: dict[str, float] = {}
        self._away_until = 0.0
        self._locks: dict[str, threading.Lock] = {}

    def find(self, key: str, shape: Shape) -> str:
        """The id of a content, made if it is new; empty when it cannot be had now. Never raises."""
        if known := self._known.get(key):
            return known
        if self._is_avoided(key):
            return ""
        with self._locks.setdefault(key, threading.Lock()):
            return self._known.get(key) or ("" if self._is_avoided(key) else self._get(key, shape))

    def forget(self, key: str) -> None:
        """Twilio no longer has it: it is made anew when it is asked for next. Never raises."""
        self._known.pop(key, None)
        try:
            self._memory.forget(key)
        except Exception as error:
            log.warning("a content could not be forgotten: %s", type(error).__name__)

    def avoid(self, key: str) -> None:
        """Twilio does not take it, or loses it again and again: numbered lines for a while."""
        self._known.pop(key, None)
        self._avoided[key] = self._now() + REFUSED_FOR_S

    def _is_avoided(self, key: str) -> bool:
        return self._now() < max(self._away_until, self._avoided.get(key, 0.0))

    def _get(self, key: str, shape: Shape) -> str:
        try:
            sid = self._memory.find(key) or self._memory.keep(key, self._make(key, shape))
        except Exception as error:  # whatever it is, the message can go as numbered lines
            self._note(key, error)
            return ""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = sid
        return sid

    def _make(self, key: str, shape: Shape) -> str:
        wanted = {"friendly_name": f"tawar_{key[:12]}", "language": LANGUAGE, **shape.content}
        return str(self._api.post(CONTENT_URL, wanted, TIMEOUT_S)["sid"])

    def _note(self, key: str, error: Exception) -> None:
        is_refused = isinstance(error, TwilioRestException) and error.status < SERVER_ERROR and error.status != TOO_MANY
        log.warning("no buttons or list: %s %s", type(error).__name__, getattr(error, "code", ""))
        if is_refused:
            self.avoid(key)
        else:
            self._away_until = self._now() + AWAY_FOR_S
