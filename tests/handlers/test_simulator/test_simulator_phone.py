"""The phone for scripts: what a citizen sends becomes the carrier's own signed form."""

import json
from typing import Any

import pytest
import requests

PHOTO = "data:image/jpeg;base64,/9j/4AAQ"


def test_a_text_arrives_signed(simulator: Any, web: Any) -> None:
    sent = simulator.say("پانی نہیں آ رہا، تربت میں تین دن سے")
    form = web.messages()[0]
    assert (sent["status"], sent["statuses"], sent["error"]) == (200, [200], None)
    assert web.posts[0]["signed"]
    metadata = json.loads(form.pop("ChannelMetadata"))
    assert metadata["data"]["context"] == {"ProfileName": "Zarina", "WaId": "923000000101"}
    assert form == {
        "ApiVersion": "2010-04-01",
        "AccountSid": simulator.twilio.username,
        "MessageSid": sent["id"],
        "SmsSid": sent["id"],
        "SmsMessageSid": sent["id"],
        "SmsStatus": "received",
        "From": "whatsapp:+923000000101",
        "To": "whatsapp:+923000000001",
        "Body": "پانی نہیں آ رہا، تربت میں تین دن سے",
        "NumMedia": "0",
        "NumSegments": "1",
        "ProfileName": "Zarina",
        "WaId": "923000000101",
        "Forwarded": "false",
        "FrequentlyForwarded": "false",
        "ReferralNumMedia": "0",
        "MessageType": "text",
    }


def test_an_sms_has_its_parts_and_its_country(simulator: Any, web: Any) -> None:
    simulator.say("ا" * 71, channel="sms")
    form = web.messages()[0]
    assert (form["From"], form["To"]) == ("+923000000101", "+923000000002")
    assert (form["NumSegments"], form["FromCountry"]) == ("2", "PK")
    assert "WaId" not in form


def test_a_place(simulator: Any, web: Any) -> None:
    simulator.say(latitude=26.0012, longitude=63.0485, name="Mehrab")
    form = web.messages()[0]
    assert (form["Latitude"], form["Longitude"], form["Body"]) == ("26.0012", "63.0485", "")
    assert (form["MessageType"], form["ProfileName"]) == ("location", "Mehrab")


def test_a_photo_is_fetched_with_the_accounts_password(simulator: Any, web: Any) -> None:
    sent = simulator.say("دیکھیں", media=[{"file": PHOTO, "type": "image/jpeg"}])
    form = web.messages()[0]
    assert sent["id"].startswith("MM")
    assert (form["NumMedia"], form["MediaContentType0"], form["MessageType"]) == ("1", "image/jpeg", "image")
    assert requests.get(form["MediaUrl0"], timeout=5).status_code == 401
    answer = simulator.http.get(form["MediaUrl0"], auth=simulator.twilio.auth, timeout=5)
    assert (answer.content, answer.headers["Content-Type"]) == (b"\xff\xd8\xff\xe0\x00\x10", "image/jpeg")
    (media,) = simulator.twilio.messages(sent["id"]).media.list()
    assert media.fetch().content_type == "image/jpeg"
    shown = simulator.thread()[0]["media"][0]
    assert simulator.http.get(simulator.url + shown["url"], timeout=5).content == answer.content


def test_a_file_a_browser_might_run_is_only_a_download(simulator: Any) -> None:
    simulator.say(media=[{"file": "data:image/svg+xml,<svg/>"}])
    shown = simulator.thread()[0]["media"][0]
    answer = simulator.http.get(simulator.url + shown["url"], timeout=5)
    assert answer.content == b"<svg/>"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_url_is_handed_on_as_it_is(simulator: Any, web: Any) -> None:
    simulator.say(media=[{"url": "http://127.0.0.1:9/x.ogg", "type": "audio/ogg"}])
    form = web.messages()[0]
    assert (form["MediaUrl0"], form["MediaContentType0"]) == ("http://127.0.0.1:9/x.ogg", "audio/ogg")


def content(simulator: Any, types: dict[str, Any]) -> str:
    wanted = {"friendly_name": "x", "language": "en", "types": types}
    answer = simulator.http.post(f"{simulator.url}/v1/Content", json=wanted, auth=simulator.twilio.auth, timeout=5)
    return str(answer.json()["sid"])


def test_a_button(simulator: Any, web: Any) -> None:
    sid = content(simulator, {"twilio/quick-reply": {"body": "?", "actions": [{"title": "ہاں", "id": "yes"}]}})
    question = simulator.send(content_sid=sid)
    simulator.say(button="yes")
    form = web.messages()[0]
    assert (form["Body"], form["ButtonText"], form["ButtonPayload"]) == ("ہاں", "ہاں", "yes")
    assert (form["MessageType"], form["OriginalRepliedMessageSid"]) == ("interactive", question.sid)
    assert form["OriginalRepliedMessageSender"] == "whatsapp:+923000000001"
    assert simulator.thread()[1]["text"] == "ہاں"


