"""Delivery receipts: signed, in order, and every way in which they go wrong."""

from typing import Any

import pytest

from handlers.simulator import SimulatorSettings


def told(web: Any, query: str = "") -> dict[str, str]:
    return {"status_callback": f"{web.public_url or web.url}/carriers/twilio/receipts{query}"}


def test_receipts_are_signed_and_in_order(simulator: Any, web: Any, until: Any) -> None:
    sent = simulator.send("آپ کی شکایت", **told(web, "?mid=7&name=%D8%A2%D8%A8"))
    until(lambda: len(web.posts) == 2)
    assert web.receipts(sent.sid) == ["sent", "delivered"]
    assert all(post["signed"] for post in web.posts)
    assert all(post["path"].endswith("?mid=7&name=%D8%A2%D8%A8") for post in web.posts)
    assert len({post["token"] for post in web.posts}) == 2


def test_what_a_whatsapp_receipt_says(simulator: Any, web: Any, until: Any) -> None:
    sent = simulator.send(**told(web))
    until(lambda: len(web.posts) == 2)
    assert web.posts[1]["form"] == {
        "ApiVersion": "2010-04-01",
        "AccountSid": simulator.twilio.username,
        "MessageSid": sent.sid,
        "SmsSid": sent.sid,
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        "From": "whatsapp:+923000000001",
        "To": "whatsapp:+923000000101",
        "ChannelPrefix": "whatsapp",
        "ChannelToAddress": "+923000000101",
        "EventType": "DELIVERED",
    }


def test_an_sms_receipt_has_no_channel_fields(simulator: Any, web: Any, until: Any) -> None:
    simulator.send(channel="sms", **told(web))
    until(lambda: len(web.posts) == 2)
    assert "ChannelPrefix" not in web.posts[1]["form"]
    assert len(web.posts[1]["form"]["RawDlrDoneDate"]) == 10


def test_the_public_address_is_signed_and_the_real_one_is_called(web: Any, open_simulator: Any, until: Any) -> None:
    web.public_url = "https://tawar.example.org"
    with open_simulator() as simulator:
        simulator.send(**told(web))
        simulator.say("Salaam")
        until(lambda: len(web.posts) == 3)
    assert all(post["signed"] for post in web.posts)


@pytest.mark.parametrize(
    "lookalike", ["http://127.0.0.1:1/carriers/twilio/receipts", "http://127.0.0.1:1.example.org/x"]
)
def test_an_address_that_only_looks_like_the_public_one_is_not_exchanged(lookalike: str) -> None:
    settings = SimulatorSettings("AC", "x", "http://127.0.0.1:8000", "http://127.0.0.1:1")
    assert (settings.transport(lookalike) != lookalike) == ("example" not in lookalike)


def test_no_callback_no_receipt_but_the_status_moves(simulator: Any, web: Any, until: Any) -> None:
    sent = simulator.send()
    until(lambda: sent.fetch().status == "delivered")
    assert web.posts == []


def test_a_service_tells_queued_first(simulator: Any, web: Any, until: Any) -> None:
    simulator.send(messaging_service_sid="MG" + "1" * 32, **told(web))
    until(lambda: len(web.posts) == 3)
    assert web.receipts() == ["queued", "sent", "delivered"]
    assert web.posts[0]["form"]["MessagingServiceSid"] == "MG" + "1" * 32


def test_whatsapp_is_read_when_somebody_looks(simulator: Any, web: Any, until: Any) -> None:
    sent = simulator.send(**told(web))
    until(lambda: len(web.posts) == 2)
    simulator.thread(open=1)
    until(lambda: len(web.posts) == 3)
    assert web.receipts(sent.sid) == ["sent", "delivered", "read"]
    assert web.posts[2]["form"]["EventType"] == "READ"


def test_whatsapp_is_read_at_once_while_somebody_looks(simulator: Any, web: Any, until: Any) -> None:
    simulator.thread(open=1)
    simulator.send(**told(web))
    until(lambda: web.receipts() == ["sent", "delivered", "read"])


def test_sms_is_never_read(simulator: Any, web: Any, until: Any) -> None:
    simulator.send(channel="sms", **told(web))
    until(lambda: len(web.posts) == 2)
    simulator.thread(channel="sms", open=1)
    simulator.send(channel="sms", **told(web))
    until(lambda: len(web.posts) == 4)
    assert "read" not in web.receipts()


@pytest.mark.parametrize(
    ("channel", "fault", "statuses"),
    [
        ("sms", {"code": 30003}, ["sent", "undelivered"]),
        ("sms", {"code": 30003, "status": "failed"}, ["failed"]),
        ("whatsapp", {"code": 63016}, ["failed"]),
        ("whatsapp", {"code": 63016, "status": "undelivered"}, ["sent", "undelivered"]),
    ],
)
def test_a_number_that_fails(
    simulator: Any, web: Any, until: Any, channel: str, fault: dict[str, Any], statuses: list[str]
) -> None:
    simulator.faults(numbers={"+923000000666": fault})
    sent = simulator.send(to="+923000000666", channel=channel, **told(web))
    until(lambda: len(web.posts) == len(statuses))
    assert web.receipts(sent.sid) == statuses
    assert web.posts[-1]["form"]["ErrorCode"] == str(fault["code"])
    assert (sent.fetch().status, sent.fetch().error_code) == (statuses[-1], fault["code"])


def test_lost_receipts(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(loss=1)
    sent = simulator.send(**told(web))
    until(lambda: sent.fetch().status == "delivered")
    assert web.posts == []


def test_repeated_receipts_bear_one_token(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(duplicate=1)
    simulator.send(**told(web))
    until(lambda: len(web.posts) == 4)
    assert web.receipts() == ["sent", "sent", "delivered", "delivered"]
    assert len({post["token"] for post in web.posts}) == 2


def test_receipts_in_the_wrong_order(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(reorder=True)
    sent = simulator.send(**told(web))
    until(lambda: len(web.posts) == 2)
    assert web.receipts() == ["delivered", "sent"]
    assert sent.fetch().status == "delivered"


def test_receipts_before_the_answer(simulator: Any, web: Any) -> None:
    simulator.faults(early_receipts=True)
    simulator.send(**told(web))
    assert web.receipts() == ["sent", "delivered"]


def test_late_receipts(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(receipt_delay_s=600)
    sent = simulator.send(**told(web))
    assert sent.fetch().status == "queued"
    simulator.faults(receipt_delay_s=0)
    other = simulator.send(**told(web))
    until(lambda: len(web.posts) == 2)
    assert web.receipts(other.sid) == ["sent", "delivered"]


def test_a_receipt_nobody_takes_stops_nothing(simulator: Any, until: Any) -> None:
    sent = simulator.send(status_callback="http://127.0.0.1:9/receipts")
    until(lambda: sent.fetch().status == "delivered")


def test_outside_the_window_only_approved_templates_arrive(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(whatsapp_window=True)
    refused = simulator.send(**told(web))
    until(lambda: refused.fetch().error_code == 63016)
    simulator.say("Salaam")
    inside = simulator.send(**told(web))
    until(lambda: inside.fetch().status == "delivered")
