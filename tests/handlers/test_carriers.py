"""The carriers' door: only the carrier's own signature opens it, and a stranger leaves no trace but a counter's tick."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from bot.services.hands import Hands
from bot.store.contacts import contacts
from bot.store.messages import inbound
from bot.store.outbox import outbox
from tests.caller import MESSAGES, PUBLIC_URL, RECEIPTS, Caller, DeafTwilio, counted, message, sign
from tests.street import TOKEN
from tests.support import PHONE, make_hands, phone_of, sqlite

URL = PUBLIC_URL + MESSAGES
GOOD = message()
SIGNATURE = sign(URL, GOOD)
REFUSED = "tawar_refused_calls_total"


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    with sqlite(tmp_path) as db:
        yield Caller(make_hands(db))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A caller none of whose calls may leave a trace, over all tests."""
    with sqlite(tmp_path_factory.mktemp("stranger")) as db:
        yield Caller(make_hands(db))


@pytest.fixture
def both(hands: Hands) -> Caller:
    """On both databases."""
    return Caller(hands)


def changed(**fields: str) -> list[tuple[str, str]]:
    return list((dict(GOOD) | fields).items())


def is_refused(caller: Caller, status: int, before: float, carrier: str = "twilio") -> None:
    assert status == 403
    assert caller.count(inbound, contacts, outbox) == 0
    assert counted(REFUSED, carrier=carrier) == before + 1


