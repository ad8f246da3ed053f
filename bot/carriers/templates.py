"""What a carrier that has texts approved can be asked: make one, hand it in, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class TemplateError(Exception):
    """The carrier did not do it; the text says why, for an operator."""


@dataclass(frozen=True, slots=True)
class Approval:
    """`state` in the carrier's words: unsubmitted, received, pending, approved, rejected, paused or disabled."""

    state: str
    reason: str = ""
    category: str = ""


class TemplateDesk(Protocol):
    """Methods raise TemplateError; none may be called inside a transaction."""

    def make(self, name: str, language: str, body: str, samples: Sequence[str]) -> str:
        """Makes a text with variables; its id."""

    def hand_in(self, provider_id: str, name: str, category: str) -> Approval:
        """Asks for approval under a name that was never used."""

    def state(self, provider_id: str) -> Approval:
        """How its approval stands."""


@runtime_checkable
class HasTemplates(Protocol):
    """A carrier with such a desk."""

    @property
    def templates(self) -> TemplateDesk: ...
