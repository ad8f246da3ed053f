"""Content templates: created as the service creates them, shown as each channel can."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content import ContentList

LIST = {
    "body": "کون سا محکمہ؟",
    "button": "چنیں",
    "items": [
        {"item": "پانی", "id": "water", "description": "نل، ٹینکر"},
        {"item": "{{2}}", "id": "power", "description": ""},
    ],
}
BUTTONS = {
    "body": "{{1}}، کیا یہ درست ہے؟",
    "actions": [{"title": "ہاں", "id": "yes:{{2}}"}, {"title": "نہیں", "id": "no"}],
}


def create(simulator: Any, types: dict[str, Any], variables: dict[str, str] | None = None) -> Any:
    wanted = {"friendly_name": "ask", "language": "ur", "variables": variables or {}, "types": types}
    return simulator.http.post(f"{simulator.url}/v1/Content", json=wanted, auth=simulator.twilio.auth, timeout=5)


def test_the_library_creates_lists_fetches_and_deletes(simulator: Any) -> None:
    wanted = {"friendly_name": "greeting", "language": "ur", "types": {"twilio/text": {"body": "سلام"}}}
    made = simulator.twilio.content.v1.contents.create(ContentList.ContentCreateRequest(wanted))
    contents = simulator.twilio.content.v1.contents
    assert made.sid.startswith("HX")
    assert contents(made.sid).fetch().types == {"twilio/text": {"body": "سلام"}}
    assert [content.sid for content in contents.list()] == [made.sid]
    assert contents(made.sid).delete()
    with pytest.raises(TwilioRestException) as trouble:
        contents(made.sid).fetch()
    assert trouble.value.status == 404


def test_a_long_list_of_templates_has_pages(simulator: Any) -> None:
    sids = [create(simulator, {"twilio/text": {"body": str(number)}}).json()["sid"] for number in range(5)]
    assert [content.sid for content in simulator.twilio.content.v1.contents.list(page_size=2)] == sids[::-1]


def test_buttons_are_shown_with_their_variables(simulator: Any) -> None:
    sid = create(simulator, {"twilio/quick-reply": BUTTONS}, {"1": "نمونہ", "2": "0"}).json()["sid"]
    sent = simulator.send(content_sid=sid, content_variables='{"1": "زرینہ", "2": "42"}')
    shown = simulator.thread()[0]
    assert shown["text"] == "زرینہ، کیا یہ درست ہے؟"
    assert shown["options"] == [{"id": "yes:42", "title": "ہاں"}, {"id": "no", "title": "نہیں"}]
    assert sent.body == ""  # as the carrier does it: the text is in the template
    assert simulator.log()[0]["body"] == "زرینہ، کیا یہ درست ہے؟"


def test_a_list_is_shown_with_its_menu(simulator: Any) -> None:
    sid = create(
        simulator, {"twilio/list-picker": LIST, "twilio/text": {"body": "1 پانی 2 بجلی"}}, {"2": "بجلی"}
    ).json()["sid"]
    simulator.send(content_sid=sid)
    shown = simulator.thread()[0]
    assert (shown["text"], shown["menu"]) == ("کون سا محکمہ؟", "چنیں")
    assert shown["options"][0] == {"id": "water", "title": "پانی", "description": "نل، ٹینکر"}
    assert shown["options"][1] == {"id": "power", "title": "بجلی"}


def test_sms_gets_the_plain_text(simulator: Any) -> None:
    sid = create(simulator, {"twilio/list-picker": LIST, "twilio/text": {"body": "1 پانی 2 بجلی"}}).json()["sid"]
    simulator.send(content_sid=sid, channel="sms")
    shown = simulator.thread(channel="sms")[0]
    assert (shown["text"], shown["options"]) == ("1 پانی 2 بجلی", [])


@pytest.mark.parametrize(
    ("types", "named"),
    [
        ({}, "types"),
        ({"twilio/karaoke": {"body": "x"}}, "twilio/karaoke"),
        ({"twilio/text": {}}, "body"),
        ({"twilio/quick-reply": {"body": "x", "actions": []}}, "1 to 10"),
        ({"twilio/quick-reply": {"body": "x", "actions": [{"title": "y" * 21, "id": "1"}]}}, "title 1"),
        ({"twilio/quick-reply": {"body": "x", "actions": [{"title": "y", "id": "i" * 201}]}}, "id 1"),
        ({"twilio/list-picker": LIST | {"items": [{"item": "y" * 25, "id": "1"}]}}, "item 1"),
        (
            {"twilio/list-picker": LIST | {"items": [{"item": "y", "id": "1", "description": "d" * 73}]}},
            "description 1",
        ),
        ({"twilio/list-picker": LIST | {"button": "b" * 21}}, "button"),
        ({"twilio/list-picker": LIST | {"items": [{"item": str(n), "id": str(n)} for n in range(11)]}}, "1 to 10"),
        ({"twilio/quick-reply": BUTTONS | {"body": "b" * 1025}}, "body"),
    ],
)
def test_templates_that_are_refused(simulator: Any, types: dict[str, Any], named: str) -> None:
    answer = create(simulator, types)
    assert answer.status_code == 400
    assert named in answer.json()["message"]


def test_more_than_three_buttons_need_approval(simulator: Any, until: Any) -> None:
    actions = [{"title": str(number), "id": str(number)} for number in range(4)]
    sid = create(simulator, {"twilio/quick-reply": {"body": "x", "actions": actions}}).json()["sid"]
    refused = simulator.send(content_sid=sid)
    until(lambda: refused.fetch().error_code == 63021)
    url = f"{simulator.url}/v1/Content/{sid}/ApprovalRequests"
    wanted = {"name": "four", "category": "UTILITY"}
    asked = simulator.http.post(f"{url}/whatsapp", json=wanted, auth=simulator.twilio.auth, timeout=5).json()
    assert asked["status"] == "approved"
    assert simulator.twilio.content.v1.contents(sid).approval_fetch().fetch().whatsapp["status"] == "approved"
    taken = simulator.send(content_sid=sid)
    until(lambda: taken.fetch().status == "delivered")
    assert sid
