"""`tawar bench turns`: signed forms through real HTTP, full turns on SQLite, beside a bare view and the raw limit."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bot.store.database import Database
from bot.store.migrate import upgrade
from workers.bench.load import HOST, Request, Result, free_port, press, served
from workers.bench.peers import DATABASE

ROUNDS = 5
LANES = 8
CITIZENS = 40
"""New citizens a lane and round; each writes SCRIPT."""
SCRIPT = ("No water in Gwadar for 3 days", "thank you", "my complaints")
THREADS = 32
"""As the web is served."""
PATH = "/carriers/twilio/messages"
PUBLIC = "https://tawar.example"


def bench_turns() -> dict[str, Any]:
    """Figures in turns/s and ms, ratios as in the table of benchmarks; medians over alternating rounds."""
    token = secrets.token_hex(16)
    results: dict[str, list[Result]] = {"ours": [], "bare": [], "limit": []}
    with tempfile.TemporaryDirectory(prefix="tawar-bench-") as folder, ExitStack() as stack:
        ports = {name: stack.enter_context(server) for name, server in _servers(Path(folder), token).items()}
        make = _signer(token)
        for port in ports.values():
            press(port, [[make(0, lane, 0, step) for step in range(len(SCRIPT))] for lane in range(LANES)])
        for n in range(1, ROUNDS + 1):
            lanes = [_lane(make, n, lane) for lane in range(LANES)]
            for name, port in ports.items():
                results[name].append(press(port, lanes))
    return _summary(results)


def _servers(folder: Path, token: str) -> dict[str, Any]:
    for name in ("ours", "limit"):
        db = Database(f"sqlite:///{folder / name}.db")
        upgrade(db)
        db.close()
    settings = {
        "TAWAR_DATABASE_URL": f"sqlite:///{folder / 'ours.db'}",
        "TAWAR_PUBLIC_URL": PUBLIC,
        "TAWAR_SECRET_KEY": secrets.token_urlsafe(32),
        "TAWAR_DATA_KEY": secrets.token_urlsafe(32),
        "TAWAR_INDEX_KEY": secrets.token_urlsafe(32),
        "TAWAR_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TAWAR_TWILIO_AUTH_TOKEN": token,
        "TAWAR_WHATSAPP_FROM": "+923000000001",
        "TAWAR_REDIS_URL": "",
    }
    return {
        "ours": _running("wsgi:app", settings),
        "bare": _running("workers.bench.peers:bare", {}),
        "limit": _running("workers.bench.peers:limit", {DATABASE: str(folder / "limit.db")}),
    }


@contextmanager
def _running(target: str, env: dict[str, str]) -> Iterator[int]:
    port = free_port()
    with served(target, port, THREADS, env):
        yield port


def _lane(make: Callable[[int, int, int, int], Request], n: int, lane: int) -> list[Request]:
    return [make(n, lane, citizen, step) for citizen in range(CITIZENS) for step in range(len(SCRIPT))]


def _signer(token: str) -> Callable[[int, int, int, int], Request]:
    validator = RequestValidator(token)

    def make(n: int, lane: int, citizen: int, step: int) -> Request:
        form = {
            "SmsMessageSid": (sid := f"SM{n:04x}{lane:04x}{citizen:012x}{step:012x}"), "MessageSid": sid, "SmsSid": sid,
            "AccountSid": "AC" + "0" * 32, "From": f"whatsapp:+92300{n:02d}{lane:01d}{citizen:04d}",
            "To": "whatsapp:+923000000001", "Body": SCRIPT[step], "NumMedia": "0", "NumSegments": "1",
            "SmsStatus": "received", "ApiVersion": "2010-04-01", "ProfileName": "Zarina", "WaId": "923000000000",
            "MessageType": "text", "Forwarded": "false", "FrequentlyForwarded": "false", "ReferralNumMedia": "0",
        }  # fmt: skip
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": validator.compute_signature(PUBLIC + PATH, form),
            "Host": HOST,
        }
        return Request(PATH, urlencode(form).encode(), headers)

    return make


def _summary(results: dict[str, list[Result]]) -> dict[str, Any]:
    rate = {name: [r.per_s for r in rounds] for name, rounds in results.items()}
    paired = {name: median(a / b for a, b in zip(rate["ours"], rate[name], strict=True)) for name in ("limit", "bare")}
    return {
        "bench": "turns",
        "rounds": ROUNDS,
        "figures": {
            "turns_per_s": median(rate["ours"]),
            "limit_turns_per_s": median(rate["limit"]),
            "bare_flask_per_s": median(rate["bare"]),
            "p50_ms": median(r.p50_ms for r in results["ours"]),
            "p99_ms": median(r.p99_ms for r in results["ours"]),
            "limit_p50_ms": median(r.p50_ms for r in results["limit"]),
            "limit_p99_ms": median(r.p99_ms for r in results["limit"]),
        },
        "ratios": {"to_limit": paired["limit"], "to_bare_flask": paired["bare"]},
    }
