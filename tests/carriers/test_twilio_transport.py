"""Our own connection to Twilio: the bytes the library's transport would send, and the same errors when a line is bad."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from bot.carriers.twilio.api import MESSAGES, _HttpClient
from bot.carriers.twilio.transport import Transport, body_of

VALUES = st.text() | st.lists(st.text(), max_size=3) | st.none()
OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"


@given(st.dictionaries(st.sampled_from(["To", "From", "Body", "MediaUrl", "StatusCallback"]), VALUES))
def test_a_form_is_what_requests_would_send(form: dict[str, object]) -> None:
    prepared = requests.Request("POST", "http://carrier.example/", data=form).prepare()
    assert body_of(form) == (prepared.body or "").encode()


@contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """A server that answers each request with the next of `answers`, and hangs up after the last."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            for answer in answers:
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/Messages.json"
    finally:
        thread.join(5)
        listener.close()


def test_one_connection_for_many() -> None:
    with answering(OK, OK) as url:
        transport = Transport(2)
        for _ in range(2):
            answer = transport.post(url, {"Body": "سلام"}, {}, ("user", "password"))
            assert (answer.status_code, answer.text) == (201, "{}")


@pytest.mark.parametrize("name", ["Retry-After", "retry-after", "RETRY-AFTER"])
def test_when_to_come_back_is_seen_however_it_is_written(name: str) -> None:
    busy = b"HTTP/1.1 429 Slowly\r\n%b: 7\r\nContent-Length: 2\r\n\r\n{}" % name.encode()
    with answering(busy) as url:
        http = _HttpClient(url.removesuffix("/Messages.json"))
        assert http.request("POST", f"https://api.twilio.com{MESSAGES}", data={"Body": "x"}).status_code == 429
    assert http.retry_after() == timedelta(seconds=7)


def test_a_line_that_was_hung_up_is_made_anew_before_anything_is_said() -> None:
    with answering(OK) as url:
        transport = Transport(2)
        assert transport.post(url, {}, {}, None).status_code == 201
    with pytest.raises(requests.ConnectTimeout):  # nobody listens any more: and nothing was sent
        transport.post(url, {}, {}, None)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{", b"nonsense\r\n\r\n"])
def test_a_line_that_breaks_while_it_is_asked_leaves_a_doubt(answer: bytes) -> None:
    with answering(answer) as url, pytest.raises(requests.ConnectionError) as raised:
        Transport(2).post(url, {}, {}, None)
    assert not isinstance(raised.value, requests.ConnectTimeout)


def test_silence_leaves_a_doubt_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(requests.ReadTimeout):
        Transport(0.1).post(f"http://127.0.0.1:{deaf.getsockname()[1]}/Messages.json", {}, {}, None)


def test_a_header_cannot_become_two() -> None:
    with pytest.raises(ValueError, match="line break"):
        Transport(1).post("http://127.0.0.1:9/", {}, {"User-Agent": "x\r\nHost: other"}, None)
