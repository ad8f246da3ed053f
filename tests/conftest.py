"""Fixtures: both databases are the real ones; a missing PostgreSQL is said loudly, and is a failure in CI."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import create_engine, text

from bot.services.hands import Hands
from bot.store.database import Database
from bot.store.migrate import upgrade
from tests import chromium as browsers
from tests.kannel import lacking
from tests.street import Street, street
from tests.support import Citizen, Clock, make_hands, sqlite

IN_CI = os.environ.get("CI") == "true"


def missing(what: str, how: str) -> None:
    """A test cannot run because the system lacks something: a failure in CI, a loud skip elsewhere."""
    message = f"{what} is missing, so this test cannot run: {how}"
    if IN_CI:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def chromium(browser_arguments: list[str]) -> Iterator[Browser]:
    path = browsers.path()
    if path is None:
        missing("Chromium", "install the system's chromium package")
    with browsers.launched(path, browser_arguments) as browser:
        yield browser


@pytest.fixture(scope="module")
def browser_arguments() -> list[str]:
    """What a module's browser is started with besides the usual."""
    return []


def _postgres_bin() -> Path | None:
    places = [Path(found).parent for found in [shutil.which("initdb")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _as_postgres(*command: str) -> None:
    """PostgreSQL refuses to run as root; root steps down to its user."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own on a unix socket; the URL of a migrated template database."""
    binaries = _postgres_bin()
    if binaries is None:
        missing("a PostgreSQL server", "install the system's postgresql package")
    folder = Path(tempfile.mkdtemp(prefix="tawar-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, log = folder / "data", folder / "log"
    _as_postgres(f"{binaries}/initdb", "-D", str(data), "-U", "tawar", "-A", "trust", "--no-sync", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
    _as_postgres(f"{binaries}/pg_ctl", "-D", str(data), "-l", str(log), "-w", "-o", options, "start")
    try:
        url = f"postgresql+psycopg://tawar@/{{}}?host={folder}"
        _create_database(url.format("postgres"), "template_tawar")
        db = Database(url.format("template_tawar"))
        upgrade(db)
        db.close()
        yield url
    finally:
        _as_postgres(f"{binaries}/pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _create_database(admin_url: str, name: str, template: str = "template1") -> None:
    engine = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    _create_database(postgres_url.format("postgres"), "tawar_test", "template_tawar")
    db = Database(postgres_url.format("tawar_test"))
    try:
        yield db
    finally:
        db.close()


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database: every test that asks for it runs on both kinds."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres")
    else:
        with sqlite(tmp_path) as database:
            yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hands(db: Database, clock: Clock) -> Hands:
    return make_hands(db, clock)


@pytest.fixture
def citizen(hands: Hands) -> Citizen:
    return Citizen(hands)


@pytest.fixture
def road(db: Database) -> Iterator[Street]:
    """The real web and the real simulator over real HTTP; the test itself is the worker."""
    with street(db) as open_street:
        yield open_street


@pytest.fixture(scope="session")
def kannel_installed() -> None:
    """Asked for by every test of the real Kannel."""
    if program := lacking():
        missing(f"Kannel ({program})", "install the system's kannel and kannel-extras packages")
