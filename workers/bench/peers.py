"""What a turn is measured against: a bare view, and the same rows written with nothing in between. Served like the web."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from flask import Flask, request

DATABASE = "TAWAR_BENCH_DATABASE"
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
HEADERS = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(EMPTY)))]
Start = Callable[..., Any]

bare = Flask("bare")


@bare.post("/carriers/twilio/messages")
def nothing() -> tuple[bytes, dict[str, str]]:
    """A Flask view that does nothing but take the body off the line, so that the connection stays open."""
    request.get_data()
    return EMPTY, {"Content-Type": "text/xml"}


NOW = "2026-11-21T09:00:00.000000"
SEALED = bytes(44)
"""As many bytes as a sealed number."""
STATE = '{"language":"en","step":"report.confirm","draft":{"kind":"complaint","category":"water_none"}}' + " " * 200
ANSWER = (
    "Problem: No water\nPlace: Gwadar\nYour words: No water in Gwadar for 3 days\n1 Yes, send it\n0 Cancel" + " " * 80
)
_local = threading.local()
_lock = threading.Lock()


def limit(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """The rows of a turn by raw sqlite3 with the web's own durability: no signature, no words, no framework."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
    form = parse_qs(body)
    with _lock:
        _write(_connection(), form["From"][0], form["MessageSid"][0], form["Body"][0])
    start("200 OK", HEADERS)
    return [EMPTY]


def _connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        connection = sqlite3.connect(os.environ[DATABASE], isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")
        _local.connection = connection
    return _local.connection  # type: ignore[no-any-return]


def _write(db: sqlite3.Connection, phone: str, sid: str, text: str) -> None:
    run = db.execute
    run("BEGIN IMMEDIATE")
    index = phone.encode()  # as long as ours, and nothing is computed for it
    contact = run("SELECT id, conversation FROM contacts WHERE phone_index = ?", (index,)).fetchone()
    if contact is None:
        run(_insert("contacts", "phone phone_index alias name language carrier channel district conversation version"
                    " created_at"), (SEALED, index, phone[-9:], b"", "", "", "", "", "", 0, NOW))  # fmt: skip
        contact = run("SELECT id, conversation FROM contacts WHERE phone_index = ?", (index,)).fetchone()
    inbound = run(_insert("inbound", "carrier provider_id contact_id channel text button media received_at state attempts"),
                  ("twilio", sid, contact[0], "whatsapp", text, "", "[]", NOW, "answered", 0)).lastrowid  # fmt: skip
    if text.startswith("No water"):
        ticket = run(_insert("tickets", "number kind contact_id category service department district tehsil words language"
                             " priority sensitive state version unread opened_at deadline touched_at"),
                     (sid, "complaint", contact[0], "water_none", "", "PHED", "GWD", "", "No water in Gwadar", "en",
                      "high", 0, "new", 1, 1, NOW, NOW, NOW)).lastrowid  # fmt: skip
        run("UPDATE inbound SET ticket_id = ? WHERE id = ?", (ticket, inbound))
        event = (ticket, 1, NOW, "citizen", "open", "{}", "0" * 64)
        run(_insert("events", "ticket_id seq at actor action data digest"), event)
    run("UPDATE contacts SET conversation = ?, language = 'en', carrier = 'twilio', channel = 'whatsapp', "
        "last_inbound_at = ?, version = version + 1 WHERE id = ?", (STATE, NOW, contact[0]))  # fmt: skip
    run(_insert("outbox", "ref contact_id lane carrier channel language text inbound_id state status reason provider_id"
                " attempts asks due_at created_at updated_at"),
        (sid, contact[0], 0, "twilio", "whatsapp", "en", ANSWER, inbound, "waiting", "", "", "", 0, 0, NOW, NOW, NOW))  # fmt: skip
    run("COMMIT")


@cache
def _insert(table: str, columns: str) -> str:
    names = columns.split()
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 our own names
