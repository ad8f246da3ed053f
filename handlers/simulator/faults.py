"""What the carrier does wrong on purpose: one table of knobs, each with its default and its check."""

import random
import re
import threading
from collections.abc import Callable
from typing import Any, NamedTuple


class Knob(NamedTuple):
    """A knob's value when nothing was asked, the test a new value must pass, and that test in words."""

    default: Any
    fits: Callable[[Any], bool]
    wants: str


class FaultError(ValueError):
    """A knob that does not exist, or a value it does not take; the text names it."""


def _number(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _share(value: Any) -> bool:
    return _number(value, 1)


def _seconds(value: Any) -> bool:
    return _number(value, 600)


def _rates(value: Any) -> bool:
    return isinstance(value, dict) and all(re.fullmatch(r"[45]\d\d", k) and _share(v) for k, v in value.items())


def _numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(_number_fault(fault) for fault in value.values())


def _number_fault(fault: Any) -> bool:
    known = isinstance(fault, dict) and fault.keys() <= {"code", "rest", "status"}
    if not known or fault.keys().isdisjoint({"code", "rest"}):
        return False
    codes = [fault[name] for name in ("code", "rest") if name in fault]
    return all(_number(code, 99_999) for code in codes) and fault.get("status", "failed") in ("failed", "undelivered")


def _stops(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(number, str) for number in value)


def _optional(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


A_SHARE = "a share from 0 to 1"
SECONDS = "seconds from 0 to 600"
YES_NO = "true or false"
KNOBS = {
    "delay_s": Knob(0, _seconds, SECONDS),
    "create_delay_s": Knob(0, _seconds, SECONDS),
    "receipt_delay_s": Knob(None, _optional(_seconds), SECONDS + ", or null"),
    "loss": Knob(0, _share, A_SHARE),
    "duplicate": Knob(0, _share, A_SHARE),
    "reorder": Knob(False, _flag, YES_NO),
    "early_receipts": Knob(False, _flag, YES_NO),
    "error_rate": Knob({}, _rates, 'an HTTP status and its share, like {"429": 0.1}'),
    "error_after_accept": Knob(0, _share, A_SHARE),
    "drop_connection": Knob(0, _share, A_SHARE),
    "drop_after_accept": Knob(0, _share, A_SHARE),
    "inbound_duplicate": Knob(0, _share, A_SHARE),
    "media_missing": Knob(0, _share, A_SHARE),
    "numbers": Knob({}, _numbers, 'a number and its fault, like {"+923000000666": {"code": 30003}} or {"rest": 21211}'),
    "stop": Knob([], _stops, "a list of numbers that have opted out of SMS"),
    "carrier_stop": Knob(False, _flag, YES_NO),
    "whatsapp_window": Knob(False, _flag, YES_NO),
    "seed": Knob(None, _optional(lambda value: _number(value, 2**63)), "a number, or null"),
}


class Faults:
    """The knobs as they stand, and the dice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Everything works again."""
        with self._lock:
            self._set: dict[str, Any] = {}
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
            if "seed" in wanted:
                self._dice.seed(wanted["seed"])

    def all(self) -> dict[str, Any]:
        """Every knob by name."""
        return {name: knob.default for name, knob in KNOBS.items()} | self._set

    def changed(self) -> dict[str, Any]:
        """Only the knobs that stand elsewhere than usual."""
        return {name: value for name, value in self._set.items() if value != KNOBS[name].default}

    def __getitem__(self, name: str) -> Any:
        return self._set.get(name, KNOBS[name].default)

    def happens(self, name: str) -> bool:
        """Throws the dice for a share."""
        return self.chance(self[name])

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return share > 0 and self._dice.random() < share

    def of_number(self, number: str) -> dict[str, Any]:
        """What was asked for this number (E.164), or nothing."""
        return next((fault for key, fault in self["numbers"].items() if _same(key, number)), {})

    def has_stopped(self, number: str) -> bool:
        """Whether this number (E.164) is listed as opted out."""
        return any(_same(key, number) for key in self["stop"])


def _same(key: str, number: str) -> bool:
    return "+" + re.sub(r"\D", "", key) == number
