"""The simulator's memory: every message, thread by thread, behind one lock; old ones fall off."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers.simulator.values import RANK, Media, Message, now

KEPT_MESSAGES = 20_000
KEPT_IN_A_THREAD = 500
KEPT_MEDIA_BYTES = 64_000_000
OPEN_S = 3.0
TYPING_S = 25.0  # WhatsApp takes the dots away after so long, or when the answer comes

Key = tuple[str, str]  # channel, number


class Exchange:
    """Messages, media, opt-outs and who is looking; safe to use from any thread. `clock` says when something happens."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self.born = secrets.token_hex(4)  # versions of an earlier process mean nothing
        self._messages: dict[str, Message] = {}
        self._threads: dict[Key, deque[Message]] = {}
        self._versions: dict[Key, int] = {}
        self._open_until: dict[Key, float] = {}
        self._typing_until: dict[Key, float] = {}
        self._media: dict[str, Media] = {}
        self._media_of: dict[str, str] = {}  # a file's message
        self._media_bytes = 0
        self.log: deque[dict[str, Any]] = deque(maxlen=KEPT_MESSAGES)
        self.opted_out: set[str] = set()

    def add(self, message: Message) -> None:
        """Remembers a message at the end of its thread."""
        with self._changed:
            message.created = message.updated = self._clock()
            message.sent = message.sent and message.created
            if not message.inbound:
                self._typing_until.pop(_key(message), None)
            self._messages[message.sid] = message
            thread = self._threads.setdefault(_key(message), deque(maxlen=KEPT_IN_A_THREAD))
            thread.append(message)
            for media in message.media:
                self._hold(message, media)
            self._forget_oldest()
            self._bump(_key(message))

    def change(self, sid: str, **fields: Any) -> None:
        """Sets fields of a message, if it is still there."""
        with self._changed:
            if message := self._messages.get(sid):
                for name, value in fields.items():
                    setattr(message, name, value)
                message.updated = self._clock()
                self._bump(_key(message))

    def advance(self, sid: str, status: str, error: int | None = None) -> bool:
        """Moves a message up to `status`, never down; False when it is gone, canceled or already there."""
        with self._changed:
            message = self._messages.get(sid)
            if message is None or message.status == "canceled" or RANK[status] <= RANK[message.status]:
                return False
            message.sent = message.sent or (self._clock() if RANK[status] >= RANK["sent"] else None)
            self.change(sid, status=status, error=error)
            return True

    def remove(self, sid: str) -> None:
        """Forgets a message, and its place in the thread."""
        with self._changed:
            if message := self._messages.pop(sid, None):
                thread = self._threads[_key(message)]
                if message in thread:
                    thread.remove(message)
                for media in message.media:
                    self._let_go(media.sid)
                self._bump(_key(message))

    def get(self, sid: str) -> Message | None:
        """The message of that id."""
        with self._changed:
            return self._messages.get(sid)

    def media(self, sid: str) -> Media | None:
        """The file of that id."""
        with self._changed:
            return self._media.get(sid)

    def newest_first(self) -> list[Message]:
        """Every message of the account, both directions."""
        with self._changed:
            return list(reversed(self._messages.values()))

    def thread(self, channel: str, number: str) -> list[Message]:
        """One citizen's messages on one channel, oldest first."""
        with self._changed:
            return list(self._threads.get((channel, number), ()))

    def version(self, channel: str, number: str) -> int:
        """A number that rises whenever the thread changes."""
        with self._changed:
            return self._versions.get((channel, number), 0)

    def wait_beyond(self, channel: str, number: str, version: int, seconds: float) -> None:
        """Returns when the thread has another version, or after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self.version(channel, number) != version, timeout=seconds)

    def open(self, channel: str, number: str, seconds: float) -> list[Message]:
        """Somebody looks at the thread for `seconds` more -> what has been delivered but not yet read."""
        with self._changed:
            self._open_until[(channel, number)] = time.monotonic() + seconds + OPEN_S
            return [message for message in self.thread(channel, number) if message.status == "delivered"]

    def is_open(self, message: Message) -> bool:
        """Whether somebody is looking at the message's thread."""
        with self._changed:
            return self._open_until.get(_key(message), 0.0) > time.monotonic()

    def types(self, message: Message) -> None:
        """The service is writing an answer to a citizen's message, which it has read."""
        with self._changed:
            self._typing_until[_key(message)] = time.monotonic() + TYPING_S
            message.seen = True
            self._bump(_key(message))

    def stops_typing(self, message: Message) -> None:
        """The dots may have to go."""
        with self._changed:
            self._bump(_key(message))

    def is_typing(self, channel: str, number: str) -> bool:
        """Whether the service is writing to this thread."""
        with self._changed:
            return self._typing_until.get((channel, number), 0.0) > time.monotonic()

    def keep_media(self, sid: str, kept: Media) -> None:
        """The bytes of a file have come that was only an address before."""
        with self._changed:
            if message := self._messages.get(sid):
                self._hold(message, kept)
                message.media = tuple(kept if media.sid == kept.sid else media for media in message.media)
                self._forget_oldest()
                self._bump(_key(message))

    def remove_media(self, sid: str, media_sid: str) -> None:
        """Forgets a file of a message."""
        with self._changed:
            if message := self._messages.get(sid):
                message.media = tuple(media for media in message.media if media.sid != media_sid)
                self._let_go(media_sid)
                self._bump(_key(message))

    def _bump(self, key: Key) -> None:
        self._versions[key] = self._versions.get(key, 0) + 1
        self._changed.notify_all()

    def _forget_oldest(self) -> None:
        while len(self._messages) > KEPT_MESSAGES:
            self.remove(next(iter(self._messages)))
        while self._media_bytes > KEPT_MEDIA_BYTES or len(self._media) > KEPT_MESSAGES:
            self._let_go(next(iter(self._media)))

    def _hold(self, message: Message, media: Media) -> None:
        self._let_go(media.sid)
        self._media[media.sid], self._media_of[media.sid] = media, message.sid
        self._media_bytes += len(media.data)

    def _let_go(self, sid: str) -> None:
        """Forgets a file's bytes wherever they are held; its message knows that there was one."""
        if gone := self._media.pop(sid, None):
            self._media_bytes -= len(gone.data)
            if message := self._messages.get(self._media_of.pop(sid)):
                message.media = tuple(replace(one, data=b"") if one.sid == sid else one for one in message.media)


def _key(message: Message) -> Key:
    return message.channel, message.number
