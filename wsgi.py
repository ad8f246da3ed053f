"""The composition root: settings, doors and workers meet here and nowhere else. `wsgi:app` is the web, for any server."""

import gc
import logging
import signal
import sys
import threading
import time
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import FrameType
from typing import Any, cast

from flask import Flask

from bot.carriers.build import build_carriers
from bot.catalog import load_catalog
from bot.config import Settings, SettingsError
from bot.directory import Directory, Row
from bot.media.fetch import Fetcher
from bot.media.places import twilio_source
from bot.media.shelf import Folder, Shelf
from bot.services.hands import Hands, MediaRoom, utc_now
from bot.services.numbers import key_trouble
from bot.services.setup import load_directory, load_lexicon
from bot.store.database import Database, DatabaseAway
from bot.store.migrate import is_current
from bot.store.templates import StoredContents
from handlers.cli import Parts, build_cli
from handlers.serving import serve
from handlers.simulator import SimulatorSettings, create_simulator
from handlers.web import Web, create_web
from workers.bench import BENCHES
from workers.clock import run_clock
from workers.embedded import Plan, run_everything
from workers.media import fetching
from workers.outbound import run_worker
from workers.queues import Waker, connect
from workers.rates import SharedRates
from workers.ready import mark_ready

log = logging.getLogger("tawar")
ASK_AGAIN_S = 2


def build_hands(settings: Settings) -> Hands:
    """What every use case works with. Raises SettingsError if the settings do not allow a start."""
    settings.check()
    db = Database(settings.database_url)
    catalog = load_catalog()
    broker = connect(settings.redis_url) if settings.redis_url else None
    vault = settings.vault()
    if trouble := key_trouble(db, vault):
        raise SettingsError(f'{trouble}. Set the keys the database was written with; README, "Keys".')
    return Hands(
        db,
        catalog,
        load_lexicon(db, catalog),
        load_directory(db),
        build_carriers(settings, StoredContents(db, "twilio", utc_now)),
        vault,
        day=settings.day,
        rates=SharedRates(db, broker),
        media=build_media(settings),
    )


def build_media(settings: Settings) -> MediaRoom:
    """Where files lie and how they are fetched. Raises SettingsError if a bucket is named and boto3 is not there."""
    tokens = (settings.twilio_auth_token, settings.twilio_auth_token_next)
    source = twilio_source(settings.twilio_account_sid, tokens, settings.twilio_api_url)
    return MediaRoom(_shelf(settings), Fetcher({"twilio": source}), settings.public_url, settings.secret_key)


def _shelf(settings: Settings) -> Shelf:
    if not settings.media_url:
        return Folder(settings.var / "media")
    keys = (settings.media_endpoint, settings.media_access_key, settings.media_secret_key)
    try:  # by name, because most services do without
        return cast(Shelf, import_module("bot.media.bucket").Bucket(settings.media_url, *keys))
    except ModuleNotFoundError as error:
        raise SettingsError(
            "TAWAR_MEDIA_URL names a bucket: install what speaks to it, pip install 'tawar[s3]'."
        ) from error


def build_app(settings: Settings) -> Flask:
    waker = Waker(settings.redis_url or None)
    return create_web(Web(build_hands(settings), settings, waker, waker.broker_ok))


def build_simulator(settings: Settings) -> Flask:
    settings.check()
    if not settings.demo:
        raise SettingsError(
            "The simulator runs only in demo mode: set TAWAR_DEMO=1 on a machine that serves no citizens."
        )
    return create_simulator(
        SimulatorSettings(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            web_url=settings.public_url,
            whatsapp_from=settings.whatsapp_from,
            sms_from=settings.sms_from,
            kannel_from=settings.kannel_from,
            kannel_username=settings.kannel_username,
            kannel_password=settings.kannel_password,
            kannel_token=settings.kannel_token,
        )
    )


def main() -> None:
    """The `tawar` command."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for noisy in ("alembic", "rq"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    build_cli(parts())()


def parts() -> Parts:
    """What the command runs."""
    return Parts(
        settings=Settings,
        hands=build_hands,
        web=_serve_web,
        worker=_work,
        clock=_tick,
        simulator=_serve_simulator,
        everything=lambda port, carrier_port, var: run_everything(Plan(port, carrier_port, var), sys.stdout),
        broker_ok=lambda settings: Waker(settings.redis_url or None).broker_ok(),
        bench=lambda name: BENCHES[name](),
        benches=tuple(BENCHES),
        train=_train,
    )


def _train(learnt: Sequence[Row], directory: Directory, categories: Sequence[Row]) -> bytes:
    # by name, when it is asked for: what trains weighs more than all the rest, and the service runs without it
    return bytes(import_module("workers.training.reading").train_weights(learnt, directory, categories))


def _serve_web(settings: Settings, host: str, port: int) -> None:
    settings.check()
    _check_database(settings)
    serve("wsgi:app", host, port)


def _serve_simulator(host: str, port: int) -> None:
    _check_demo(Settings().check())
    serve("wsgi:simulator", host, port)


def _check_demo(settings: Settings) -> None:
    if not settings.demo:
        raise SettingsError(
            "The simulator runs only in demo mode: set TAWAR_DEMO=1 on a machine that serves no citizens."
        )


def _check_database(settings: Settings) -> None:
    """Waits for a database that is away, so that a restart during its absence heals itself. Raises SettingsError if it has
    another version's form."""
    db = Database(settings.database_url)
    try:
        while True:
            try:
                current = is_current(db)
                break
            except DatabaseAway:
                log.warning("the database does not answer; asking again in %s s", ASK_AGAIN_S)
                time.sleep(ASK_AGAIN_S)
    finally:
        db.close()
    if not current:
        raise SettingsError("The database has another version's form: run `tawar migrate`.")


def _work(settings: Settings) -> None:
    hands = _patient_hands(settings, "worker")
    connection = connect(settings.redis_url) if settings.redis_url else None
    stop = _stop_on_signal()
    with fetching(hands, stop):
        run_worker(hands, connection, stop)


def _tick(settings: Settings) -> None:
    run_clock(_patient_hands(settings, "clock"), _stop_on_signal())


def _patient_hands(settings: Settings, name: str) -> Hands:
    """The hands of a part that answers no address; it says that it is ready in a file."""
    _check_database(settings.check())
    hands = build_hands(settings)
    mark_ready(settings.var / "run", name)
    return hands


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, ask)
    return stop


@cache
def _lazily(name: str) -> Flask:
    app = {"app": build_app, "simulator": build_simulator}[name](Settings())
    # The directory and the words live as long as the process: the collector need not walk them again and again.
    gc.collect()
    gc.freeze()
    return app


def __getattr__(name: str) -> Any:
    """`wsgi:app` and `wsgi:simulator` are built when a server asks for them, so that a command that needs neither builds none."""
    if name in ("app", "simulator"):
        return _lazily(name)
    raise AttributeError(name)


if __name__ == "__main__":
    main()
