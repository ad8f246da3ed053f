"""The carrier's REST API, asked by the carrier's own library."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

URDU = "آپ کی شکایت درج ہو گئی ہے"
GOOD = {"To": "+923000000101", "From": "+923000000002", "Body": "Salaam"}
WHATSAPP = {"To": "whatsapp:+923000000101", "From": "whatsapp:+923000000001", "Body": "Salaam"}
SERVICE = {"To": "+923000000101", "MessagingServiceSid": "MG" + "1" * 32, "Body": "x"}


def test_a_created_message_has_every_field_with_the_carriers_types(simulator: Any) -> None:
    answer = simulator.rest("POST", "/Messages.json", data=GOOD | {"Body": URDU})
    message = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Twilio-Request-Id"].startswith("RQ")
    assert message["sid"].startswith("SM")
    assert len(message["sid"]) == 34
    assert (message["num_segments"], message["num_media"]) == ("1", "0")
    assert (message["error_code"], message["date_sent"]) == (None, None)
    assert (message["status"], message["direction"], message["body"]) == ("queued", "outbound-api", URDU)
    assert parsedate_to_datetime(message["date_created"]).utcoffset() is not None
    assert message["uri"].endswith(f"/Messages/{message['sid']}.json")
    assert message["subresource_uris"]["media"].endswith(f"/Messages/{message['sid']}/Media.json")


def test_the_library_reads_what_it_created(simulator: Any) -> None:
    sent = simulator.send(URDU)
    found = simulator.twilio.messages(sent.sid).fetch()
    assert (found.body, found.to, found.from_) == (URDU, "whatsapp:+923000000101", "whatsapp:+923000000001")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (GOOD | {"To": ""}, 21604),
        (GOOD | {"To": "03000000101"}, 21211),
        (GOOD | {"To": "+92300"}, 21211),
        (GOOD | {"To": "+9230000001011"}, 21211),
        (WHATSAPP | {"To": "whatsapp:03000000101"}, 21211),
        (GOOD | {"To": "+92812000101"}, 21614),
        (GOOD | {"From": ""}, 21603),
        (GOOD | {"From": "12"}, 21212),
        (GOOD | {"From": "+923000000009"}, 21606),
        (WHATSAPP | {"From": "whatsapp:+923000000009"}, 63007),
        (WHATSAPP | {"From": "+923000000002"}, 21910),
        (SERVICE | {"MessagingServiceSid": "MG1"}, 21705),
        (GOOD | {"Body": ""}, 21602),
        (GOOD | {"Body": "ا" * 1601}, 21617),
        (GOOD | {"StatusCallback": "example.org/receipts"}, 21609),
        (GOOD | {"StatusCallback": "https://my_host.example.org/"}, 21609),
        (GOOD | {"MediaUrl": "no url"}, 21620),
        (GOOD | {"MediaUrl": ["https://example.org/a.png"] * 11}, 21623),
        (WHATSAPP | {"Body": "", "ContentSid": "HX" + "0" * 32}, 21655),
        (GOOD | {"ContentVariables": "{not json"}, 21656),
        (GOOD | {"ScheduleType": "fixed"}, 35118),
        (SERVICE | {"ScheduleType": "fixed"}, 35111),
        (SERVICE | {"ScheduleType": "fixed", "SendAt": "2020-01-01T00:00:00Z"}, 35114),
    ],
)
def test_what_the_carrier_refuses(simulator: Any, form: dict[str, Any], code: int) -> None:
    answer = simulator.rest("POST", "/Messages.json", data=form)
    said = answer.json()
    assert (answer.status_code, said["code"], said["status"]) == (400, code, 400)
    assert said["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert said["message"]
    assert simulator.log() == []


def test_the_longest_text_passes(simulator: Any) -> None:
    assert simulator.send("ا" * 1600, channel="sms").num_segments == "24"


def test_a_name_may_send_sms(simulator: Any) -> None:
    assert simulator.rest("POST", "/Messages.json", data=GOOD | {"From": "Tawar"}).json()["from"] == "Tawar"


def test_a_wrong_password_is_401(simulator: Any) -> None:
    stranger = Client(simulator.twilio.username, "wrong", http_client=simulator.twilio.http_client)
    with pytest.raises(TwilioRestException) as trouble:
        stranger.messages.create(to="+923000000101", from_="+923000000002", body="x")
    assert (trouble.value.status, trouble.value.code) == (401, 20003)


def test_another_account_is_404(simulator: Any) -> None:
    with pytest.raises(TwilioRestException) as trouble:
        simulator.twilio.api.v2010.accounts("AC" + "f" * 32).messages.create(to="+923000000101", body="x", from_="x")
    assert (trouble.value.status, trouble.value.code) == (404, 20404)


def test_a_message_nobody_sent_is_404(simulator: Any) -> None:
    with pytest.raises(TwilioRestException) as trouble:
        simulator.twilio.messages("SM" + "0" * 32).fetch()
    assert trouble.value.code == 20404


def test_lists_come_page_by_page_newest_first(simulator: Any) -> None:
    sent = [simulator.send(f"number {number}").sid for number in range(7)]
    listed = [message.sid for message in simulator.twilio.messages.list(page_size=3)]
    assert listed == sent[::-1]


def test_a_page_keeps_its_place_when_messages_arrive(simulator: Any) -> None:
    sent = [simulator.send(f"number {number}").sid for number in range(4)]
    first = simulator.twilio.messages.page(page_size=2)
    simulator.send("late")
    assert [message.sid for message in first.next_page()] == [sent[1], sent[0]]


def test_lists_are_filtered(simulator: Any, until: Any) -> None:
    one, other = simulator.send("a"), simulator.send("b", to="+923000000102", channel="sms")
    simulator.say("c")
    until(lambda: all(message.date_sent for message in simulator.twilio.messages.list()))
    to = simulator.twilio.messages.list(to="+923000000102")
    start = min(message.date_sent for message in simulator.twilio.messages.list())
    assert [message.sid for message in to] == [other.sid]
    assert [m.sid for m in simulator.twilio.messages.list(to="whatsapp:+923000000101", date_sent_after=start)] == [
        one.sid
    ]
    assert simulator.twilio.messages.list(date_sent_before=start.replace(year=2020)) == []
    assert len(simulator.twilio.messages.list(date_sent=start.date())) == 3


def test_lists_hold_what_citizens_sent_too(simulator: Any) -> None:
    sid = simulator.say("پانی نہیں آ رہا")["id"]
    found = simulator.twilio.messages.list(to="whatsapp:+923000000001")[0]
    assert (found.sid, found.direction, found.status, found.body) == (sid, "inbound", "received", "پانی نہیں آ رہا")


def test_a_text_can_be_taken_away(simulator: Any) -> None:
    sent = simulator.send("secret")
    assert sent.update(body="").body == ""
    assert simulator.thread()[0]["text"] == ""


def test_a_message_can_be_deleted(simulator: Any) -> None:
    sent = simulator.send("secret")
    assert sent.delete()
    assert simulator.thread() == []
    with pytest.raises(TwilioRestException):
        sent.delete()


def test_only_a_scheduled_message_can_be_canceled(simulator: Any) -> None:
    form = SERVICE | {"ScheduleType": "fixed", "SendAt": "2126-01-01T00:00:00Z"}
    assert simulator.rest("POST", "/Messages.json", data=form).json()["code"] == 35114
    sent = simulator.send("now")
    with pytest.raises(TwilioRestException) as trouble:
        sent.update(status="canceled")
    assert trouble.value.code == 30409


def test_a_scheduled_message_waits_and_can_be_canceled(simulator: Any) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    sent = simulator.send("later", messaging_service_sid="MG" + "1" * 32, schedule_type="fixed", send_at=later)
    assert (sent.status, sent.from_, sent.num_segments) == ("scheduled", None, "0")
    assert sent.update(status="canceled").status == "canceled"


def test_a_service_chooses_the_sender_later(simulator: Any, until: Any) -> None:
    sent = simulator.send("now", messaging_service_sid="MG" + "1" * 32)
    assert (sent.status, sent.from_) == ("accepted", None)
    until(lambda: sent.fetch().status == "delivered")
    assert sent.fetch().from_ == "whatsapp:+923000000001"
