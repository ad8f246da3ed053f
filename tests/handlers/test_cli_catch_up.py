"""`tawar catch-up` as an operator types it, against a real simulator: a line a carrier, and plain words when it cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot.services.hands import Hands
from bot.store.messages import inbound
from handlers.cli import build_cli
from tests.street import ACCOUNT, KANNEL_TOKEN, SMS_FROM, TOKEN, WHATSAPP_FROM, Street, street
from tests.support import DATA_KEY, INDEX_KEY, sqlite
from wsgi import parts


def tawar(*words: str) -> Result:
    return CliRunner().invoke(build_cli(parts()), list(words))


def stored(hands: Hands) -> list[str]:
    with hands.db.read() as tx:
        return list(tx.execute(select(inbound.c.text).order_by(inbound.c.id)).scalars())


@pytest.fixture
def outage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    """A street whose settings are in the environment, and a message that came while nobody answered."""
    with sqlite(tmp_path) as db, street(db, two_way_sms=True) as road:
        named = {
            "DEMO": "1",
            "CARRIERS": "twilio,kannel",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'tawar.db'}",
            "PUBLIC_URL": road.web_url,
            "SECRET_KEY": "s" * 40,
            "DATA_KEY": DATA_KEY,
            "INDEX_KEY": INDEX_KEY,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": road.phone_url,
            "WHATSAPP_FROM": WHATSAPP_FROM,
            "SMS_FROM": SMS_FROM,
            "KANNEL_SEND_URL": f"{road.phone_url}/cgi-bin/sendsms",
            "KANNEL_USERNAME": "bot",
            "KANNEL_PASSWORD": "of the tests",
            "KANNEL_TOKEN": KANNEL_TOKEN,
            "KANNEL_FROM": "8300",
            "VAR": str(tmp_path),
        }
        for name, value in named.items():
            monkeypatch.setenv(f"TAWAR_{name}", value)
        with road.web_away():
            road.says("hello")
        yield road


def test_a_line_a_carrier(outage: Street) -> None:
    result = tawar("catch-up", "--hours", "2")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "twilio\t1 missed, taken in now",
        "kannel\tcannot be asked for missed messages",
    ]
    assert tawar("catch-up", "--hours", "2").output.startswith("twilio\t0 missed")
    assert stored(outage.hands) == ["hello"]


def test_without_hours_it_looks_back_to_the_last_message(outage: Street) -> None:
    assert tawar("catch-up").output.startswith("twilio\t1 missed")


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "1e300", "99999999", "some"])
def test_hours_that_are_none_are_refused(outage: Street, hours: str) -> None:
    result = tawar("catch-up", "--hours", hours)
    assert result.exit_code == 2, result.output
    assert stored(outage.hands) == []


def test_a_database_that_is_away_is_said_in_plain_words(outage: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAWAR_DATABASE_URL", "postgresql+psycopg://tawar@127.0.0.1:9/tawar?connect_timeout=2")
    result = tawar("catch-up")
    assert result.exit_code == 1
    assert result.output == (
        "Error: The database does not answer: check TAWAR_DATABASE_URL and that the server runs.\n"
    )


def test_an_empty_database_says_what_to_do(outage: Street, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TAWAR_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    result = tawar("catch-up")
    assert result.exit_code == 1
    assert result.output == "Error: The database has another version's form: run `tawar migrate`.\n"
