"""A real simulator, a real web that checks signatures, and the real twilio library between them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask, Response, request
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server

from handlers.simulator import SimulatorSettings, create_simulator

ACCOUNT, TOKEN = "AC" + "0a" * 16, "a secret of tests"
ZARINA, AHMED = "+923000000101", "+923000000102"


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:  # type: ignore[override]
        pass


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_for(found: Callable[[], Any], seconds: float = 5) -> Any:
    """Polls until `found()` is true, and fails at the deadline."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, f"still {value!r} after {seconds} s"
        time.sleep(0.005)
    return value


@dataclass
class Web:
    """The service's side: every post that came, whether its signature was right, and what is answered."""

    url: str = ""
    public_url: str = ""
    posts: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)

    def take_kannel(self, kind: str) -> Response:
        given, body = request.args.to_dict(), request.get_data().decode()
        auth = request.authorization
        token = auth.password if auth else ""
        headers = dict(request.headers)
        self.posts.append({"kind": "kannel-" + kind, "query": given, "text": body, "token": token, "headers": headers})
        status, answer = self.answers.pop(0) if self.answers else (200, "")
        return Response(answer, status, mimetype="text/plain")

    def kannel(self, kind: str) -> list[dict[str, Any]]:
        return [post for post in self.posts if post["kind"] == f"kannel-{kind}"]

    def take(self, kind: str) -> Response:
        path = request.environ["REQUEST_URI"]
        url = (self.public_url or self.url) + path
        signed = RequestValidator(TOKEN).validate(url, request.form, request.headers.get("X-Twilio-Signature", ""))
        form, token = request.form.to_dict(), request.headers["I-Twilio-Idempotency-Token"]
        self.posts.append({"kind": kind, "path": path, "form": form, "signed": signed, "token": token})
        status, body = self.answers.pop(0) if self.answers else (200, "<Response/>")
        return Response(body, status, mimetype="text/xml")

    def messages(self) -> list[dict[str, str]]:
        return [post["form"] for post in self.posts if post["kind"] == "messages"]

    def receipts(self, sid: str = "") -> list[str]:
        forms = [post["form"] for post in self.posts if post["kind"] == "receipts"]
        return [form["MessageStatus"] for form in forms if sid in ("", form["MessageSid"])]


class ToSimulator(TwilioHttpClient):
    """The library's own client, led to this machine."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self.base = base
        self.session.trust_env = False
        self.answered: list[int] = []

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:  # type: ignore[override]
        parts = urlsplit(url)
        here = self.base + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().request(method, here, *rest, **named)


@dataclass
class Simulated:
    """A running simulator, as a script sees it."""

    url: str
    http: requests.Session
    twilio: Client
    whatsapp_from: str = "whatsapp:+923000000001"
    sms_from: str = "+923000000002"

    def send(self, text: str = "Salaam", to: str = ZARINA, channel: str = "whatsapp", **more: Any) -> Any:
        whatsapp = channel == "whatsapp"
        sender = {} if "messaging_service_sid" in more else {"from_": self.whatsapp_from if whatsapp else self.sms_from}
        body = {} if "content_sid" in more else {"body": text}
        return self.twilio.messages.create(to=f"whatsapp:{to}" if whatsapp else to, **body, **sender, **more)

    def say(self, text: str = "", number: str = ZARINA, channel: str = "whatsapp", **more: Any) -> Any:
        answer = self.http.post(f"{self.url}/phone/{channel}/{number}", json={"text": text, **more}, timeout=5)
        return answer.json()

    def thread(self, number: str = ZARINA, channel: str = "whatsapp", **query: Any) -> list[dict[str, Any]]:
        answer = self.http.get(f"{self.url}/phone/{channel}/{number}", params=query, timeout=25)
        return list(answer.json())

    def faults(self, **knobs: Any) -> None:
        assert self.http.put(f"{self.url}/faults", json=knobs, timeout=5).status_code == 200

    def log(self) -> list[dict[str, Any]]:
        return list(self.http.get(f"{self.url}/log", timeout=5).json())

    def rest(self, method: str, path: str, **more: Any) -> requests.Response:
        full = f"{self.url}/2010-04-01/Accounts/{ACCOUNT}{path}"
        return self.http.request(method, full, auth=(ACCOUNT, TOKEN), timeout=5, **more)


@pytest.fixture
def web() -> Iterator[Web]:
    app, seen = Flask("web"), Web()
    app.add_url_rule("/carriers/twilio/<kind>", view_func=seen.take, methods=["POST"])
    app.add_url_rule("/carriers/kannel/<kind>", view_func=seen.take_kannel, methods=["GET", "POST"])
    with serving(app) as url:
        seen.url = url
        yield seen


@contextmanager
def simulating(web: Web, **more: str) -> Iterator[Simulated]:
    app = create_simulator(SimulatorSettings(ACCOUNT, TOKEN, web.url, web.public_url, **more))
    with serving(app) as url, requests.Session() as http:
        http.trust_env = False
        client = ToSimulator(url)
        yield Simulated(url, http, Client(ACCOUNT, TOKEN, http_client=client))
        app.extensions["simulator"].close()
        client.session.close()


@pytest.fixture
def simulator(web: Web) -> Iterator[Simulated]:
    with simulating(web) as running:
        yield running


@pytest.fixture
def until() -> Callable[..., Any]:
    return wait_for


@pytest.fixture
def open_simulator(web: Web) -> Callable[[], Any]:
    """For tests that change the web's addresses first."""
    return lambda **more: simulating(web, **more)
