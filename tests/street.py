"""The whole road in one process: the real web and the real simulator on real HTTP, the real client library between them."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.carriers.kannel import Kannel, KannelSettings
from bot.carriers.port import Carrier, Carriers
from bot.carriers.twilio import Twilio, TwilioSettings
from bot.config import Settings
from bot.media.fetch import Fetcher
from bot.media.places import twilio_source
from bot.media.shelf import Folder
from bot.services.hands import Hands, MediaRoom, utc_now
from bot.services.send import send_due
from bot.store.database import Database
from handlers.simulator import SimulatorSettings, create_simulator
from handlers.web import Web, create_web
from tests.support import DATA_KEY, INDEX_KEY, make_hands

ACCOUNT = "AC" + "0" * 32
TOKEN = "token-of-the-tests"
KANNEL_TOKEN = "kannel-token-of-the-tests-00000000"
SECRET = "s" * 40
WHATSAPP_FROM, SMS_FROM = "+923000000001", "+923000000002"


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:  # type: ignore[override]
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(app: Flask, port: int) -> Iterator[str]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = False  # a request in hand ends before its database does
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_for(found: Callable[[], Any], seconds: float = 10) -> Any:
    """Polls until `found()` is true, and fails at the deadline."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, f"still {value!r} after {seconds} s"
        time.sleep(0.01)
    return value


def settings(web_url: str, simulator_url: str, **more: Any) -> Settings:
    return Settings(
        demo=True,
        database_url="sqlite:///:memory:",
        public_url=web_url,
        secret_key=SECRET,
        data_key=DATA_KEY,
        index_key=INDEX_KEY,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_url=simulator_url,
        whatsapp_from=WHATSAPP_FROM,
        sms_from=SMS_FROM,
        **more,
    )


def twilio(web_url: str, simulator_url: str, *tokens: str) -> Twilio:
    return Twilio(TwilioSettings(ACCOUNT, tokens or (TOKEN,), web_url, WHATSAPP_FROM, SMS_FROM, api_url=simulator_url))


def _kannel(web_url: str, simulator_url: str) -> dict[str, Carrier]:
    fields = {"username": "bot", "password": "of the tests", "sender": "8300", "token": KANNEL_TOKEN}
    return {"kannel": Kannel(KannelSettings(f"{simulator_url}/cgi-bin/sendsms", callback_url=web_url, **fields))}


@dataclass
class Street:
    hands: Hands
    web_url: str
    phone_url: str
    woken: list[int]
    doors: ExitStack
    """What keeps the web's server running."""
    open_web: Callable[[], AbstractContextManager[str]]

    @contextmanager
    def web_away(self) -> Iterator[None]:
        """Nobody answers at the web's address meanwhile."""
        self.doors.close()
        yield
        self.doors.enter_context(self.open_web())

    def says(self, text: str, number: str = "+923000000101", channel: str = "whatsapp", **more: Any) -> dict[str, Any]:
        """A citizen sends a message from the simulator's phone; its answer."""
        url = f"{self.phone_url}/phone/{channel}/{number}"
        return dict(requests.post(url, json={"text": text, **more}, timeout=30).json())

    def thread(self, number: str = "+923000000101", channel: str = "whatsapp") -> list[dict[str, Any]]:
        return list(requests.get(f"{self.phone_url}/phone/{channel}/{number}", timeout=30).json())

    def heard(self, number: str = "+923000000101", channel: str = "whatsapp") -> list[str]:
        """What the phone was sent."""
        return [m["text"] for m in self.thread(number, channel) if m["direction"] == "out"]

    def fault(self, **faults: Any) -> None:
        assert requests.put(f"{self.phone_url}/faults", json=faults, timeout=30).ok

    def log(self) -> list[dict[str, Any]]:
        """Everything the carrier accepted."""
        return list(requests.get(f"{self.phone_url}/log", timeout=30).json())

    def deliver(self) -> int:
        """What a worker does: sends all that is due; how many were tried."""
        total = 0
        while tried := send_due(self.hands):
            total += tried
        return total


@contextmanager
def street(
    db: Database, now: Callable[[], Any] = utc_now, *, two_way_sms: bool = False, files: Path | None = None
) -> Iterator[Street]:
    """`two_way_sms`: SMS goes by Kannel's face of the simulator too, and comes in there; `files`: where files are kept."""
    web_port, phone_port = free_port(), free_port()
    web_url, phone_url = f"http://127.0.0.1:{web_port}", f"http://127.0.0.1:{phone_port}"
    carriers = Carriers({"twilio": twilio(web_url, phone_url)} | (_kannel(web_url, phone_url) if two_way_sms else {}))
    room = None
    if files:
        source = twilio_source(ACCOUNT, (TOKEN,), phone_url)
        room = MediaRoom(Folder(files), Fetcher({"twilio": source}), web_url, SECRET)
    hands = replace(make_hands(db, carriers=carriers), now=now, media=room)
    woken: list[int] = []
    web = create_web(Web(hands, settings(web_url, phone_url), woken.extend, lambda: None))
    line = (
        {"kannel_username": "bot", "kannel_password": "of the tests", "kannel_token": KANNEL_TOKEN}
        if two_way_sms
        else {}
    )
    phone = create_simulator(SimulatorSettings(ACCOUNT, TOKEN, web_url, **line))
    with ExitStack() as stack:
        doors = stack.enter_context(ExitStack())
        doors.enter_context(serving(web, web_port))
        stack.enter_context(serving(phone, phone_port))
        stack.callback(phone.extensions["simulator"].close)
        yield Street(hands, web_url, phone_url, woken, doors, lambda: serving(web, web_port))
