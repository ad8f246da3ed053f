"""The table of what can go wrong on purpose: each knob's usual value, what it takes, and that in words."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

CHANNELS = {"whatsapp", "sms", "kannel"}
APPROVALS = {"approved", "pending", "rejected"}
TEMPLATE_STATES = {"unsubmitted", "pending", "approved", "rejected", "paused", "disabled"}
FRAGMENT = re.compile(r"((rc=[0-5]|rp=(4xx|5xx|ct|rt|all)(,(4xx|5xx|ct|rt|all))*|[crt]t=[1-9]\d{1,4})(&|$))*")


class Knob(NamedTuple):
    """A knob's value when nothing was asked, the test a new value must pass, and that test in words.

    `by_number`: whether one phone may have its own value, in `numbers`.
    """

    default: Any
    fits: Callable[[Any], bool]
    wants: str
    by_number: bool = False


def _number(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _up_to(most: float) -> Callable[[Any], bool]:
    return lambda value: _number(value, most)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _optional(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def _one_of(words: set[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _table(is_key: Callable[[str], bool], is_value: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(is_key(k) and is_value(v) for k, v in value.items())


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _fragment(value: Any) -> bool:
    return isinstance(value, str) and bool(FRAGMENT.fullmatch(value))


def _approval(value: Any) -> bool:
    known = isinstance(value, dict) and value.keys() <= {"status", "after_s", "reason"}
    return (
        known
        and value.get("status", "approved") in APPROVALS
        and _number(value.get("after_s", 0), LONGEST_S)
        and isinstance(value.get("reason", ""), str)
    )


def _of_number(fault: Any) -> bool:
    if not isinstance(fault, dict) or not fault or not fault.keys() <= OWN | {"code", "rest", "status"}:
        return False
    codes = [fault[name] for name in ("code", "rest") if name in fault]
    return (
        all(_number(code, 99_999) for code in codes)
        and fault.get("status", "failed") in ("failed", "undelivered")
        and fault.keys() != {"status"}
        and all(KNOBS[name].fits(fault[name]) for name in fault.keys() & OWN)
    )


LONGEST_S = 10 * 365 * 86_400
SHARE = (_up_to(1), "a share from 0 to 1")
SECONDS = (_up_to(600), "seconds from 0 to 600")
YES_NO = (_flag, "true or false")
UP_DOWN = (_one_of({"up", "down"}), '"up" or "down"')
PER_CHANNEL = (_table(CHANNELS.__contains__, _up_to(10_000_000)), 'a channel and its figure, like {"sms": 10}')
RATES = _table(lambda key: bool(re.fullmatch(r"[45]\d\d", key)), _up_to(1))
STATES = _table(lambda key: key.startswith("HX"), _one_of(TEMPLATE_STATES))
KNOBS = {
    "delay_s": Knob(0, *SECONDS),
    "create_delay_s": Knob(0, *SECONDS, by_number=True),
    "drip_s": Knob(0, *SECONDS, by_number=True),
    "receipt_delay_s": Knob(None, _optional(_up_to(600)), "seconds from 0 to 600, or null", by_number=True),
    "loss": Knob(0, *SHARE, by_number=True),
    "duplicate": Knob(0, *SHARE, by_number=True),
    "reorder": Knob(False, *YES_NO, by_number=True),
    "early_receipts": Knob(False, *YES_NO, by_number=True),
    "error_rate": Knob({}, RATES, 'an HTTP status and its share, like {"429": 0.1}', by_number=True),
    "error_after_accept": Knob(0, *SHARE, by_number=True),
    "drop_connection": Knob(0, *SHARE, by_number=True),
    "drop_after_accept": Knob(0, *SHARE, by_number=True),
    "inbound_duplicate": Knob(0, *SHARE, by_number=True),
    "media_missing": Knob(0, *SHARE, by_number=True),
    "requests_per_second": Knob(0, _up_to(100_000), "how many creations a second pass, 0 for any number"),
    "rates": Knob({}, *PER_CHANNEL),
    "queues": Knob({}, *PER_CHANNEL),
    "numbers": Knob({}, _table(lambda key: True, _of_number), ""),
    "stop": Knob([], _texts, "a list of numbers that have opted out of SMS"),
    "carrier_stop": Knob(False, *YES_NO),
    "opt_out_type": Knob(False, *YES_NO),
    "sms_one_way": Knob(False, *YES_NO, by_number=True),
    "whatsapp": Knob("up", *UP_DOWN, by_number=True),
    "sms": Knob("up", *UP_DOWN, by_number=True),
    "kannel": Knob("up", *UP_DOWN, by_number=True),
    "whatsapp_window": Knob(False, *YES_NO, by_number=True),
    "approval": Knob({}, _approval, 'like {"status": "rejected", "after_s": 60, "reason": "..."}'),
    "templates": Knob({}, STATES, f"a template's id and its state: {', '.join(sorted(TEMPLATE_STATES))}"),
    "webhook_fragment": Knob("", _fragment, "rc, rp, ct, rt, tt, like rc=5&rp=all"),
    "kannel_retries": Knob(0, _up_to(2000), "how often Kannel tries again, 0 to 2000"),
    "kannel_retry_delay_s": Knob(0.2, *SECONDS),
    "kannel_answer": Knob(None, _optional(_one_of({"400", "403", "503"})), '"400", "403", "503" or null', by_number=True),
    "clock_ahead_s": Knob(0, _up_to(LONGEST_S), f"seconds from 0 to {LONGEST_S}"),
    "seed": Knob(None, _optional(_up_to(2**63)), "a number, or null"),
}  # fmt: skip
OWN = {name for name, knob in KNOBS.items() if knob.by_number}
EXAMPLE = 'a number and its fault, like {"+923000000666": {"code": 30003}}'
WANTS = f"{EXAMPLE}, of: code, rest, status, {', '.join(sorted(OWN))}"
KNOBS["numbers"] = KNOBS["numbers"]._replace(wants=WANTS)
