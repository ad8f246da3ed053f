"""Carriers that answer nonsense, take a night off, or change their key: no message is lost, and none is sent twice."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.carriers.port import Outcome, Outgoing, TryAgain, Unknown
from tests.street import twilio
from tests.support import START

MESSAGE = Outgoing("ref", "whatsapp", "+923000000101", "hello")


@contextmanager
def answering(status: int, body: bytes, content_type: str = "application/json") -> Iterator[tuple[str, list[str]]]:
    """A carrier that always answers this; its URL, and the credentials it was shown."""
    shown: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            shown.append(self.headers["Authorization"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", shown
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (201, b"<html>", Unknown),
        (201, b"null", Unknown),
        (201, b"[]", Unknown),
        (201, b"{}", Unknown),
        (500, b"oops", Unknown),
        (502, b"<html>bad gateway</html>", Unknown),
        (400, b'{"code": "abc", "message": "?"}', Outcome),
        (401, b'{"code": 20003, "message": "auth"}', TryAgain),
        (403, b"{}", TryAgain),
        (429, b'{"code": 20429, "message": "slow"}', TryAgain),
    ],
)
def test_every_answer_is_an_outcome(status: int, body: bytes, kind: type) -> None:
    with answering(status, body) as (url, _):
        outcome = twilio("http://127.0.0.1:1", url).send(MESSAGE)
    assert isinstance(outcome, kind), outcome


def test_during_a_rotation_the_other_token_is_tried() -> None:
    with answering(401, b'{"code": 20003, "message": "auth"}') as (url, shown):
        twilio("http://127.0.0.1:1", url, "old", "new").send(MESSAGE)
    assert len(set(shown)) == 2


def test_an_unreadable_list_is_no_answer() -> None:
    with answering(200, b"<html>") as (url, _):
        carrier = twilio("http://127.0.0.1:1", url)
        assert carrier.find(MESSAGE, START) is None