def test_an_item_of_a_list(simulator: Any, web: Any) -> None:
    items = [{"item": "پانی", "id": "water", "description": "نل"}]
    simulator.send(content_sid=content(simulator, {"twilio/list-picker": {"body": "?", "button": "!", "items": items}}))
    simulator.say(button="water")
    form = web.messages()[0]
    assert (form["Body"], form["ListId"], form["ListTitle"]) == ("پانی", "water", "پانی")
    assert "ButtonPayload" not in form


def test_repeats_bear_one_id_and_are_one_bubble(simulator: Any, web: Any) -> None:
    sent = simulator.say("Salaam", repeat=3)
    assert sent["statuses"] == [200, 200, 200]
    assert {form["MessageSid"] for form in web.messages()} == {sent["id"]}
    assert len(simulator.thread()) == 1


def test_the_thread_is_oldest_first(simulator: Any, until: Any) -> None:
    simulator.say("one")
    simulator.send("two")
    until(lambda: simulator.thread()[1]["status"] == "delivered")
    shown = simulator.thread()
    assert [(entry["direction"], entry["text"], entry["status"]) for entry in shown] == [
        ("in", "one", "received"),
        ("out", "two", "delivered"),
    ]
    assert {"direction", "text", "options", "media", "status", "at", "id"} <= shown[0].keys()
    assert [entry["text"] for entry in simulator.thread(since=1)] == ["two"]
    assert simulator.thread(number="+923000000102") == []


@pytest.mark.parametrize(("status", "note"), [(503, "503"), (403, "403")])
def test_what_the_service_does_not_take_is_shown(simulator: Any, web: Any, status: int, note: str) -> None:
    web.answers = [(status, "no")]
    sent = simulator.say("Salaam")
    assert (sent["status"], sent["statuses"]) == (status, [status])
    assert simulator.thread()[0]["note"] == f"not taken by the service: {note}"
    assert len(web.posts) == 1


def test_a_service_that_is_not_there_is_shown(simulator: Any, web: Any, open_simulator: Any) -> None:
    web.url = "http://127.0.0.1:9"
    with open_simulator() as alone:
        sent = alone.say("Salaam")
        assert (sent["status"], sent["error"]) == (None, "connection refused")
        assert alone.thread()[0]["note"] == "not taken by the service: connection refused"


def test_answers_in_twiml_are_shown(simulator: Any, web: Any) -> None:
    web.answers = [(200, "<Response><Message>ایک</Message><Message><Body>two</Body></Message></Response>")]
    simulator.say("Salaam")
    assert [entry["text"] for entry in simulator.thread()] == ["Salaam", "ایک", "two"]
    assert simulator.twilio.messages.list()[0].direction == "outbound-reply"


def test_an_answer_that_is_not_twiml_is_noted(simulator: Any, web: Any) -> None:
    web.answers = [(200, "<html>")]
    simulator.say("Salaam")
    assert "12100" in simulator.thread()[0]["note"]


@pytest.mark.parametrize(
    ("path", "wanted", "status"),
    [
        ("kannel/+923000000101", {"text": "x"}, 501),
        ("pigeon/+923000000101", {"text": "x"}, 404),
        ("sms/0300", {"text": "x"}, 400),
        ("sms/+923000000101", {}, 400),
        ("sms/+923000000101", [], 400),
        ("sms/+923000000101", {"text": "x", "repeat": 0}, 400),
        ("whatsapp/+923000000101", {"button": "nobody offered it"}, 400),
        ("whatsapp/+923000000101", {"latitude": 91, "longitude": 0}, 400),
        ("whatsapp/+923000000101", {"latitude": 1}, 400),
        ("whatsapp/+923000000101", {"media": [{"type": "image/png"}]}, 400),
        ("whatsapp/+923000000101", {"media": [{"file": "not base64!"}]}, 400),
    ],
)
def test_mistakes_are_named(simulator: Any, web: Any, path: str, wanted: Any, status: int) -> None:
    answer = simulator.http.post(f"{simulator.url}/phone/{path}", json=wanted, timeout=5)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert web.posts == []


def test_a_thread_that_did_not_change_is_304(simulator: Any) -> None:
    simulator.say("Salaam")
    url = f"{simulator.url}/phone/whatsapp/+923000000101"
    known = {"If-None-Match": simulator.http.get(url, timeout=5).headers["ETag"]}
    assert simulator.http.get(url, headers=known, timeout=5).status_code == 304
    assert simulator.http.get(url, headers=known, params={"wait": 0.05}, timeout=5).status_code == 304
    simulator.send("Jawab")
    assert simulator.http.get(url, headers=known, params={"wait": 20}, timeout=5).status_code == 200


def test_a_held_answer_leaves_when_something_comes(simulator: Any, until: Any) -> None:
    simulator.send("one")
    until(lambda: simulator.thread()[0]["status"] == "delivered")
    url = f"{simulator.url}/phone/whatsapp/+923000000101"
    known = {"If-None-Match": simulator.http.get(url, timeout=5).headers["ETag"]}
    simulator.faults(receipt_delay_s=0.1)
    other = simulator.send("two", to="+923000000102")
    assert simulator.http.get(url, headers=known, params={"wait": 0.2}, timeout=5).status_code == 304
    until(lambda: other.fetch().status == "delivered")
