"""A tiny Twilio on a real socket for the real library: it notes every call and answers what a test says."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.carriers.contents import Contents
from bot.carriers.twilio import Twilio, TwilioSettings
from tests.street import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM

PUBLIC_URL = "https://bot.example.pk"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CONTENT = "/v1/Content"
TYPING = "/v3/Indicators/Typing.json"
Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


@dataclass(frozen=True)
class Call:
    """`sent`: the JSON, or the form with single values as they are and repeated ones as lists."""

    method: str
    path: str
    query: dict[str, str]
    content_type: str
    sent: Any


@dataclass
class Api:
    """`answers`: path (or method and path) -> answer, or a function of the call; a list is answered one after the other."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def carrier(self, contents: Contents | None = None, **settings: Any) -> Twilio:
        fields = {"account_sid": ACCOUNT, "tokens": (TOKEN,), "public_url": PUBLIC_URL}
        fields |= {"whatsapp_from": WHATSAPP_FROM, "sms_from": SMS_FROM, "api_url": self.url, **settings}
        return Twilio(TwilioSettings(**fields), contents)

    def answer(self, call: Call) -> Answer:
        found = self.answers.get(f"{call.method} {call.path}", self.answers.get(call.path, USUAL.get(call.path)))
        if isinstance(found, list):
            found = found.pop(0)
        if isinstance(found, Callable):  # type: ignore[arg-type]
            found = found(call)
        return found or (404, {"code": 20404, "message": "no such thing", "status": 404})


USUAL: dict[str, Answer] = {
    MESSAGES: (201, {"sid": "SM" + "1" * 32, "status": "queued"}),
    CONTENT: (201, {"sid": "HX" + "1" * 32}),
    TYPING: (200, {"success": True}),
}


def _sent(raw: bytes, content_type: str) -> Any:
    if content_type == "application/json":
        return json.loads(raw)
    fields = parse_qs(raw.decode(), keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


@contextmanager
def twilio_api() -> Iterator[Api]:
    api = Api()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            parts, content_type = urlsplit(self.path), self.headers.get("Content-Type", "")
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            call = Call(self.command, parts.path, query, content_type, _sent(raw, content_type))
            api.calls.append(call)
            status, body, *headers = api.answer(call)
            whole = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in (headers[0] if headers else {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole)

        do_GET = do_POST = handle_any  # noqa: N815 the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        api.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