def test_the_test_signs_as_twilio_s_own_example() -> None:
    fields = [("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234")]
    fields += [("From", "+14158675309"), ("To", "+18005551212")]
    assert sign("https://mycompany.com/myapp.php?foo=1&bar=2", fields, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


FORGED = {
    "missing": "",
    "blank": " ",
    "truncated": SIGNATURE[:-1],
    "longer": SIGNATURE + "=",
    "other case": SIGNATURE.swapcase(),
    "not base64": "پانی".encode().decode("latin-1"),
    "another token": sign(URL, GOOD, "another token"),
    "an empty token": sign(URL, GOOD, ""),
    "the next token, when none is set": sign(URL, GOOD, "the next token"),
    "a trailing slash": sign(URL + "/", GOOD),
    "http": sign(URL.replace("https", "http"), GOOD),
    "the inner host": sign("http://10.0.0.5:8000" + MESSAGES, GOOD),
    "another port": sign(URL.replace(".pk", ".pk:8443"), GOOD),
    "another host": sign(URL.replace("bot.", "b0t."), GOOD),
    "a query that was not sent": sign(URL + "?x=1", GOOD),
    "the other door": sign(PUBLIC_URL + RECEIPTS, GOOD),
    "no fields": sign(URL, []),
    "one field less": sign(URL, GOOD[:-1]),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_signature_opens_nothing(stranger: Caller, forged: str) -> None:
    before = counted(REFUSED, carrier="twilio")
    is_refused(stranger, stranger.posts(GOOD, signature=FORGED[forged]).status_code, before)


TAMPERED = {
    "another text": changed(Body="Send my ticket to me"),
    "another sender": changed(From="whatsapp:+923009999999"),
    "a text with a space more": changed(Body=dict(GOOD)["Body"] + " "),
    "a field more": [*GOOD, ("OptOutType", "STOP")],
    "an empty field more": [*GOOD, ("Extra", "")],
    "a field less": GOOD[:-1],
    "a field twice, differently": [*GOOD, ("Body", "stop")],
    "a field twice, the other first": [("Body", "stop"), *GOOD],
    "another name": [(name.replace("Body", "body"), value) for name, value in GOOD],
    "nothing": [],
}


@pytest.mark.parametrize("tampered", TAMPERED)
@pytest.mark.parametrize("path", [MESSAGES, RECEIPTS])
def test_a_changed_form_opens_nothing(stranger: Caller, tampered: str, path: str) -> None:
    before = counted(REFUSED, carrier="twilio")
    signature = sign(PUBLIC_URL + path, GOOD)
    is_refused(stranger, stranger.posts(TAMPERED[tampered], path, signature=signature).status_code, before)


SPOOFED = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example;proto=http"}


def test_forwarding_headers_neither_help_nor_harm(caller: Caller) -> None:
    before = counted(REFUSED, carrier="twilio")
    theirs = sign("http://evil.example" + MESSAGES, GOOD)
    is_refused(caller, caller.posts(GOOD, signature=theirs, headers=SPOOFED).status_code, before)
    assert caller.posts(GOOD, headers=SPOOFED | {"Host": "evil.example"}).status_code == 200


OTHER_TYPES = ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/x-www-form"]


@pytest.mark.parametrize("content_type", OTHER_TYPES)
def test_another_content_type_opens_nothing(stranger: Caller, content_type: str) -> None:
    before = counted(REFUSED, carrier="twilio")
    is_refused(stranger, stranger.posts(GOOD, content_type=content_type).status_code, before)
    assert stranger.posts([], body=b'{"Body":"x"}', content_type=content_type).status_code == 403


def test_a_json_signature_setting_changes_nothing(stranger: Caller) -> None:
    before = counted(REFUSED, carrier="twilio")
    headers = {"X-Twilio-Webhooks-Signature-Settings": "key=x,algorithm=none"}
    is_refused(stranger, stranger.posts(GOOD, signature="x", headers=headers).status_code, before)


@pytest.mark.parametrize("name", ["nobody", "Twilio", "kannel", "..", "twilio%00", "x" * 2000])
@pytest.mark.parametrize("door", ["messages", "receipts"])
def test_a_carrier_nobody_knows_is_a_stranger(stranger: Caller, name: str, door: str) -> None:
    before = counted(REFUSED, carrier="unknown")
    is_refused(stranger, stranger.posts(GOOD, f"/carriers/{name}/{door}").status_code, before, "unknown")


def test_during_a_rotation_both_tokens_open(tmp_path: Path) -> None:
    with sqlite(tmp_path) as db:
        caller = Caller(make_hands(db), DeafTwilio(TOKEN, "the next token"))
        for n, token in enumerate((TOKEN, "the next token")):
            fields = message(sid=f"SM{n}")
            assert caller.posts(fields, signature=sign(URL, fields, token)).status_code == 200
        assert caller.posts(GOOD, signature=sign(URL, GOOD, "an old token")).status_code == 403
        assert caller.count(inbound) == 2


@pytest.mark.parametrize("url", [URL.replace(".pk", ".pk:443"), URL])
def test_the_port_of_https_may_be_signed_or_not(caller: Caller, url: str) -> None:
    assert caller.posts(GOOD, signature=sign(url, GOOD)).status_code == 200


QUERIES = ["x=1", "ref=a%2Fb", "k=%D9%BE%D8%A7%D9%86%DB%8C", "a=1&a=2", "a+b=%20", "x=%zz", "=", "%E0%A4%A", "a=1;b=2"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_signed_as_it_was_sent(caller: Caller, query: str) -> None:
    assert caller.posts(GOOD, query=query).status_code == 200
    assert caller.posts(GOOD, query=query, signature=SIGNATURE).status_code == 403


HARMLESS = {
    "another order": list(reversed(GOOD)),
    "a field twice, alike": [*GOOD, GOOD[0]],
    "by a messaging service": [*GOOD, ("MessagingServiceSid", "MG1")],
    "fields of the future": [*GOOD, ("New", "یہ بھی"), ("Blank", "")],
}


@pytest.mark.parametrize("fields", HARMLESS.values(), ids=HARMLESS)
def test_order_repeats_and_fields_of_the_future_do_no_harm(caller: Caller, fields: list[tuple[str, str]]) -> None:
    answer = caller.posts(fields)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert caller.rows(inbound)[0].text == "No water in Gwadar"
    assert phone_of(caller.rows(contacts)[0]) == PHONE


@tried(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.integers(0, len(SIGNATURE) - 1), st.sampled_from("ABCabc019+/= "))
def test_no_letter_of_a_signature_may_differ(caller: Caller, place: int, letter: str) -> None:
    signature = SIGNATURE[:place] + letter + SIGNATURE[place + 1 :]
    assert caller.posts(GOOD, signature=signature).status_code == (200 if signature == SIGNATURE else 403)
