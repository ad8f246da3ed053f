"""Kannel's face: what sendsms answers to what, how reports come back, how a citizen's SMS is handed over."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

KANNEL = {"kannel_username": "tawar", "kannel_password": "secret of tests", "kannel_token": "token of tests"}
GOOD = {
    "username": "tawar",
    "password": "secret of tests",
    "from": "8300",
    "to": "+923000000101",
    "text": "Salaam",
}
URDU = "آپ کی شکایت درج ہو گئی ہے"
ACCEPTED = (202, "0: Accepted for delivery")


@pytest.fixture
def kannel(web: Any, open_simulator: Any) -> Iterator[Any]:
    with open_simulator(**KANNEL) as running:
        yield running


def get(kannel: Any, **changed: str | None) -> tuple[int, str]:
    wanted = {name: value for name, value in (GOOD | changed).items() if value is not None}
    answer = kannel.http.get(f"{kannel.url}/cgi-bin/sendsms", params=wanted, timeout=5)
    assert answer.headers["Content-Type"] == "text/html"
    return answer.status_code, answer.text


def post(kannel: Any, text: str = URDU, coding: str = "2", **more: str) -> tuple[int, str]:
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": GOOD["username"],
        "X-Kannel-Password": GOOD["password"],
        "X-Kannel-From": "8300",
        "X-Kannel-To": "+923000000101",
        "X-Kannel-Coding": coding,
    } | more
    answer = kannel.http.post(f"{kannel.url}/cgi-bin/sendsms", data=text.encode(), headers=headers, timeout=5)
    return answer.status_code, answer.text


def dlr(web: Any, mask: int = 19) -> dict[str, str]:
    base = web.url.replace("http://", "http://kannel:token@")
    return {"X-Kannel-DLR-Mask": str(mask), "X-Kannel-DLR-Url": f"{base}/carriers/kannel/receipts?ref=7&d=%d&a=%A&p=%p"}


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, ACCEPTED),
        ({"text": None}, ACCEPTED),
        ({"to": "03000000101"}, ACCEPTED),
        ({"username": None, "user": "tawar"}, ACCEPTED),
        ({"password": "wrong"}, (403, "Authorization failed for sendsms")),
        ({"username": None}, (403, "Authorization failed for sendsms")),
        ({"to": None}, (400, "Missing receiver number, rejected")),
        ({"to": "abc"}, (400, "Number(s) has/have been denied by white- and/or black-lists.")),
        ({"coding": "9"}, (400, "Coding field misformed, rejected")),
        ({"validity": "x"}, (400, "Validity field misformed, rejected")),
        ({"charset": "klingon"}, (400, "Charset or body misformed, rejected")),
    ],
)
def test_what_sendsms_answers(kannel: Any, changed: dict[str, str | None], answer: tuple[int, str]) -> None:
    assert get(kannel, **changed) == answer
    assert len(kannel.thread(channel="kannel")) == (answer == ACCEPTED)


def test_a_form_is_not_taken(kannel: Any) -> None:
    answer = kannel.http.post(f"{kannel.url}/cgi-bin/sendsms", data=GOOD, timeout=5)
    assert (answer.status_code, answer.text) == (400, "Invalid content-type")


def test_without_a_token_there_is_no_kannel(simulator: Any) -> None:
    assert get(simulator)[0] == 403
    answer = simulator.http.get(f"{simulator.url}/cgi-bin/sendsms", params={"to": "+923000000101"}, timeout=5)
    assert answer.status_code == 403


def test_a_text_in_urdu_by_post(kannel: Any) -> None:
    assert post(kannel, URDU * 5) == ACCEPTED
    shown = kannel.thread(channel="kannel")[0]
    assert (shown["text"], shown["segments"]) == (URDU * 5, 2)
    assert kannel.log()[0]["carrier"] == "kannel"
    assert kannel.twilio.messages.list() == []


def test_a_text_in_urdu_without_coding_is_question_marks(kannel: Any) -> None:
    assert post(kannel, coding="0") == ACCEPTED
    assert set(kannel.thread(channel="kannel")[0]["text"]) == {"?", " "}


def test_reports_come_by_the_mask(kannel: Any, web: Any, until: Any) -> None:
    post(kannel, **dlr(web, 9))
    until(lambda: len(web.posts) == 2)
    assert [(p["query"]["d"], p["query"]["ref"], p["token"]) for p in web.posts] == [
        ("8", "7", "token"),
        ("1", "7", "token"),
    ]
    assert web.posts[0]["query"]["a"] == "ACK/"
    assert "stat:DELIVRD err:000" in web.posts[1]["query"]["a"]
    assert web.posts[1]["query"]["p"] == "+923000000101"


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ({"code": 11}, "2", "stat:UNDELIV err:011"),
        ({"code": 11, "status": "failed"}, "16", "NACK/0x0000000b/Invalid Destination Address"),
    ],
)
def test_reports_of_failure(kannel: Any, web: Any, until: Any, fault: dict[str, Any], kind: str, words: str) -> None:
    kannel.faults(numbers={"+923000000101": fault})
    post(kannel, **dlr(web))
    until(lambda: len(web.posts) == 1)
    assert (web.posts[0]["query"]["d"], words in web.posts[0]["query"]["a"]) == (kind, True)


def test_a_line_that_is_down_queues(kannel: Any, web: Any, until: Any) -> None:
    kannel.faults(kannel="down", receipt_delay_s=0)
    assert post(kannel, **dlr(web, 31)) == (202, "3: Queued for later delivery")
    time.sleep(0.1)
    assert kannel.thread(channel="kannel")[0]["status"] == "queued"
    kannel.faults(kannel="up")
    until(lambda: [p["query"]["d"] for p in web.posts] == ["8", "1"])


@pytest.mark.parametrize(
    ("faults", "answer"),
    [
        ({"kannel_answer": "503"}, (503, "Temporal failure, try again later.")),
        ({"kannel_answer": "403"}, (403, "Authorization failed for sendsms")),
        ({"rates": {"kannel": 1}, "queues": {"kannel": 0}}, (503, "Temporal failure, try again later.")),
        ({"numbers": {"+923000000101": {"error_rate": {"503": 1}}}}, (503, "Temporal failure, try again later.")),
    ],
)
def test_kannel_in_trouble(kannel: Any, faults: dict[str, Any], answer: tuple[int, str]) -> None:
    kannel.faults(**faults)
    assert get(kannel) == answer
    assert kannel.thread(channel="kannel") == []


@pytest.mark.parametrize(("knob", "accepted"), [("drop_connection", 0), ("drop_after_accept", 1)])
def test_a_connection_that_breaks(kannel: Any, knob: str, accepted: int) -> None:
    kannel.faults(**{knob: 1})
    with pytest.raises(requests.ConnectionError):
        post(kannel)
    assert len(kannel.thread(channel="kannel")) == accepted


def test_a_citizens_sms_is_handed_over(kannel: Any, web: Any) -> None:
    text = "سلام،  میری شکایت\n۱۲ 👍"
    sent = kannel.say(text, channel="kannel")
    (call,) = web.kannel("messages")
    assert sent["statuses"] == [200]
    assert (call["text"], call["token"], call["query"]["id"]) == (text, "token of tests", sent["id"])
    assert call["headers"]["X-Kannel-From"] == "+923000000101"
    assert call["headers"]["X-Kannel-To"] == "8300"
    assert call["headers"]["Content-Type"] == 'text/plain; charset="UTF-8"'
    assert [entry["direction"] for entry in kannel.thread(channel="kannel")] == ["in"]


def test_kannel_repeats_with_one_id(kannel: Any, web: Any) -> None:
    web.answers = [(500, ""), (204, ""), (200, "")]
    kannel.faults(kannel_retries=5, kannel_retry_delay_s=0)
    kannel.say("Salaam", channel="kannel")
    assert len({call["query"]["id"] for call in web.kannel("messages")}) == 1
    assert len(web.posts) == 3


@pytest.mark.parametrize("status", [500, 204])
def test_without_retries_what_is_not_taken_is_lost(kannel: Any, web: Any, status: int) -> None:
    web.answers = [(status, "")]
    kannel.say("Salaam", channel="kannel")
    assert len(web.posts) == 1
    assert kannel.thread(channel="kannel")[0]["note"] == f"not taken by the service: {status}"


def test_its_status_page(kannel: Any) -> None:
    url = f"{kannel.url}/status.xml"
    wrong = kannel.http.get(url, params={"password": "x"}, timeout=5)
    assert (wrong.status_code, wrong.text) == (200, "Denied\n")
    right = {"password": KANNEL["kannel_password"]}
    assert "<status>online 60s</status>" in kannel.http.get(url, params=right, timeout=5).text
    kannel.faults(kannel="down")
    assert "<status>re-connecting</status>" in kannel.http.get(url, params=right, timeout=5).text
