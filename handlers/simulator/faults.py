"""What the carrier does wrong on purpose: the knobs as they stand, the dice, and the carrier's own clock."""

import random
import re
import threading
from datetime import datetime, timedelta
from typing import Any

from handlers.simulator.knobs import KNOBS
from handlers.simulator.values import now


class FaultError(ValueError):
    """A knob that does not exist, or a value it does not take; the text names it."""


class Faults:
    """Knobs by name; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Everything works again."""
        with self._lock:
            self._set: dict[str, Any] = {}
            self._by_number: dict[str, dict[str, Any]] = {}
            self._dice = random.Random()  # noqa: S311 - chance in a test tool, nothing secret

    def merge(self, wanted: dict[str, Any]) -> None:
        """Turns the named knobs; raises FaultError and turns none when one is unknown or does not fit."""
        unknown = sorted(wanted.keys() - KNOBS.keys())
        if unknown:
            raise FaultError(f"unknown: {', '.join(unknown)}; known: {', '.join(KNOBS)}")
        wrong = [f"{name} must be {KNOBS[name].wants}" for name, value in wanted.items() if not KNOBS[name].fits(value)]
        if wrong:
            raise FaultError("; ".join(wrong))
        with self._lock:
            self._set = self._set | wanted
            self._by_number = {_plain(key): fault for key, fault in self["numbers"].items()}
            if "seed" in wanted:
                self._dice.seed(wanted["seed"])

    def all(self) -> dict[str, Any]:
        """Every knob by name."""
        return {name: knob.default for name, knob in KNOBS.items()} | self._set

    def changed(self) -> dict[str, Any]:
        """Only the knobs that stand elsewhere than usual."""
        return {name: value for name, value in self._set.items() if value != KNOBS[name].default}

    def now(self) -> datetime:
        """This moment by the carrier's clock, UTC: `clock_ahead_s` ahead of the machine's."""
        return now() + timedelta(seconds=self["clock_ahead_s"])

    def __getitem__(self, name: str) -> Any:
        return self._set.get(name, KNOBS[name].default)

    def of(self, name: str, number: str) -> Any:
        """A knob as it stands for one phone (E.164): its own value, else everybody's."""
        return self.of_number(number).get(name, self[name])

    def happens(self, name: str, number: str = "") -> bool:
        """Throws the dice for a share."""
        return self.chance(self.of(name, number))

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return share > 0 and self._dice.random() < share

    def is_down(self, channel: str, number: str) -> bool:
        """Whether nothing reaches this phone on the channel, and nothing leaves it."""
        return bool(self.of(channel, number) == "down")

    def of_number(self, number: str) -> dict[str, Any]:
        """What was asked for this number (E.164), or nothing."""
        return self._by_number.get(number, {})

    def has_stopped(self, number: str) -> bool:
        """Whether this number (E.164) is listed as opted out."""
        return any(_plain(key) == number for key in self["stop"])


def _plain(number: str) -> str:
    return "+" + re.sub(r"\D", "", number)
