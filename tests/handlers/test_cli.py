"""The operator's command: what it refuses, and that it says why in words an operator can act on."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot.store import accounts, audit, second_steps
from bot.store.contacts import contacts, lock_by_phone
from bot.store.database import Database
from bot.store.migrate import upgrade
from handlers.cli import build_cli
from tests.support import DATA_KEY, INDEX_KEY, PHONE, START, phone_of, vault
from wsgi import parts

SETTINGS = {
    "TAWAR_PUBLIC_URL": "https://tawar.example",
    "TAWAR_SECRET_KEY": "s" * 40,
    "TAWAR_DATA_KEY": DATA_KEY,
    "TAWAR_INDEX_KEY": INDEX_KEY,
    "TAWAR_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TAWAR_TWILIO_AUTH_TOKEN": "t" * 32,
    "TAWAR_WHATSAPP_FROM": "+923000000001",
}


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of a sound production, on a fresh database."""
    for name in ("TAWAR_DEMO", "TAWAR_REDIS_URL", "TAWAR_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    settings = SETTINGS | {"TAWAR_DATABASE_URL": f"sqlite:///{tmp_path / 'tawar.db'}"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ffmpeg").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    return settings


def tawar(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(build_cli(parts()), list(words), input=stdin)


def test_doctor_names_everything_at_once(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in env:
        monkeypatch.delenv(name)
    result = tawar("doctor")
    assert result.exit_code == 1
    for name in (
        "DATABASE_URL",
        "PUBLIC_URL",
        "SECRET_KEY",
        "DATA_KEY",
        "INDEX_KEY",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "WHATSAPP_FROM",
    ):
        assert f"TAWAR_{name}" in result.output


def test_doctor_says_what_does_not_work_without_ffmpeg(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tawar("migrate")
    monkeypatch.setenv("PATH", str(tmp_path))
    without = tawar("doctor")
    assert without.exit_code == 0, "the service runs without it"
    assert without.output.startswith("All is well.\nWithout ffmpeg, which is not installed, ")
    (tmp_path / "ffmpeg").touch(mode=0o755)
    assert tawar("doctor").output == "All is well.\n"


def test_doctor_says_which_carrier_is_ill(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    kannel = {"SEND_URL": "http://127.0.0.1:1/cgi-bin/sendsms", "USERNAME": "u", "PASSWORD": "p", "FROM": "8300"}
    for name, value in (kannel | {"TOKEN": "t" * 32}).items():
        monkeypatch.setenv(f"TAWAR_KANNEL_{name}", value)
    monkeypatch.setenv("TAWAR_CARRIERS", "kannel")
    assert tawar("migrate").exit_code == 0
    result = tawar("doctor")
    assert result.exit_code == 1
    assert "- kannel: smsbox does not answer: is Kannel running?" in result.output


def test_doctor_says_when_the_holidays_end(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert tawar("migrate").exit_code == 0
    for now, told in ((datetime(2028, 10, 25, tzinfo=UTC), False), (datetime(2028, 10, 26, tzinfo=UTC), True)):
        monkeypatch.setattr("handlers.cli.operating.utc_now", lambda now=now: now)
        result = tawar("doctor")
        assert ("- the calendar's holidays end on 2028-12-25" in result.output) is told
        assert result.exit_code == int(told)


@pytest.mark.parametrize("command", ["web", "worker", "clock"])
def test_nothing_starts_on_missing_settings(env: dict[str, str], monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.delenv("TAWAR_SECRET_KEY")
    monkeypatch.setenv("TAWAR_PUBLIC_URL", "http://tawar.example")
    result = tawar(command)
    assert result.exit_code == 1
    assert "TAWAR_SECRET_KEY" in result.output
    assert "https://" in result.output
    assert "Traceback" not in result.output


def test_keys_of_another_database_start_nothing(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tawar("migrate")
    db = Database(env["TAWAR_DATABASE_URL"])
    with db.write() as tx:
        lock_by_phone(tx, vault(), PHONE, START)
    db.close()
    assert tawar("doctor").output == "All is well.\n"
    monkeypatch.setenv("TAWAR_INDEX_KEY", secrets.token_urlsafe(32))
    assert "TAWAR_INDEX_KEY is not the one" in tawar("doctor").output
    monkeypatch.setenv("TAWAR_DATA_KEY", secrets.token_urlsafe(32))
    for command in ("doctor", "worker", "clock"):
        result = tawar(command)
        assert result.exit_code == 1
        assert "TAWAR_DATA_KEY does not open" in result.output
        assert PHONE not in result.output


def test_rotate_keys_says_how_many_and_what_then(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    tawar("migrate")
    db = Database(env["TAWAR_DATABASE_URL"])
    with db.write() as tx:
        lock_by_phone(tx, vault(), PHONE, START)
    db.close()
    assert "0 contacts sealed" in tawar("rotate-keys").output
    new = f"2:{secrets.token_urlsafe(32)}"
    monkeypatch.setenv("TAWAR_DATA_KEY", f"{new},{DATA_KEY}")
    told = tawar("rotate-keys").output
    assert "1 contacts sealed" in told
    assert "take them out" in told
    monkeypatch.setenv("TAWAR_DATA_KEY", new)
    assert tawar("doctor").output == "All is well.\n"
    monkeypatch.setenv("TAWAR_DATA_KEY", DATA_KEY)
    lost = tawar("rotate-keys")
    assert lost.exit_code == 1
    assert "1 could not be opened" in lost.output


def test_migrate_takes_the_keys_of_the_folder_where_none_are_set(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    db = Database(f"sqlite:///{tmp_path / 'tawar.db'}")
    upgrade(db, "0006")
    with db.write() as tx:
        tx.exec_driver_sql(
            "INSERT INTO contacts (phone, name, language, carrier, channel, district, conversation, version, created_at)"
            f" VALUES ('{PHONE}', '', '', '', '', '', '', 0, '2026-11-01T00:00:00.000000')"
        )
    for name in ("TAWAR_DATABASE_URL", "TAWAR_DATA_KEY", "TAWAR_INDEX_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("TAWAR_VAR", str(tmp_path))
    refused = tawar("migrate")
    assert (refused.exit_code, "TAWAR_DATA_KEY" in refused.output) == (1, True), refused.output
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "data").write_text(DATA_KEY + "\n")
    (tmp_path / "keys" / "index").write_text(INDEX_KEY + "\n")
    assert tawar("migrate").exit_code == 0
    with db.read() as tx:
        assert phone_of(tx.execute(select(contacts)).one()) == PHONE
    db.close()


def test_the_simulator_is_for_demos(env: dict[str, str]) -> None:
    assert "demo mode" in tawar("simulator").output


def test_demo_listens_on_this_machine_only(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAWAR_DEMO", "1")
    monkeypatch.setenv("TAWAR_PUBLIC_URL", "http://127.0.0.1:8000")
    result = tawar("web", "--host", "0.0.0.0")
    assert result.exit_code == 1
    assert "127.0.0.1" in result.output


def test_migrate_doctor_and_people(env: dict[str, str]) -> None:
    assert "tawar migrate" in tawar("doctor").output
    assert tawar("migrate").exit_code == 0
    assert tawar("doctor").output == "All is well.\n"
    secret = "a long enough password"
    added = tawar("user", "add", "gulbibi", "official", "--department", "PHED", stdin=f"{secret}\n{secret}\n")
    assert added.exit_code == 0, added.output
    assert secret not in added.output
    assert "gulbibi\tofficial\tPHED\tactive" in tawar("user", "list").output
    assert "taken" in tawar("user", "add", "gulbibi", "admin", stdin=f"{secret}\n{secret}\n").output
    assert tawar("user", "password", "gulbibi", stdin=f"{secret}2\n{secret}2\n").exit_code == 0
    assert tawar("user", "disable", "gulbibi").exit_code == 0
    assert "disabled" in tawar("user", "list").output
    assert tawar("user", "disable", "gulbibi").exit_code == 1
    assert noted(env) == ["account_added", "password_changed", "account_disabled"]


def noted(env: dict[str, str]) -> list[str]:
    """What the audit log holds of one person, oldest first; all of it the operator's."""
    db = Database(env["TAWAR_DATABASE_URL"])
    with db.read() as tx:
        lines = audit.newest(tx, 50, subject="account:gulbibi")
    db.close()
    assert {line.account_id for line in lines} == {None}
    return [line.action for line in reversed(lines)]


def test_the_folder_of_everything_on_one_machine_is_found(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tawar("migrate")
    monkeypatch.delenv("TAWAR_DATABASE_URL")
    monkeypatch.setenv("TAWAR_VAR", str(tmp_path))
    assert tawar("user", "list").exit_code == 0
    monkeypatch.setenv("TAWAR_VAR", str(tmp_path / "nowhere"))
    refused = tawar("user", "list")
    assert refused.exit_code == 1
    assert "TAWAR_DATABASE_URL is not set" in refused.output
    assert "TAWAR_VAR" in refused.output


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (["x", "official", "--department", "NONE"], "a long enough password", "NONE"),
        (["x", "admin"], "short", "10 characters"),
    ],
)
def test_a_person_must_fit(env: dict[str, str], words: list[str], stdin: str, said: str) -> None:
    tawar("migrate")
    result = tawar("user", "add", *words, stdin=f"{stdin}\n{stdin}\n")
    assert result.exit_code == 1
    assert said in result.output


def test_translations_lists_what_awaits_a_native_reader() -> None:
    result = tawar("translations", "--language", "bal")
    assert result.exit_code == 0, result.output[-500:]
    assert "awaits a native reader" in result.output
    assert " 0 to mend." in result.output


def test_talk() -> None:
    result = tawar("talk", stdin="No water in Gwadar for 3 days\n1\n")
    assert "No water" in result.output
    assert "OpenTicket" in result.output


def test_who_lost_their_phone_signs_in_with_the_password_again(env: dict[str, str]) -> None:
    tawar("migrate")
    secret = "long enough for anybody"
    tawar("user", "add", "gulbibi", "official", "--department", "PHED", stdin=f"{secret}\n{secret}\n")
    assert "had no second step" in tawar("user", "reset-second-step", "gulbibi").output
    db = Database(env["TAWAR_DATABASE_URL"])
    with db.write() as tx:
        second_steps.begin(tx, 1, b"sealed")
        assert second_steps.finish(tx, 1, b"sealed", 7, datetime.now(UTC))
        accounts.open_session(tx, "token", 1, datetime.now(UTC))
    assert "signs in with the password alone" in tawar("user", "reset-second-step", "GulBibi").output
    with db.read() as tx:
        assert (second_steps.find(tx, 1), accounts.find_session(tx, "token")) == (None, None)
    db.close()
    assert noted(env) == ["account_added", "second_step_reset", "second_step_reset"]
    assert tawar("user", "reset-second-step", "nobody").exit_code == 1
