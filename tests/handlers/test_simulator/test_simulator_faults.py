"""Faults: every knob, and what the library sees of it."""

import time
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from handlers.simulator.knobs import KNOBS


def put(simulator: Any, knobs: Any) -> requests.Response:
    answer = simulator.http.put(f"{simulator.url}/faults", json=knobs, timeout=5)
    assert isinstance(answer, requests.Response)
    return answer


def test_knobs_are_merged_shown_and_turned_back(simulator: Any) -> None:
    usual = simulator.http.get(f"{simulator.url}/faults", timeout=5).json()
    put(simulator, {"loss": 0.5})
    turned = put(simulator, {"reorder": True}).json()
    assert turned == usual | {"loss": 0.5, "reorder": True}
    assert put(simulator, {}).json() == usual
    put(simulator, {"loss": 1})
    assert simulator.http.delete(f"{simulator.url}/faults", timeout=5).json() == usual


@pytest.mark.parametrize(
    ("knobs", "named"),
    [
        ({"los": 1}, "unknown: los"),
        ({"loss": 2}, "loss"),
        ({"loss": True}, "loss"),
        ({"delay_s": -1}, "delay_s"),
        ({"reorder": 1}, "reorder"),
        ({"error_rate": {"200": 1}}, "error_rate"),
        ({"numbers": {"+923000000666": {"cod": 1}}}, "numbers"),
        ({"numbers": {"+923000000666": {"code": "30003"}}}, "numbers"),
        ({"stop": "+923000000101"}, "stop"),
        ([], "object"),
    ],
)
def test_a_wrong_knob_is_named_and_nothing_turns(simulator: Any, knobs: Any, named: str) -> None:
    put(simulator, {"loss": 0.5})
    answer = put(simulator, {"duplicate": 1} | knobs if isinstance(knobs, dict) else knobs)
    assert answer.status_code == 400
    assert named in answer.json()["error"]
    now = simulator.http.get(f"{simulator.url}/faults", timeout=5).json()
    assert (now["loss"], now["duplicate"]) == (0.5, 0)


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503), (400, 20001)])
def test_errors_by_rate(simulator: Any, status: int, code: int) -> None:
    simulator.faults(error_rate={str(status): 1})
    with pytest.raises(TwilioRestException) as trouble:
        simulator.send()
    assert (trouble.value.status, trouble.value.code) == (status, code)
    assert simulator.log() == []


def test_a_share_is_kept_to(simulator: Any) -> None:
    simulator.faults(error_rate={"429": 0.5}, seed=7)
    answers = [simulator.rest("POST", "/Messages.json", data={}).status_code for _ in range(60)]
    assert 15 < answers.count(429) < 45


def test_an_error_after_the_message_was_accepted(simulator: Any) -> None:
    simulator.faults(error_after_accept=1)
    with pytest.raises(TwilioRestException) as trouble:
        simulator.send("twice?")
    assert trouble.value.status == 500
    assert [entry["body"] for entry in simulator.log()] == ["twice?"]
    assert [message.body for message in simulator.twilio.messages.list()] == ["twice?"]


@pytest.mark.parametrize(("knob", "accepted"), [("drop_connection", 0), ("drop_after_accept", 1)])
def test_a_connection_that_breaks(simulator: Any, knob: str, accepted: int) -> None:
    simulator.faults(**{knob: 1})
    with pytest.raises(requests.ConnectionError):
        simulator.send()
    assert len(simulator.log()) == accepted


def test_delays(simulator: Any) -> None:
    simulator.faults(delay_s=0.1, create_delay_s=0.1)
    began = time.monotonic()
    simulator.send()
    assert time.monotonic() - began >= 0.2


def test_a_number_that_is_refused(simulator: Any) -> None:
    simulator.faults(numbers={"whatsapp:+923000000666": {"rest": 21211}})
    with pytest.raises(TwilioRestException) as trouble:
        simulator.send(to="+923000000666")
    assert (trouble.value.status, trouble.value.code) == (400, 21211)
    assert simulator.send().status == "queued"


def test_numbers_that_opted_out_of_sms(simulator: Any) -> None:
    simulator.faults(stop=["+92 300 0000101"])
    with pytest.raises(TwilioRestException) as trouble:
        simulator.send(channel="sms")
    assert trouble.value.code == 21610
    assert simulator.send(channel="whatsapp").status == "queued"


def test_a_carrier_that_handles_stop_itself(simulator: Any, web: Any) -> None:
    simulator.say("stop", channel="sms")
    assert simulator.send(channel="sms").status == "queued"
    simulator.faults(carrier_stop=True)
    simulator.say("stop please", channel="sms")
    assert simulator.send(channel="sms").status == "queued"
    simulator.say("Stop", channel="sms")
    with pytest.raises(TwilioRestException) as trouble:
        simulator.send(channel="sms")
    assert trouble.value.code == 21610
    simulator.say("START", channel="sms")
    assert simulator.send(channel="sms").status == "queued"
    assert [form["Body"] for form in web.messages()] == ["stop", "stop please", "Stop", "START"]
    assert "unsubscribed" in simulator.thread(channel="sms")[5]["text"]


def test_a_citizens_message_that_comes_twice(simulator: Any, web: Any) -> None:
    simulator.faults(inbound_duplicate=1)
    sent = simulator.say("Salaam")
    assert sent["statuses"] == [200, 200]
    assert [form["MessageSid"] for form in web.messages()] == [sent["id"]] * 2


def test_media_that_has_gone(simulator: Any, web: Any) -> None:
    simulator.faults(media_missing=1)
    simulator.say(media=[{"file": "data:image/png;base64,aGk=", "type": "image/png"}])
    answer = simulator.http.get(web.messages()[0]["MediaUrl0"], auth=simulator.twilio.auth, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_the_log_says_what_was_accepted(simulator: Any) -> None:
    sent = simulator.send("پیغام", channel="sms", status_callback="http://127.0.0.1:9/r")
    (entry,) = simulator.log()
    assert entry.pop("at").startswith("20")
    assert entry == {
        "id": sent.sid,
        "to": "+923000000101",
        "from": "+923000000002",
        "body": "پیغام",
        "status_callback": "http://127.0.0.1:9/r",
        "options": [],
        "media": [],
        "content_sid": "",
        "content_variables": {},
        "messaging_service_sid": "",
        "segments": 1,
    }
    assert simulator.http.delete(f"{simulator.url}/log", timeout=5).status_code == 204
    assert simulator.log() == []


def test_the_process_lives(simulator: Any) -> None:
    assert simulator.http.get(f"{simulator.url}/healthz", timeout=5).text == "ok"


def test_every_knob_is_in_the_manual() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
    assert [name for name in KNOBS if f"`{name}`" not in manual] == []
    starred = {name for name in KNOBS if f"`{name}`*" in manual}
    assert starred == {name for name, knob in KNOBS.items() if knob.by_number}
