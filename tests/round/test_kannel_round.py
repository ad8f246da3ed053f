"""Every task of a citizen by SMS alone: the operator, the real Kannel and the whole service, and no WhatsApp anywhere."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.kannel import Kannel, kannel_settings, running_kannel
from tests.service import Service, field, first_number, service, signed_in
from tests.smsc import Operator
from tests.street import wait_for

pytestmark = [pytest.mark.round, pytest.mark.kannel, pytest.mark.usefixtures("kannel_installed")]
PATIENCE_S = 25


@dataclass
class Town:
    """People with phones that know nothing but SMS."""

    running: Service
    kannel: Kannel
    operator: Operator

    def says(self, phone: str, text: str) -> str:
        """Sends an SMS and waits for the next answer."""
        before = len(self.operator.heard(phone))
        self.operator.says(phone, text)
        return self.hears(phone, before + 1)[-1]

    def hears(self, phone: str, count: int) -> list[str]:
        """Waits until the phone was sent `count` whole messages."""
        got = wait_for(lambda: (heard := self.operator.heard(phone)) and len(heard) >= count and heard, PATIENCE_S)
        assert len(got) == count, got
        return list(got)

    def does(self, official: requests.Session, number: str, action: str, text: str) -> None:
        """Fills in a form on the ticket's page, and taps twice."""
        address = f"{self.running.web_url}/desk/tickets/{number}"
        page = official.get(address, timeout=30).text
        form = {name: field(page, name) for name in ("csrf", "key", "version")} | {"text": text}
        for _ in range(2):
            assert official.post(f"{address}/{action}", data=form, timeout=30).ok

    def rows(self, query: str, *values: Any) -> list[Any]:
        with sqlite3.connect(f"file:{self.running.var / 'tawar.db'}?mode=ro", uri=True) as db:
            found = db.execute(query, values).fetchall()
        db.close()
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, kannel_installed: None) -> Iterator[Town]:
    with running_kannel(tmp_path_factory.mktemp("kannel")) as kannel:
        env = {f"TAWAR_{name.upper()}": value for name, value in kannel_settings(kannel).items()}
        with service(tmp_path_factory.mktemp("town"), port=kannel.web, **env) as running:
            assert kannel.operator
            yield Town(running, kannel, kannel.operator)


CITIZENS = {
    "+923000000101": ("پانی نہیں آ رہا، تربت میں تین دن سے", "phed", "پمپ ٹھیک ہے، پانی آ گیا۔", "جی ہاں"),
    "+923000000102": ("bijlee nhi ha khuzdar me 2 din say", "qesco", "Bijli bahal kar di gayi hai.", "haan"),
    "+923000000103": ("مئے میتگ ءَ آپ نیست، تربت", "phed", "پمپ جوڑ کنگ بوتگ۔", "ھو"),
    "+923000000104": ("No water in Gwadar for 3 days", "phed", "The pump is mended.", "yes"),
}


@pytest.mark.parametrize("phone", CITIZENS)
def test_a_complaint_from_the_first_word_to_the_verdict(town: Town, phone: str) -> None:
    complaint, department, answer, verdict = CITIZENS[phone]
    number = first_number(town.says(phone, complaint))
    official = signed_in(town.running, department)
    assert complaint in official.get(f"{town.running.web_url}/desk/tickets/{number}", timeout=30).text

    town.does(official, number, "reply", answer)
    assert answer in town.hears(phone, 2)[-1]
    assert number in town.says(phone, number), "its state by its number"
    town.does(official, number, "resolve", answer)
    assert number in town.hears(phone, 4)[-1]
    assert number in town.says(phone, verdict)

    assert town.rows("SELECT state FROM tickets WHERE number = ?", number) == [("confirmed",)]
    ledger = (
        "SELECT o.carrier, o.channel, o.state, o.status FROM outbox o JOIN contacts c ON c.id = o.contact_id"
        " WHERE c.phone_index = ?"
    )
    wait_for(
        lambda: set(town.rows(ledger, town.running.index(phone))) == {("kannel", "sms", "accepted", "delivered")},
        PATIENCE_S,
    )


def test_a_question_about_a_service_and_its_answer(town: Town) -> None:
    phone = "+923000000110"
    assert "Domicile" in town.says(phone, "What documents do I need for a domicile?")
    town.says(phone, "1")
    town.says(phone, "Do I need my father's CNIC if he has passed away?")
    number = first_number(town.says(phone, "1"))
    assert number in town.says(phone, number)
    assert town.rows("SELECT kind, department FROM tickets WHERE number = ?", number) == [("question", "DC")]


def test_a_long_way_with_lists_and_urdu_digits(town: Town) -> None:
    """The lists are numbered lines of several segments each, and are joined on the phone."""
    phone = "+923000000111"
    said = (".", "۱", "۱", "۲", "۱", "مستونگ", "کل رات سے بجلی نہیں ہے، پورا محلہ اندھیرے میں ہے", "جی ہاں")
    heard = [town.says(phone, text) for text in said]
    assert "۱ پانی" in heard[2]
    first_number(heard[-1])
    parts = [part for part in town.operator.parts if part.phone == phone.lstrip("+")]
    assert len(parts) > len(said)


