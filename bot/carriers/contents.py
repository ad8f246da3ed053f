"""Where the ids of contents made at a carrier are remembered; the store's form of it is handed in."""

from typing import Protocol


class Contents(Protocol):
    """Ids by the hash of what was made. Any method may raise: a message then goes as plain text."""

    def find(self, key: str) -> str:
        """The id, empty if none is known."""

    def keep(self, key: str, provider_id: str) -> str:
        """Remembers an id; the one that counts, if another process was quicker."""

    def forget(self, key: str) -> None:
        """The carrier no longer has it."""


class Forgetful:
    """For where nothing is to outlive the process."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def find(self, key: str) -> str:
        return self._ids.get(key, "")

    def keep(self, key: str, provider_id: str) -> str:
        return self._ids.setdefault(key, provider_id)

    def forget(self, key: str) -> None:
        self._ids.pop(key, None)
