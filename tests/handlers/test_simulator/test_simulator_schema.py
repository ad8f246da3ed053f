"""What the simulator answers, held against the carrier's own published description of its API."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMAS = json.loads((Path(__file__).parent / "twilio_schemas.json").read_text(encoding="utf-8"))
BUTTONS = {"twilio/quick-reply": {"body": "?", "actions": [{"title": "ہاں", "id": "yes"}]}}
SERVICE = {"messaging_service_sid": "MG" + "1" * 32}


def check(answer: Any, name: str, whole: bool = True) -> Any:
    """Valid by the schema called `name`; `whole`: with every field of it and no other, for nothing in it is required."""
    said = answer.json()
    schema = SCHEMAS["definitions"][name]
    jsonschema.Draft4Validator(SCHEMAS | {"$ref": f"#/definitions/{name}"}).validate(said)
    if whole:
        assert said.keys() == schema["properties"].keys()
    return said


@pytest.fixture
def api(simulator: Any) -> Any:
    """Asks for a path with the account's password."""

    def ask(method: str, path: str, **more: Any) -> Any:
        return simulator.http.request(method, simulator.url + path, auth=simulator.twilio.auth, timeout=5, **more)

    return ask


def test_the_schemas_bite() -> None:
    wrong = {"num_segments": 1, "status": "enqueued", "sid": "SM1", "error_code": "30003"}
    validator = jsonschema.Draft4Validator(SCHEMAS | {"$ref": "#/definitions/api.v2010.account.message"})
    assert {error.path[0] for error in validator.iter_errors(wrong)} == set(wrong)


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
@pytest.mark.parametrize("more", [{}, SERVICE], ids=["number", "service"])
def test_a_message_at_every_stage(simulator: Any, until: Any, channel: str, more: dict[str, str]) -> None:
    sid = simulator.send("سلام", channel=channel, **more).sid
    check(simulator.rest("GET", f"/Messages/{sid}.json"), "api.v2010.account.message")
    until(lambda: simulator.twilio.messages(sid).fetch().status == "delivered")
    said = check(simulator.rest("GET", f"/Messages/{sid}.json"), "api.v2010.account.message")
    assert said["status"] == "delivered"
    check(simulator.rest("POST", f"/Messages/{sid}.json", data={"Body": ""}), "api.v2010.account.message")


def test_what_create_answers(simulator: Any) -> None:
    form = {"To": "whatsapp:+923000000101", "From": "whatsapp:+923000000001", "Body": "Salaam"}
    answer = simulator.rest("POST", "/Messages.json", data=form | {"MediaUrl": "https://example.org/a.png"})
    assert check(answer, "api.v2010.account.message")["num_media"] == "1"


def test_a_message_that_failed(simulator: Any, until: Any) -> None:
    simulator.faults(numbers={"+923000000666": {"code": 30003}})
    sid = simulator.send(to="+923000000666", channel="sms").sid
    until(lambda: simulator.twilio.messages(sid).fetch().error_code == 30003)
    check(simulator.rest("GET", f"/Messages/{sid}.json"), "api.v2010.account.message")


def test_lists_of_messages_and_media(simulator: Any) -> None:
    sid = simulator.say("دیکھیں", media=[{"file": "data:image/png;base64,aGk=", "type": "image/png"}])["id"]
    for number in range(3):
        simulator.send(str(number))
    listed = check(simulator.rest("GET", "/Messages.json?PageSize=2"), "ListMessageResponse")
    check(simulator.rest("GET", "/Messages.json?PageSize=2&Page=1"), "ListMessageResponse")
    assert listed["next_page_uri"]
    media = check(simulator.rest("GET", f"/Messages/{sid}/Media.json"), "ListMediaResponse")
    one = f"/Messages/{sid}/Media/{media['media_list'][0]['sid']}.json"
    check(simulator.rest("GET", one), "api.v2010.account.message.media")


def test_templates_and_their_approval(simulator: Any, api: Any) -> None:
    wanted = {"friendly_name": "ask", "language": "ur", "types": BUTTONS}
    sid = check(api("POST", "/v1/Content", json=wanted), "content.v1.content")["sid"]
    check(api("GET", f"/v1/Content/{sid}"), "content.v1.content")
    check(api("GET", "/v1/Content"), "ListContentResponse")
    check(api("GET", f"/v1/Content/{sid}/ApprovalRequests"), "content.v1.content.approval_fetch")
    approval = {"name": "ask", "category": "UTILITY"}
    asked = api("POST", f"/v1/Content/{sid}/ApprovalRequests/whatsapp", json=approval)
    check(asked, "content.v1.content.approval_create")


@pytest.mark.parametrize(("status", "path"), [(401, "/Messages.json"), (404, "/Messages/SM0.json")])
def test_refusals(simulator: Any, status: int, path: str) -> None:
    auth = None if status == 401 else simulator.twilio.auth
    url = f"{simulator.url}/2010-04-01/Accounts/{simulator.twilio.username}{path}"
    answer = simulator.http.get(url, auth=auth, timeout=5)
    assert answer.status_code == status
    assert {name: type(value) for name, value in answer.json().items()} == {
        "code": int,
        "message": str,
        "more_info": str,
        "status": int,
    }


def test_the_typing_indicator(simulator: Any, api: Any) -> None:
    wanted = {"channel": "whatsapp", "messageId": simulator.say("Salaam")["id"]}
    check(api("POST", "/v2/Indicators/Typing.json", data=wanted), "TypingIndicator")
