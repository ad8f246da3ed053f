"""The rules of a broadcast: what a text must be, when it may be scheduled, how its people are counted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_TITLE = 80
MAX_TEXT = 1000
"""Characters of a broadcast's text; WhatsApp takes 1,024 with what is put around it."""
SCHEDULABLE = ("draft", "scheduled")
STATES = ("draft", "scheduled", "sending", "paused", "stopped", "done")


def check_texts(title: str, texts: Mapping[str, str], languages: Sequence[str]) -> list[str]:
    """The catalog keys of everything wrong with a draft; empty when it is sound."""
    faults = []
    if not title.strip() or len(title) > MAX_TITLE:
        faults.append("campaigns.error.title")
    if not languages:
        faults.append("campaigns.error.languages")
    if any(not texts.get(language, "").strip() for language in languages):
        faults.append("campaigns.error.text_missing")
    if any(len(text) > MAX_TEXT for text in texts.values()):
        faults.append("campaigns.error.text_long")
    return faults


@dataclass(frozen=True, slots=True)
class Progress:
    """People of one broadcast, by what became of their message. The parts add up to `audience`."""

    waiting: int = 0
    accepted: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0

    @property
    def audience(self) -> int:
        return self.waiting + self.accepted + self.delivered + self.read + self.failed + self.skipped + self.unknown

    @classmethod
    def of(cls, counts: Mapping[tuple[str, str], int]) -> "Progress":
        """From {(state, delivery status): people}."""
        sums: dict[str, int] = {}
        for (state, status), people in counts.items():
            part = _part(state, status)
            sums[part] = sums.get(part, 0) + people
        return cls(**sums)


def _part(state: str, status: str) -> str:
    if state in ("waiting", "sending", "held"):
        return "waiting"
    if state == "accepted":
        return {"delivered": "delivered", "read": "read", "failed": "failed", "undelivered": "failed"}.get(
            status, "accepted"
        )
    return {"refused": "failed", "skipped": "skipped"}.get(state, "unknown")
