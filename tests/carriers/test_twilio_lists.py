"""Buttons and lists: within WhatsApp's limits, made once, shared by all citizens, and never the reason of an error."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.carriers.contents import Forgetful
from bot.carriers.port import Accepted, Choice, Outgoing, TryAgain, Unknown
from bot.carriers.twilio.choices import shape
from bot.outbox import Trouble
from bot.text.cutting import length
from tests.support import PHONE
from tests.twilio_api import CONTENT, MESSAGES, Api, Call

YES_NO = (Choice("yes", "ہاں"), Choice("no", "نہیں"), Choice("back", "واپس"))
SECTORS = (*(Choice(f"sector:{n}", f"شعبہ {n}") for n in range(9)), Choice("back", "واپس"))
LONG = "محکمہ پبلک ہیلتھ انجینئرنگ، ضلع گوادر، تحصیل پسنی"


def asks(choices: tuple[Choice, ...], body: str = "کیا یہ درست ہے؟", **more: Any) -> Outgoing:
    return Outgoing("ref", "whatsapp", PHONE, f"{body}\n1 …", body=body, choices=choices, **more)


def filled(content: dict[str, Any], variables: str) -> dict[str, Any]:
    """The one type of a content with the message's values in place."""
    values = json.loads(variables)
    text = re.sub(r"\{\{(\d+)\}\}", lambda found: json.dumps(values[found[1]])[1:-1], json.dumps(content["types"]))
    (found,) = json.loads(text).values()
    return dict(found)


def test_three_short_choices_are_buttons(api: Api) -> None:
    assert isinstance(api.carrier().send(asks(YES_NO, "پانی نہیں\n\n  گوادر")), Accepted)
    made, sent = api.calls
    assert (made.path, made.content_type, made.sent["language"]) == (CONTENT, "application/json", "en")
    assert list(made.sent["types"]) == ["twilio/quick-reply"]
    assert made.sent["variables"] == {"1": "1", "2": "2"}
    shown = filled(made.sent, sent.sent["ContentVariables"])
    assert shown["body"] == "پانی نہیں\nگوادر"
    assert [(action["id"], action["title"]) for action in shown["actions"]] == [(c.id, c.label) for c in YES_NO]
    assert sent.sent["ContentSid"] == "HX" + "1" * 32
    assert not {"Body", "MediaUrl"} & set(sent.sent)


def test_more_choices_are_a_list(api: Api) -> None:
    api.carrier().send(asks((Choice("d:1", LONG), *SECTORS[:9]), menu="انتخاب کریں"))
    made, sent = api.calls
    shown = filled(made.sent, sent.sent["ContentVariables"])
    assert list(made.sent["types"]) == ["twilio/list-picker"]
    assert shown["button"] == "انتخاب کریں"
    assert shown["items"][0] == {"id": "d:1", "item": "محکمہ پبلک ہیلتھ…", "description": LONG}
    assert shown["items"][1] == {"id": "sector:0", "item": "شعبہ 0"}
    assert len(shown["items"]) == 10


