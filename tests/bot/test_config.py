"""Settings name every problem at once, and nothing that is safe only on one machine starts elsewhere."""

import os

import pytest

from bot.carriers.build import build_carriers
from bot.config import Settings, SettingsError
from tests.support import DATA_KEY, INDEX_KEY

NEEDED = (
    "DATABASE_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
    "DATA_KEY",
    "INDEX_KEY",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
)
PRODUCTION = {
    "database_url": "postgresql+psycopg://tawar@db/tawar",
    "public_url": "https://tawar.example.pk",
    "secret_key": "k" * 32,
    "data_key": DATA_KEY,
    "index_key": INDEX_KEY,
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


def test_keys_that_seal_are_asked_for_with_how_to_make_them_and_weak_ones_are_refused() -> None:
    (problem,) = problems(index_key="")
    assert "TAWAR_INDEX_KEY is not set" in problem
    assert "openssl rand" in problem
    for demo in (PRODUCTION, DEMO):
        (problem,) = Settings(**{**demo, "data_key": "a:" + "A" * 43}).problems()
        assert "TAWAR_DATA_KEY" in problem
        assert "AAAA" not in problem
    with pytest.raises(SettingsError, match="TAWAR_DATA_KEY"):
        Settings(**{**PRODUCTION, "data_key": "short"}).vault()


def test_the_vault_of_the_settings_opens_what_it_sealed() -> None:
    vault = Settings(**PRODUCTION).vault()
    assert vault.unseal(vault.seal("گل", "here"), "here") == "گل"


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


KANNEL = {
    "kannel_send_url": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "kannel_username": "tawar",
    "kannel_password": "password",
    "kannel_from": "8300",
    "kannel_token": "t" * 32,
}
NO_TWILIO = {"twilio_account_sid": "", "twilio_auth_token": "", "sms_from": ""}


@pytest.mark.parametrize("carriers", ["twilio,kannel", "kannel,twilio", " kannel , twilio "])
def test_both_carriers_in_the_order_of_preference(carriers: str) -> None:
    assert problems(**KANNEL, carriers=carriers) == []
    settings = Settings(**{**PRODUCTION, **KANNEL, "carriers": carriers})
    assert settings.carrier_names == [name.strip() for name in carriers.split(",")]
    assert list(build_carriers(settings).by_name) == settings.carrier_names


def test_either_carrier_alone_asks_for_nothing_of_the_other() -> None:
    assert problems(**KANNEL, **NO_TWILIO, carriers="kannel") == []
    assert problems(**dict.fromkeys(KANNEL, ""), carriers="twilio") == []


def test_all_that_kannel_lacks_is_named_at_once() -> None:
    found = problems(carriers="twilio,kannel", **NO_TWILIO)
    for name in (*KANNEL, "twilio_account_sid", "twilio_auth_token"):
        assert any(f"TAWAR_{name.upper()} is not set" in problem for problem in found)
    assert any("no sender is set" in problem for problem in found)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("kannel_token", "t" * 31),
        ("kannel_token", "t" * 31 + "%"),
        ("kannel_token", "ت" * 32),
        ("kannel_token", "t" * 32 + "@"),
        ("kannel_send_url", "127.0.0.1:13013"),
        ("kannel_send_url", "ftp://127.0.0.1/"),
        ("kannel_callback_url", "http://"),
        ("kannel_status_url", "http://127.0.0.1:port/"),
        ("kannel_allowed", ""),
        ("kannel_allowed", "everybody"),
        ("kannel_allowed", "0.0.0.0/0"),
        ("kannel_allowed", "127.0.0.1,::/0"),
        ("kannel_per_second", "0"),
        ("kannel_per_second", "fast"),
        ("kannel_per_second", "۱۰"),
        ("kannel_max_segments", "256"),
    ],
)
def test_what_is_wrong_with_kannels_settings_is_named(setting: str, value: str) -> None:
    (problem,) = problems(**(KANNEL | {"carriers": "kannel", setting: value}))
    assert f"TAWAR_{setting.upper()}" in problem
    if setting == "kannel_token":
        assert value not in problem


def test_kannel_calls_the_web_itself_and_not_the_proxy() -> None:
    assert Settings(**PRODUCTION).kannel_calls_at == "http://127.0.0.1:8000"
    assert Settings(**DEMO | {"public_url": "http://127.0.0.1:8123"}).kannel_calls_at == "http://127.0.0.1:8123"
    assert Settings(**DEMO, kannel_callback_url="http://10.1.0.2:9").kannel_calls_at == "http://10.1.0.2:9"


@pytest.mark.parametrize("carriers", ["", ",", "kannel,kannel", "twilio,twilio,kannel", "Kannel"])
def test_carriers_are_named_once_each(carriers: str) -> None:
    assert any("TAWAR_CARRIERS" in problem for problem in problems(**KANNEL, carriers=carriers))


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


@pytest.mark.parametrize(
    ("values", "roles"),
    [
        (PRODUCTION, {"supervisor", "admin", "approver", "referee"}),
        (DEMO, set()),
        (DEMO | {"second_step_roles": "official, admin"}, {"official", "admin"}),
        (PRODUCTION | {"second_step_roles": ""}, set()),
    ],
)
def test_who_sees_or_decides_most_needs_a_second_step(values: dict[str, object], roles: set[str]) -> None:
    assert Settings(**values).check().must_second_step == roles  # type: ignore[arg-type]


def test_a_role_there_is_none_of_is_named() -> None:
    (problem,) = problems(second_step_roles="admin,mayor")
    assert "TAWAR_SECOND_STEP_ROLES names mayor: roles are official" in problem
