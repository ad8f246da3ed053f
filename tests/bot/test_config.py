"""Settings name every problem at once, and nothing that is safe only on one machine starts elsewhere."""

import os

import pytest

from bot.config import Settings, SettingsError

NEEDED = ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
PRODUCTION = {
    "database_url": "postgresql+psycopg://tawar@db/tawar",
    "public_url": "https://tawar.example.pk",
    "secret_key": "k" * 32,
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": "token",
    "sms_from": "+923000000002",
}
DEMO = {**PRODUCTION, "demo": True, "public_url": "http://127.0.0.1:8000", "twilio_api_url": "http://127.0.0.1:8001"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TAWAR_")]:
        monkeypatch.delenv(name)


def problems(**changed: object) -> list[str]:
    return Settings(**{**PRODUCTION, **changed}).problems()  # type: ignore[arg-type]


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings().check()
    told = str(refused.value)
    assert [name for name in NEEDED if f"TAWAR_{name} is not set" not in told] == []
    assert "no sender is set" in told
    assert told.count("\n") == len(NEEDED) + 1


def test_several_unsafe_things_are_named_at_once() -> None:
    found = problems(
        public_url="http://tawar.example.pk", secret_key="short", twilio_api_url="http://127.0.0.1:1", database_url=""
    )
    assert len(found) == 4


def test_sound_settings_may_run() -> None:
    for values in (PRODUCTION, DEMO):
        settings = Settings(**values)
        assert settings.check() is settings


@pytest.mark.parametrize("sender", ["whatsapp_from", "sms_from", "twilio_messaging_service_sid"])
def test_any_one_sender_is_enough(sender: str) -> None:
    assert problems(**{"sms_from": "", sender: "something"}) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://tawar.example.pk",
        "http://127.0.0.1:8000",
        "tawar.example.pk",
        "ftp://tawar.example.pk",
        "//tawar.example.pk",
    ],
)
def test_production_refuses_anything_but_https(url: str) -> None:
    (problem,) = problems(public_url=url)
    assert "https" in problem


@pytest.mark.parametrize("length", [1, 31])
def test_a_short_secret_is_refused_even_in_a_demo(length: int) -> None:
    for values in (PRODUCTION, DEMO):
        (problem,) = Settings(**{**values, "secret_key": "k" * length}).problems()
        assert "TAWAR_SECRET_KEY" in problem


def test_production_refuses_another_twilio() -> None:
    (problem,) = problems(twilio_api_url="http://127.0.0.1:8001")
    assert "TAWAR_TWILIO_API_URL" in problem


@pytest.mark.parametrize(
    "host",
    [
        "tawar.example.pk",
        "0.0.0.0",
        "10.0.0.5",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "[2001:db8::1]",
        "user@127.0.0.1.evil.pk",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_demo_refuses_a_public_host(scheme: str, host: str) -> None:
    (problem,) = Settings(**{**DEMO, "public_url": f"{scheme}://{host}:8000"}).problems()
    assert "TAWAR_DEMO" in problem


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_a_demo_runs_on_this_machine(host: str) -> None:
    assert Settings(**{**DEMO, "public_url": f"http://{host}:8000"}).problems() == []


def test_a_demo_without_an_address_is_refused() -> None:
    assert Settings(**{**DEMO, "public_url": ""}).problems()
    assert Settings(**{**DEMO, "public_url": "127.0.0.1:8000"}).problems()


def test_an_unknown_carrier_is_named() -> None:
    assert any("pigeon" in problem for problem in problems(carriers="twilio,pigeon"))


def test_the_environment_is_read_and_strangers_in_it_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(f"TAWAR_{name.upper()}", str(value))
    monkeypatch.setenv("TAWAR_NOT_A_SETTING", "x")
    monkeypatch.setenv("SECRET_KEY", "another program's")
    assert Settings().problems() == []
    assert Settings().secret_key == PRODUCTION["secret_key"]


def test_no_problem_tells_a_secret() -> None:
    told = "\n".join(
        problems(secret_key="hush-hush", public_url="http://x", twilio_auth_token="my-token", carriers="x")
    )
    assert "hush-hush" not in told
    assert "my-token" not in told


@pytest.mark.parametrize("url", ["s3://files", "s3://tawar-files/of/citizens", ""])
def test_files_may_lie_in_a_bucket_or_here(url: str) -> None:
    assert problems(media_url=url) == []


@pytest.mark.parametrize("url", ["files", "https://files", "s3://", "s3://A", "s3://files/../x y", "s3://files?x=1"])
def test_a_place_for_files_that_is_none_is_named(url: str) -> None:
    assert any("TAWAR_MEDIA_URL" in problem for problem in problems(media_url=url))