def test_a_citizen_corrects_and_withdraws(town: Town) -> None:
    phone = "+923000000112"
    number = first_number(town.says(phone, "پانی نہیں آ رہا، تربت میں تین دن سے"))
    for text in ("۲", "۲"):
        town.says(phone, text)
    assert "گوادر" in town.says(phone, "گوادر")
    assert town.rows("SELECT district FROM tickets WHERE number = ?", number) == [("GWD",)]
    assert number in town.says(phone, "۰")
    assert town.rows("SELECT state FROM tickets WHERE number = ?", number) == [("withdrawn",)]


def test_where_life_is_at_stake_the_number_to_call_comes_first(town: Town) -> None:
    first, _ = town.says("+923000000113", "gas leak ho rahi hai ghar mein sab behosh ho rahe hain").split("\n", 1)
    assert re.search(r"\b15\b", first)


def test_the_language_is_changed(town: Town) -> None:
    phone = "+923000000114"
    assert "کون سی زبان" in town.says(phone, ".")
    town.says(phone, "3")
    assert "زبان" in town.says(phone, "اردو")


def test_a_broadcast_reaches_each_phone_once_and_stop_is_heeded(town: Town) -> None:
    reached, stopped, back = "+923000000120", "+923000000121", "+923000000122"
    for phone in (reached, stopped, back):
        first_number(town.says(phone, "No water in Gwadar for 3 days"))
    assert "START" in town.says(stopped, "STOP")
    town.says(back, "STOP")
    assert "STOP" in town.says(back, "START")
    counts = {phone: len(town.operator.heard(phone)) for phone in (reached, stopped, back)}

    text = "Polio drops tomorrow: a team comes to your home."
    broadcast(town, text)
    assert town.hears(reached, counts[reached] + 1)[-1].startswith(text)
    assert town.hears(back, counts[back] + 1)[-1].startswith(text)
    wait_for(lambda: town.rows("SELECT state FROM campaigns") == [("done",)], PATIENCE_S)
    assert len(town.operator.heard(stopped)) == counts[stopped]
    assert sum(heard.startswith(text) for heard in town.operator.heard(reached)) == 1


def test_what_operators_see_names_nobody_and_says_how_kannel_is(town: Town) -> None:
    phone = "+923000000130"
    town.says(phone, "No water in Gwadar, Karim house")
    ready = requests.get(f"{town.running.web_url}/readyz", timeout=30).json()
    assert ready["carriers"] == {"kannel": "ok"}
    metrics = requests.get(f"{town.running.web_url}/metrics", timeout=30).text
    assert 'tawar_carrier_up{carrier="kannel"} 1' in metrics
    logs = "".join(path.read_text(errors="replace") for path in (town.running.var / "logs").iterdir())
    for hidden in (phone, phone[-7:], "Karim", town.kannel.token):
        assert hidden not in metrics + logs


def test_kannel_is_stopped_in_the_middle_and_nothing_is_lost_or_doubled(town: Town) -> None:
    """The official answers while Kannel is away; the answer leaves once it is back. Last, because it stops what others use."""
    phone = "+923000000140"
    number = first_number(town.says(phone, "No water in Gwadar for 3 days"))
    town.kannel.stop()
    official = signed_in(town.running, "phed")
    town.does(official, number, "reply", "A tanker comes today.")
    waits = "SELECT state, reason FROM outbox ORDER BY id DESC LIMIT 1"
    wait_for(lambda: town.rows(waits) == [("waiting", "connect")], PATIENCE_S)
    told = wait_for(lambda: _carrier(town) != "ok" and _carrier(town), PATIENCE_S)
    assert "bearerbox does not answer" in told
    town.kannel.start()
    wait_for(town.kannel.is_linked, PATIENCE_S)
    assert "A tanker comes today." in town.hears(phone, 2)[-1]
    wait_for(lambda: _carrier(town) == "ok", PATIENCE_S)


def _carrier(town: Town) -> str:
    answer = requests.get(f"{town.running.web_url}/readyz", timeout=30)
    assert answer.status_code == 200, "messages are taken in while a carrier is sick"
    return str(answer.json()["carriers"]["kannel"])


def broadcast(town: Town, text: str) -> None:
    """A campaign manager writes a text and sends it now."""
    manager, pages = signed_in(town.running, "campaigns"), f"{town.running.web_url}/campaigns"
    page = manager.get(f"{pages}/new?lang=en", timeout=30).text
    form = {name: field(page, name) for name in ("csrf", "key")}
    form |= {"title": "Polio", "languages": "en", "text-en": text, "do": "save"}
    saved = manager.post(f"{pages}/new", data=form, timeout=30)
    address = saved.url.partition("?")[0]
    assert re.search(r"/campaigns/\d+$", address), saved.text
    sent = manager.post(f"{address}/schedule", data={"csrf": field(saved.text, "csrf"), "when": "now"}, timeout=30)
    assert sent.ok
