"""How the carriers are: asked seldom, all at once and never for long, and never a mishap."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.carriers.port import Carriers
from bot.services import health
from bot.services.health import FRESH_S, CarrierWatch, ask_carriers


@dataclass
class Patient:
    """As much of a carrier as is asked."""

    says: str = ""
    takes: threading.Event | None = None
    error: Exception | None = None
    asked: list[float] = field(default_factory=list)

    def health(self) -> str:
        self.asked.append(time.monotonic())
        if self.takes:
            self.takes.wait(10)
        if self.error:
            raise self.error
        return self.says


class Hours:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def carriers(**patients: Patient) -> Carriers:
    chosen: Any = patients
    return Carriers(chosen)


def test_each_is_told_apart() -> None:
    told = ask_carriers(
        carriers(one=Patient(), two=Patient("the line is down"), three=Patient(error=ValueError("+92")))
    )
    assert told == {"one": "", "two": "the line is down", "three": "could not be asked: ValueError"}
    assert ask_carriers(carriers()) == {}


def test_one_that_is_silent_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_S", 0.1)
    released = threading.Event()
    started = time.monotonic()
    told = ask_carriers(carriers(well=Patient(), silent=Patient(takes=released)))
    released.set()
    assert time.monotonic() - started < 5
    assert told["well"] == ""
    assert "did not say" in told["silent"]


def test_it_is_asked_once_while_the_answer_is_fresh() -> None:
    patient, hours = Patient(), Hours()
    watch = CarrierWatch(carriers(one=patient), hours)
    assert [watch.look() for _ in range(5)] == [{"one": ""}] * 5
    assert len(patient.asked) == 1
    patient.says, hours.now = "ill", hours.now + FRESH_S
    assert watch.look() == {"one": "ill"}
    assert len(patient.asked) == 2


def test_who_comes_while_it_is_asked_gets_what_was_known() -> None:
    patient, hours = Patient(), Hours()
    watch = CarrierWatch(carriers(one=patient), hours)
    watch.look()
    patient.takes, patient.says, hours.now = threading.Event(), "ill", hours.now + FRESH_S
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(watch.look)
        while len(patient.asked) < 2:
            time.sleep(0.001)
        assert watch.look() == {"one": ""}
        patient.takes.set()
        assert asking.result(5) == {"one": "ill"}


def test_many_at_the_first_moment_ask_once() -> None:
    patient = Patient()
    watch = CarrierWatch(carriers(one=patient))
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda _: watch.look(), range(64))) == [{"one": ""}] * 64
    assert len(patient.asked) == 1
