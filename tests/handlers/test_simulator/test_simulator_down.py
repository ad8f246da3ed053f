"""A shutdown, queues with their rates, single phones with faults of their own, and one-way SMS."""

import time
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.media.servers import moves, says, serving

SERVICE = {"messaging_service_sid": "MG" + "1" * 32}


def told(web: Any) -> dict[str, str]:
    return {"status_callback": f"{web.url}/carriers/twilio/receipts"}


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
def test_a_shutdown_keeps_messages_sent_until_it_ends(simulator: Any, web: Any, until: Any, channel: str) -> None:
    simulator.faults(**{channel: "down"}, receipt_delay_s=0)
    sent = simulator.send(channel=channel, **told(web))
    until(lambda: web.receipts() == ["sent"])
    time.sleep(0.1)
    assert sent.fetch().status == "sent"
    answer = simulator.http.post(f"{simulator.url}/phone/{channel}/+923000000101", json={"text": "x"}, timeout=5)
    assert (answer.status_code, web.messages()) == (503, [])
    assert f"{channel} is down" in answer.json()["error"]
    simulator.faults(**{channel: "up"})
    until(lambda: web.receipts() == ["sent", "delivered"])
    assert simulator.say("Salaam", channel=channel)["status"] == 200


def test_a_shutdown_holds_early_receipts_too(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(whatsapp="down", early_receipts=True, reorder=True)
    simulator.send(**told(web))
    assert web.receipts() == ["sent"]
    simulator.http.delete(f"{simulator.url}/faults", timeout=5)
    until(lambda: web.receipts() == ["sent", "delivered"])


def test_one_phone_is_down(simulator: Any, until: Any) -> None:
    simulator.faults(numbers={"+923000000102": {"whatsapp": "down"}}, receipt_delay_s=0)
    one, other = simulator.send(to="+923000000102"), simulator.send()
    until(lambda: other.fetch().status == "delivered")
    assert one.fetch().status == "sent"


def test_one_phone_has_faults_of_its_own(simulator: Any, web: Any, until: Any) -> None:
    own = {"loss": 1, "error_rate": {"503": 1}}
    simulator.faults(numbers={"+923000000102": own, "+923000000103": {"duplicate": 1, "receipt_delay_s": 0}})
    with pytest.raises(TwilioRestException) as trouble:
        simulator.send(to="+923000000102")
    assert trouble.value.status == 503
    simulator.send(to="+923000000103", **told(web))
    until(lambda: web.receipts() == ["sent", "sent", "delivered", "delivered"])


@pytest.mark.parametrize("wrong", [{"los": 1}, {"loss": 2}, {"seed": 1}, {"status": "failed"}, {}])
def test_a_wrong_fault_of_one_phone_is_refused(simulator: Any, wrong: dict[str, Any]) -> None:
    answer = simulator.http.put(f"{simulator.url}/faults", json={"numbers": {"+923000000102": wrong}}, timeout=5)
    assert answer.status_code == 400
    assert "receipt_delay_s" in answer.json()["error"]


def test_a_sender_has_a_rate_in_segments(simulator: Any, until: Any) -> None:
    simulator.faults(rates={"sms": 20}, receipt_delay_s=0)
    sent = [simulator.send("ا" * 71, channel="sms") for _ in range(5)]  # two segments each: the last leaves after 0.4 s
    until(lambda: sent[0].fetch().status == "delivered")
    assert sent[4].fetch().status == "queued"
    began = time.monotonic()
    until(lambda: sent[4].fetch().status == "delivered")
    assert time.monotonic() - began < 2


def test_a_full_queue_refuses_a_number_and_fails_a_service_later(simulator: Any, until: Any) -> None:
    simulator.faults(rates={"sms": 1}, queues={"sms": 2})
    simulator.send(channel="sms")
    simulator.send(channel="sms")
    with pytest.raises(TwilioRestException) as trouble:
        simulator.send(channel="sms")
    assert (trouble.value.status, trouble.value.code) == (400, 21611)
    late = simulator.send(channel="sms", **SERVICE)
    until(lambda: late.fetch().error_code == 30001)
    assert simulator.send(channel="whatsapp").status == "queued"


def test_only_so_many_requests_a_second(simulator: Any) -> None:
    simulator.faults(requests_per_second=5)
    answers = [simulator.rest("POST", "/Messages.json", data={}).status_code for _ in range(20)]
    assert answers.count(429) >= 5
    assert answers.count(400) >= 5  # passed on to the check of the form


def test_an_answer_that_drips(simulator: Any) -> None:
    simulator.faults(drip_s=0.3)
    began = time.monotonic()
    assert simulator.send().status == "queued"
    assert time.monotonic() - began >= 0.25


def test_a_citizens_sms_to_a_one_way_number_arrives_nowhere(simulator: Any, web: Any) -> None:
    simulator.faults(sms_one_way=True)
    sent = simulator.say("Salaam", channel="sms")
    assert (sent["status"], sent["statuses"], web.posts) == (None, [], [])
    assert "one-way" in sent["error"]
    assert simulator.thread(channel="sms")[0]["status"] == "undelivered"
    assert simulator.say("Salaam")["status"] == 200


@pytest.mark.parametrize(("word", "kind"), [("stop", "STOP"), ("Unsubscribe", "STOP"), ("HELP", "HELP"), ("hi", None)])
def test_a_service_says_which_keyword_it_was(simulator: Any, web: Any, word: str, kind: str | None) -> None:
    simulator.faults(opt_out_type=True)
    simulator.say(word, channel="sms")
    assert web.messages()[0].get("OptOutType") == kind
    assert web.posts[0]["signed"]
    if kind == "STOP":
        simulator.say("start", channel="sms")
        assert web.messages()[1]["OptOutType"] == "START"


def test_a_queued_message_of_a_service_can_be_canceled(simulator: Any, web: Any, until: Any) -> None:
    simulator.faults(receipt_delay_s=600)
    sent = simulator.send(**SERVICE, **told(web))
    until(lambda: web.receipts() == ["queued"])
    assert sent.update(status="canceled").status == "canceled"
    until(lambda: web.receipts() == ["queued", "canceled"])


def test_a_scheduled_message_leaves_when_its_moment_comes(simulator: Any, until: Any) -> None:
    later = simulator.send().date_created.replace(microsecond=0)
    form = {"To": "whatsapp:+923000000101", "Body": "later", "ScheduleType": "fixed"}
    moment = later.timestamp() + 3600
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
    sid = simulator.rest(
        "POST", "/Messages.json", data=form | {"SendAt": at, "MessagingServiceSid": "MG" + "1" * 32}
    ).json()["sid"]
    assert simulator.twilio.messages(sid).fetch().status == "scheduled"
    simulator.faults(clock_ahead_s=3601)
    until(lambda: simulator.twilio.messages(sid).fetch().status == "delivered")


def test_a_place_and_a_file_go_out(simulator: Any, web: Any, until: Any) -> None:
    place = ["geo:26.0012,63.0485|تربت"]
    simulator.send("یہاں", persistent_action=place)
    shown = simulator.thread()[0]
    assert (shown["latitude"], shown["longitude"], shown["label"]) == (26.0012, 63.0485, "تربت")
    photo = f"{simulator.url}/static/simulator.css"
    sent = simulator.send("file", media_url=[photo])
    until(lambda: sent.fetch().status == "delivered")
    assert simulator.thread()[1]["media"] == [{"url": photo, "type": "text/css"}]
    media = sent.media.list()[0]
    assert simulator.http.get(f"{simulator.url}/media/{media.sid}", timeout=5).status_code == 200
    assert media.delete()
    assert sent.media.list() == []


def test_a_file_that_is_not_there_fails_later(simulator: Any, until: Any) -> None:
    sent = simulator.send("file", media_url=["http://127.0.0.1:9/a.png"])
    until(lambda: sent.fetch().error_code == 63019)
    elsewhere = simulator.send("file", media_url=["https://example.org/a.png"])  # never fetched from here
    until(lambda: elsewhere.fetch().status == "delivered")


def test_media_need_the_password(simulator: Any, web: Any) -> None:
    simulator.say(media=[{"file": "data:image/png;base64,aGk=", "type": "image/png"}])
    url = web.messages()[0]["MediaUrl0"]
    assert requests.get(url, timeout=5).status_code == 401
    assert requests.get(url, timeout=5, auth=simulator.twilio.auth).content == b"hi"


@pytest.mark.parametrize(
    ("fragment", "failures", "tries"),
    [
        ("rc=2&rp=5xx", [503, 503], 3),
        ("rc=1&rp=5xx", [503, 503], 2),
        ("rc=3&rp=all", [500, 404], 3),
        ("rc=3&rp=4xx", [503], 1),
        ("", [503], 1),
    ],
)
def test_the_fragment_of_a_webhook_says_how_often(
    simulator: Any, web: Any, fragment: str, failures: list[int], tries: int
) -> None:
    simulator.faults(webhook_fragment=fragment)
    web.answers = [(status, "no") for status in failures]
    simulator.say("Salaam")
    assert len(web.posts) == tries
    assert all(post["signed"] for post in web.posts)
    assert len({post["token"] for post in web.posts}) == 1


def test_the_fragment_of_a_callback_too(simulator: Any, web: Any, until: Any) -> None:
    web.answers = [(503, "no"), (200, "")]
    simulator.faults(receipt_delay_s=0)
    simulator.send(status_callback=f"{web.url}/carriers/twilio/receipts?ref=1#rc=2&rp=5xx")
    until(lambda: web.receipts() == ["sent", "sent", "delivered"])
    assert [post["signed"] for post in web.posts] == [True] * 3
    assert web.posts[0]["token"] == web.posts[1]["token"]


def test_a_fragment_that_makes_no_sense_is_refused(simulator: Any) -> None:
    answer = simulator.http.put(f"{simulator.url}/faults", json={"webhook_fragment": "rc=9"}, timeout=5)
    assert "webhook_fragment" in answer.json()["error"]


def test_a_file_is_not_fetched_off_this_machine(simulator: Any, web: Any, until: Any) -> None:
    simulator.say(media=[{"url": "https://example.org/x.png", "type": "image/png"}])
    media = simulator.twilio.messages.list()[0].media.list()[0]
    leads_off = simulator.send("file", media_url=[f"{simulator.url}/media/{media.sid}"])  # answers 307
    until(lambda: leads_off.fetch().error_code == 63019)


def test_a_file_that_moves_is_not_followed_even_on_this_machine(simulator: Any, until: Any) -> None:
    with serving() as first, serving() as second:
        first.talks["/a.png"] = moves(f"{second.url}/a.png")
        second.talks["/a.png"] = says(b"x", Content_Type="image/png")
        there = simulator.send("file", media_url=[f"{second.url}/a.png"])
        until(lambda: there.fetch().status == "delivered")
        moved = simulator.send("file", media_url=[f"{first.url}/a.png"])
        until(lambda: moved.fetch().error_code == 63019)
        assert len(second.asked) == 1