PLAIN = {
    "eleven choices": asks((*SECTORS, Choice("more", "مزید"))),
    "a body that is too long": asks(YES_NO, "ب" * 1025),
    "a body of too many lines": asks(YES_NO, "a\n" * 21),
    "no body": Outgoing("ref", "whatsapp", PHONE, " ", body="\n", choices=YES_NO),
    "titles that cannot be told apart": asks((Choice("a", "x" * 40 + "1"), Choice("b", "x" * 40 + "2"))),
    "one id twice": asks((Choice("a", "x"), Choice("a", "y"))),
    "an id that is too long": asks((Choice("a" * 201, "x"),)),
    "braces in the words": asks(YES_NO, "{{2}}"),
    "by SMS": Outgoing("ref", "sms", PHONE, "whole", body="b", choices=YES_NO),
    "with a pin": asks(YES_NO, pin=(25.0, 62.0)),
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_does_not_fit_goes_as_numbered_lines(api: Api, name: str) -> None:
    assert isinstance(api.carrier().send(PLAIN[name]), Accepted)
    (sent,) = api.calls
    assert sent.sent["Body"] == PLAIN[name].text


LABELS = st.text(st.sampled_from("ابہی ںaé😀'\u0650\u200c 19\n"), min_size=1, max_size=90)
BODIES = st.text(st.sampled_from("ابی a'\n\t {}1"), max_size=1100)


@given(BODIES, st.lists(LABELS, min_size=1, max_size=11), LABELS)
def test_a_shape_keeps_every_limit(body: str, labels: list[str], menu: str) -> None:
    made = shape(body, [Choice(f"id:{n}", label) for n, label in enumerate(labels)], menu)
    if made is None:
        return
    for value in made.values.values():
        assert value.strip()
        assert not re.search(r"[\n\t']| {5}", value)
    shown = filled({"types": made.content["types"]}, json.dumps(made.values))
    assert 0 < length(shown["body"]) <= 1024
    entries = shown.get("items") or shown["actions"]
    titles = [entry.get("item") or entry["title"] for entry in entries]
    assert len(set(titles)) == len(titles) == len(labels)
    assert [entry["id"] for entry in entries] == [f"id:{n}" for n in range(len(labels))]
    if "actions" in shown:
        assert len(titles) <= 3
        assert all(length(title) <= 20 for title in titles)
        return
    assert 0 < length(shown["button"]) <= 20
    assert len(titles) <= 10
    assert all(length(title) <= 24 for title in titles)
    assert all(0 < length(entry.get("description", "x")) <= 72 for entry in entries)
    names = list(made.values)
    assert names == [str(n) for n in range(1, len(names) + 1)]
    assert len(names) <= 100


def test_contents_do_not_grow_with_citizens(api: Api) -> None:
    carrier = api.carrier()
    for n in range(40):
        tickets = [Choice(f"{n:08d}{k}", f"{n:08d}{k} Water") for k in range(2)]
        carrier.send(asks((*tickets, Choice("back", "Back")), f"Ticket {n}\nof Zarina {n}"))
        carrier.send(asks(YES_NO, f"Ticket {n}"))
        carrier.send(asks(tuple(Choice(f"s{n}", f"Line {n} {k}"[:24]) for k in range(1)), "b"))
    assert len(api.to(CONTENT)) == 3
    assert len(api.to(MESSAGES)) == 120


def test_made_once_by_eight_threads_and_by_the_next_process(api: Api) -> None:
    memory, start = Forgetful(), threading.Barrier(8)
    carrier = api.carrier(memory)

    def send(n: int) -> Any:
        start.wait(10)
        return carrier.send(asks(SECTORS, f"body {n}"))

    with ThreadPoolExecutor(8) as pool:
        assert all(isinstance(outcome, Accepted) for outcome in pool.map(send, range(8)))
    assert len(api.to(CONTENT)) == 1
    assert len(api.to(MESSAGES)) == 8
    assert isinstance(api.carrier(memory).send(asks(SECTORS)), Accepted)
    assert len(api.to(CONTENT)) == 1
    api.carrier(memory, account_sid="AC" + "9" * 32).send(asks(SECTORS))
    assert len(api.to(CONTENT)) == 2, "ids are an account's own"


@pytest.mark.parametrize(
    "answer",
    [(400, {"code": 20001, "message": "no"}), (500, b"oops"), (429, {}), (200, b"<html>"), (201, {}), (201, [])],
)
def test_a_content_api_in_trouble_costs_one_try(api: Api, answer: Any) -> None:
    api.answers[CONTENT] = answer
    carrier = api.carrier()
    for _ in range(3):
        assert isinstance(carrier.send(asks(YES_NO)), Accepted)
    assert len(api.to(CONTENT)) == 1
    assert [call.sent["Body"] for call in api.to(MESSAGES)] == [asks(YES_NO).text] * 3


class Broken(Forgetful):
    def find(self, key: str) -> str:
        raise OSError("the database is away")


def test_a_memory_in_trouble_is_no_error(api: Api) -> None:
    assert isinstance(api.carrier(Broken()).send(asks(YES_NO)), Accepted)
    assert "Body" in api.calls[-1].sent


def test_a_content_twilio_lost_is_made_again_at_once(api: Api) -> None:
    ids = iter(["HX" + "a" * 32, "HX" + "b" * 32])
    api.answers[CONTENT] = lambda _: (201, {"sid": next(ids)})

    def take(call: Call) -> Any:
        lost = call.sent.get("ContentSid") == "HX" + "a" * 32
        return (400, {"code": 21655, "message": "no such content"}) if lost else (201, {"sid": "SM" + "1" * 32})

    api.answers[MESSAGES] = take
    memory = Forgetful()
    carrier = api.carrier(memory)
    assert isinstance(carrier.send(asks(YES_NO)), Accepted)
    assert [call.path for call in api.calls] == [CONTENT, MESSAGES, CONTENT, MESSAGES]
    assert isinstance(api.carrier(memory).send(asks(YES_NO)), Accepted)
    assert len(api.to(CONTENT)) == 2, "the new id is the one that is remembered"


def test_words_that_are_not_taken_as_variables_go_as_lines_and_cost_nobody_else_the_list(api: Api) -> None:
    refused = (400, {"code": 21656, "message": "variables"})
    api.answers[MESSAGES] = lambda call: (
        refused if "odd" in call.sent.get("ContentVariables", "") else (201, {"sid": "SM" + "1" * 32})
    )
    carrier = api.carrier()
    for body in ("odd", "usual"):
        assert isinstance(carrier.send(asks(YES_NO, body)), Accepted)
    assert [("Body" in call.sent) for call in api.to(MESSAGES)] == [False, True, False]


def test_a_content_lost_again_and_again_is_left_alone_for_a_while(api: Api) -> None:
    lost = (400, {"code": 21655, "message": "no such content"})
    api.answers[MESSAGES] = lambda call: lost if "ContentSid" in call.sent else (201, {"sid": "SM" + "1" * 32})
    carrier = api.carrier()
    for _ in range(2):
        assert isinstance(carrier.send(asks(YES_NO)), Accepted)
    assert [("Body" in call.sent) for call in api.to(MESSAGES)] == [False, False, True, True]
    assert len(api.to(CONTENT)) == 2


@pytest.mark.parametrize(
    ("answer", "expected"),
    [((500, b""), Unknown("500")), ((429, {"code": 20429}), TryAgain("20429", trouble=Trouble.SLOWER))],
)
def test_what_may_have_been_sent_is_not_sent_again_as_lines(api: Api, answer: Any, expected: Any) -> None:
    api.answers[MESSAGES] = answer
    assert api.carrier().send(asks(YES_NO)) == expected
    assert len(api.to(MESSAGES)) == 1


def test_keys_differ_where_contents_do() -> None:
    shapes = [
        shape("a", YES_NO),
        shape("a\nb", YES_NO),
        shape("a", YES_NO[:2]),
        shape("a", SECTORS),
        shape("a", SECTORS[:5]),
    ]
    keys = sorted(made.key("AC1") for made in shapes if made)
    assert len(keys) == 5
    assert all(before != after for before, after in pairwise(keys))
