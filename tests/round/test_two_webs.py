"""Two web processes on one database: the same message fifty times at once, and two messages of one person at once."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest
import requests
from sqlalchemy import make_url, select
from twilio.request_validator import RequestValidator

from bot.store.database import Database
from bot.store.messages import inbound
from bot.store.outbox import outbox
from tests.street import ACCOUNT, TOKEN, WHATSAPP_FROM, free_port
from tests.support import DATA_KEY, INDEX_KEY
from workers.bench.load import served

pytestmark = pytest.mark.round
PUBLIC = "https://tawar.example"
PATH = "/carriers/twilio/messages"


@pytest.fixture
def webs(db: Database) -> Iterator[list[int]]:
    """Ports of two web processes."""
    url = make_url(db.engine.url).render_as_string(hide_password=False)
    env = {
        "TAWAR_DATABASE_URL": url,
        "TAWAR_PUBLIC_URL": PUBLIC,
        "TAWAR_SECRET_KEY": "s" * 40,
        "TAWAR_DATA_KEY": DATA_KEY,
        "TAWAR_INDEX_KEY": INDEX_KEY,
        "TAWAR_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TAWAR_TWILIO_AUTH_TOKEN": TOKEN,
        "TAWAR_WHATSAPP_FROM": WHATSAPP_FROM,
        "TAWAR_REDIS_URL": "",
        "TAWAR_DEMO": "",
    }
    env = {key: value for key, value in env.items() if value or key in os.environ}
    with ExitStack() as stack:
        ports = [free_port(), free_port()]
        for port in ports:
            stack.enter_context(served("wsgi:app", port, 4, env))
        yield ports


def send(port: int, sid: str, text: str) -> int:
    form = {"MessageSid": sid, "From": "whatsapp:+923000000101", "To": f"whatsapp:{WHATSAPP_FROM}", "Body": text}
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + PATH, form)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return requests.post(f"http://127.0.0.1:{port}{PATH}", urlencode(form), headers=headers, timeout=60).status_code


def at_once(calls: list[tuple[int, str, str]]) -> list[int]:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda call=call: answers.append(send(*call))) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_fifty_copies_on_two_webs_make_one_turn(db: Database, webs: list[int]) -> None:
    answers = at_once([(webs[n % 2], "SM" + "a" * 32, "No water in Gwadar for 3 days") for n in range(50)])
    assert set(answers) == {200}
    with db.read() as tx:
        assert len(tx.execute(select(inbound)).all()) == 1
        assert len(tx.execute(select(outbox)).all()) == 1


def test_one_persons_messages_on_two_webs_are_answered_in_order(db: Database, webs: list[int]) -> None:
    calls = [(webs[n % 2], f"SM{n:032d}", f"No water in Gwadar, house {n}") for n in range(12)]
    assert set(at_once(calls)) == {200}
    with db.read() as tx:
        came = tx.execute(select(inbound.c.id).order_by(inbound.c.id)).scalars().all()
        answered = tx.execute(select(outbox.c.inbound_id).order_by(outbox.c.id)).scalars().all()
    assert len(came) == 12
    assert list(answered) == sorted(came) == list(came)
