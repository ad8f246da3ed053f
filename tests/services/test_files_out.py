"""An official's file reaches the phone: fetched by the carrier on WhatsApp, and as an address by SMS."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from bot.delivery import ASKS
from bot.services.media import act_with_file
from bot.services.orders import Done, Official, Order, Result, Unfit
from bot.services.send import send_due
from bot.services.settle import settle_unknown
from bot.services.sign_in import add_account
from bot.store import outbox as outbox_of
from bot.store import tickets
from bot.store.contacts import contacts
from bot.store.database import Database
from bot.store.media import keep
from bot.store.outbox import outbox
from tests.media import samples
from tests.street import ACCOUNT, TOKEN, Street, street, wait_for

REPORT, REPLY = "No water in Gwadar for 3 days, the pipe is broken", "See the paper"
ADDRESS = re.compile(r"http://\S+/media/\S+")


@pytest.fixture
def open_road(db: Database, tmp_path: Path) -> Iterator[Street]:
    with street(db, two_way_sms=True, files=tmp_path / "files") as road:
        yield road


def official(road: Street) -> Official:
    with road.hands.db.write() as tx:
        fields = {"username": "gul", "name": "Gul Bibi", "role": "supervisor", "department": ""}
        return Official(add_account(road.hands, tx, password="a long enough password", **fields), "Gul Bibi", None)


def replies(road: Street, data: bytes, name: str, text: str = REPLY) -> Result | None:
    """An official answers the only ticket, with a file."""
    with road.hands.db.read() as tx:
        number = str(tx.execute(select(tickets.tickets.c.number)).scalar_one())
        ticket = tickets.find(tx, number)
    assert ticket
    result = act_with_file(
        road.hands, official(road), Order(number, "reply", "key-of-the-reply-0001", ticket.version, text), data, name
    )
    road.deliver()
    return result


def answers(road: Street, channel: str) -> list[dict[str, Any]]:
    """What the phone was sent after the complaint was confirmed."""
    return [entry for entry in road.thread(channel=channel) if entry["direction"] == "out"][1:]


def carriers_copy(road: Street, message: str) -> requests.Response:
    """The file of a message as the carrier has fetched and kept it."""
    login, folder = (ACCOUNT, TOKEN), f"{road.phone_url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{message}/Media"
    (kept,) = requests.get(f"{folder}.json", auth=login, timeout=30).json()["media_list"]
    answer = requests.get(f"{folder}/{kept['sid']}", auth=login, timeout=30)
    assert answer.ok
    return answer


def rows(road: Street) -> list[Any]:
    with road.hands.db.read() as tx:
        return list(tx.execute(select(outbox).order_by(outbox.c.id)).all())


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [(samples.PDF, "notice.pdf", "application/pdf"), (samples.jpeg(), "pipe.jpg", "image/jpeg")],
    ids=["paper", "photo"],
)
def test_on_whatsapp_the_words_come_and_then_the_file(open_road: Street, data: bytes, name: str, kind: str) -> None:
    open_road.says(REPORT)
    open_road.deliver()
    assert isinstance(replies(open_road, data, name), Done)
    wait_for(lambda: all(row.status in ("delivered", "read") for row in rows(open_road)))
    words, file = answers(open_road, "whatsapp")
    assert (REPLY in words["text"], words["media"]) == (True, [])
    assert [one["type"] for one in file["media"]] == [kind]
    shown = carriers_copy(open_road, file["id"])
    assert shown.headers["Content-Type"].startswith(kind)
    assert samples.SECRET not in shown.content
    assert shown.content == data or kind == "image/jpeg"


def test_by_sms_the_address_stands_in_the_text_and_serves_the_file(open_road: Street) -> None:
    open_road.says(REPORT, channel="kannel")
    open_road.deliver()
    assert isinstance(replies(open_road, samples.PDF, "notice.pdf"), Done)
    told = "\n".join(entry["text"] for entry in answers(open_road, "kannel"))
    assert REPLY in told
    (address,) = ADDRESS.findall(told)
    assert address.startswith(open_road.web_url)
    served = requests.get(address, timeout=30)
    assert (served.status_code, served.content) == (200, samples.PDF)
    assert served.headers["Content-Disposition"].startswith("attachment")
    assert served.headers["X-Content-Type-Options"] == "nosniff"


def test_an_address_cut_or_guessed_serves_nothing(open_road: Street) -> None:
    open_road.says(REPORT, channel="kannel")
    open_road.deliver()
    replies(open_road, samples.PDF, "notice.pdf")
    (address,) = ADDRESS.findall("\n".join(entry["text"] for entry in answers(open_road, "kannel")))
    for wrong in (address[:-1], address[:-1] + ("A" if address[-1] != "A" else "B"), f"{open_road.web_url}/media/1"):
        assert requests.get(wrong, timeout=30).status_code == 404


def test_a_file_no_phone_takes_is_refused_before_anything_is_sent(open_road: Street) -> None:
    open_road.says(REPORT)
    open_road.deliver()
    assert isinstance(replies(open_road, samples.HTML * 9, "page.pdf"), Unfit)
    assert answers(open_road, "whatsapp") == []


@pytest.mark.parametrize("what", ["a file by SMS", "a place by SMS", "a file by WhatsApp", "a place by WhatsApp"])
def test_what_was_accepted_while_its_answer_got_lost_is_recognised_and_not_sent_again(
    db: Database, tmp_path: Path, what: str
) -> None:
    channel = "sms" if what.endswith("SMS") else "whatsapp"
    with street(db, files=tmp_path / "files") as road:
        road.says(REPORT)
        road.deliver()
        more = {"media": [a_file(road)]} if "file" in what else {"latitude": 25.1216, "longitude": 62.3254}
        road.fault(error_after_accept=1.0, loss=1.0)
        put(road, channel, **more)
        send_due(road.hands)
        assert rows(road)[-1].state == "unknown"
        road.fault(error_after_accept=0.0)
        wait_for(lambda: road.thread(channel=channel)[-1]["status"] == "delivered")
        for _ in range(ASKS):
            make_due(road)
            settle_unknown(road.hands)
        road.deliver()
        assert rows(road)[-1].state == "accepted"
        assert len([one for one in road.thread(channel=channel) if REPLY in one["text"]]) == 1


def a_file(road: Street) -> int:
    """An official's file on the shelf; its id."""
    assert road.hands.media
    with road.hands.db.write() as tx:
        ticket_id = tx.execute(select(tickets.tickets.c.id)).scalar_one()
        key = road.hands.media.shelf.put(samples.PDF)
        fields = {"kind": "application/pdf", "key": key, "bytes": len(samples.PDF), "sha256": "0" * 64}
        return keep(tx, ticket_id, road.hands.now(), **fields)


def put(road: Street, channel: str, **more: Any) -> None:
    now, (first, *_) = road.hands.now(), rows(road)
    row = {"ref": "ref-of-the-answer", "contact_id": first.contact_id, "lane": 0, "carrier": "twilio", "channel": channel,
           "text": REPLY, "state": "waiting", "due_at": now, "created_at": now, "updated_at": now}  # fmt: skip
    with road.hands.db.write() as tx:
        if channel == "sms":
            tx.execute(update(contacts).values(prefers="sms"))
        outbox_of.put(tx, [row | more])


def make_due(road: Street) -> None:
    past = road.hands.now() - timedelta(minutes=10)
    with road.hands.db.write() as tx:
        tx.execute(update(outbox).where(outbox.c.state == "unknown").values(lease_until=past))
