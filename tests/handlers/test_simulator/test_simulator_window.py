"""WhatsApp's rules: the 24-hour window, templates and their approval, under a clock that tests move."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content import ContentList

DAY = 24 * 3600
TEXT = {"twilio/text": {"body": "Ticket {{1}} has an answer: {{2}}."}}
BUTTONS = {"twilio/quick-reply": {"body": "?", "actions": [{"title": "ہاں", "id": "yes"}]}}
LIST = {"twilio/list-picker": {"body": "?", "button": "!", "items": [{"item": "پانی", "id": "water"}]}}
SAMPLES = {"1": "TW-1", "2": "yes"}


def template(simulator: Any, types: dict[str, Any], variables: dict[str, str] | None = None) -> str:
    wanted = {"friendly_name": "held", "language": "ur", "types": types, "variables": variables or {}}
    return str(simulator.twilio.content.v1.contents.create(ContentList.ContentCreateRequest(wanted)).sid)


def ask(simulator: Any, sid: str, name: str = "held", category: str = "UTILITY") -> Any:
    url = f"{simulator.url}/v1/Content/{sid}/ApprovalRequests/whatsapp"
    wanted = {"name": name, "category": category}
    return simulator.http.post(url, json=wanted, auth=simulator.twilio.auth, timeout=5)


def approval(simulator: Any, sid: str) -> Any:
    return simulator.twilio.content.v1.contents(sid).approval_fetch().fetch().whatsapp


def ends(simulator: Any, until: Any, **sending: Any) -> int | None:
    """Sends, waits for the end of its way, and says with which error."""
    sent = simulator.send(**sending)
    assert sent.status == "queued"  # a rule of the channel strikes later, never at once
    until(lambda: sent.fetch().status in ("delivered", "failed", "undelivered"))
    code = sent.fetch().error_code
    return None if code is None else int(code)


def test_the_window_closes_a_day_after_the_last_message(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(whatsapp_window=True)
    assert ends(simulator, until) == 63016
    simulator.say("Salaam")
    assert ends(simulator, until) is None
    simulator.faults(clock_ahead_s=DAY - 60)
    assert ends(simulator, until) is None
    simulator.faults(clock_ahead_s=DAY + 60)
    assert ends(simulator, until, status_callback=f"{web.url}/carriers/twilio/receipts") == 63016
    until(lambda: web.receipts() == ["failed"])
    assert web.posts[-1]["form"]["ErrorCode"] == "63016"
    simulator.say("Salaam again")
    assert ends(simulator, until) is None


def test_a_scheduled_message_meets_the_window_when_it_leaves(simulator: Any, until: Any) -> None:
    simulator.faults(whatsapp_window=True)
    simulator.say("Salaam")
    service = {"messaging_service_sid": "MG" + "1" * 32, "schedule_type": "fixed"}
    sent = simulator.send(**service, send_at=datetime.now(UTC) + timedelta(days=2))
    simulator.faults(clock_ahead_s=2 * DAY + 1)
    until(lambda: sent.fetch().error_code == 63016)


def test_the_clock_shows_in_dates(simulator: Any) -> None:
    before = simulator.send().date_created
    simulator.faults(clock_ahead_s=2 * DAY)
    assert (simulator.send().date_created - before).days == 2


@pytest.mark.parametrize("types", [BUTTONS, LIST, TEXT], ids=["buttons", "list", "text"])
def test_what_is_not_approved_needs_the_window(simulator: Any, until: Any, types: dict[str, Any]) -> None:
    simulator.faults(whatsapp_window=True)
    sid = template(simulator, types, SAMPLES if types is TEXT else None)
    assert ends(simulator, until, content_sid=sid) == 63016
    simulator.say("Salaam")
    assert ends(simulator, until, content_sid=sid) is None


def test_an_approved_template_opens_a_talk(simulator: Any, until: Any) -> None:
    simulator.faults(whatsapp_window=True)
    sid = template(simulator, TEXT)
    assert ask(simulator, sid).json()["status"] == "approved"
    values = '{"1": "TW-7", "2": "yes"}'
    assert ends(simulator, until, content_sid=sid, content_variables=values) is None
    assert simulator.thread()[-1]["text"] == "Ticket TW-7 has an answer: yes."


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ('{"1": "TW-7"}', 63028),
        ('{"1": "TW-7", "2": "yes", "3": "too many"}', 63028),
        ('{"1": "TW-7", "2": "two\\nlines"}', 63030),
        ('{"1": "TW-7", "2": "wide     gap"}', 63030),
    ],
)
def test_values_that_do_not_fit_a_template(simulator: Any, until: Any, values: str, code: int) -> None:
    sid = template(simulator, TEXT)
    ask(simulator, sid)
    assert ends(simulator, until, content_sid=sid, content_variables=values) == code


def test_approval_takes_its_time(simulator: Any, until: Any) -> None:
    simulator.faults(whatsapp_window=True, approval={"after_s": 600})
    sid = template(simulator, TEXT, SAMPLES)
    assert approval(simulator, sid)["status"] == "unsubmitted"
    assert ask(simulator, sid).json()["status"] == "pending"
    assert ends(simulator, until, content_sid=sid) == 63016
    simulator.faults(clock_ahead_s=601)
    assert approval(simulator, sid)["status"] == "approved"
    assert ends(simulator, until, content_sid=sid) is None


def test_approval_is_refused_with_a_reason(simulator: Any) -> None:
    simulator.faults(approval={"status": "rejected", "reason": "promotional words"})
    sid = template(simulator, TEXT)
    said = ask(simulator, sid).json()
    assert (said["status"], said["rejection_reason"]) == ("rejected", "promotional words")
    assert ask(simulator, template(simulator, LIST)).json()["rejection_reason"] == "list pickers are for sessions only"


@pytest.mark.parametrize(("name", "category"), [("Held Answer", "UTILITY"), ("held", "GREETING"), ("", "UTILITY")])
def test_an_approval_request_that_is_wrong(simulator: Any, name: str, category: str) -> None:
    assert ask(simulator, template(simulator, TEXT), name, category).status_code == 400


@pytest.mark.parametrize(("state", "code"), [("paused", 63041), ("disabled", 63042), ("rejected", 63016)])
def test_a_template_that_lost_its_approval(simulator: Any, until: Any, state: str, code: int) -> None:
    sid = template(simulator, TEXT, SAMPLES)
    ask(simulator, sid)
    simulator.faults(whatsapp_window=True, templates={sid: state})
    assert approval(simulator, sid)["status"] == state
    assert ends(simulator, until, content_sid=sid) == code


def test_typing_reads_and_shows(simulator: Any) -> None:
    sid = simulator.say("Salaam")["id"]
    sent = simulator.twilio.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=sid)
    assert sent.success
    assert simulator.thread()[0]["status"] == "read"
    assert simulator.twilio.messages(sid).fetch().status == "received"
    assert 'class="typing"' in simulator.http.get(f"{simulator.url}/thread", timeout=5).text
    answer = {"channel": "WHATSAPP", "messageId": sid}
    url = f"{simulator.url}/v3/Indicators/Typing.json"
    assert simulator.http.post(url, json=answer, auth=simulator.twilio.auth, timeout=5).json() == {"success": True}
    assert simulator.http.post(url, json=answer, timeout=5).status_code == 401
    simulator.send("Jawab")
    assert 'class="typing"' not in simulator.http.get(f"{simulator.url}/thread", timeout=5).text


def test_typing_needs_a_message_of_whatsapp(simulator: Any) -> None:
    typing = simulator.twilio.messaging.v2.typing_indicator
    with pytest.raises(TwilioRestException) as trouble:
        typing.create(channel="whatsapp", message_id=simulator.say("Salaam", channel="sms")["id"])
    assert trouble.value.status == 404
