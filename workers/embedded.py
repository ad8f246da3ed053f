"""`tawar up`: everything on one machine, from an empty folder to a service one can write to."""

import os
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.carriers.port import Carriers
from bot.catalog import load_catalog
from bot.lexicon import build_lexicon
from bot.services.hands import Hands
from bot.services.numbers import key_trouble
from bot.services.setup import add_demo_people, load_directory
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.vault import Vault, open_vault
from workers.broker import Broker, find_broker
from workers.layout import Layout
from workers.processes import Part
from workers.ready import http_ready, mark_seen
from workers.supervisor import Supervisor

HOST = "127.0.0.1"
"""Demo mode answers on this machine only."""
WHATSAPP_FROM = "+923000000001"
SMS_FROM = "+923000000002"
SHORT_CODE = "8300"
PORT_TRIES = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """Wanted ports, and the folder for all that is kept. A port in use is replaced by the next free one."""

    port: int
    carrier_port: int
    var: Path


def run_everything(plan: Plan, out: TextIO) -> int:
    """Prepares the folder, starts all parts and watches them until Ctrl-C; the exit code."""
    layout = Layout(plan.var)
    with layout.lock() as lock:
        port = _free_port(plan.port)
        carrier_port = _free_port(plan.carrier_port, port)
        broker = find_broker(os.environ.get("TAWAR_REDIS_URL"), layout)
        env = _environment(layout, broker, port, carrier_port)
        _prepare(env["TAWAR_DATABASE_URL"], _vault(env), layout)
        parts = _parts(env, broker, port, carrier_port)
        supervisor = Supervisor(parts, out, layout.logs, stop_last=("broker",), keep_fds=(lock,))
        try:
            return supervisor.run(lambda: _welcome(out, layout, broker, port, carrier_port))
        finally:
            if broker:
                broker.close()


def _environment(layout: Layout, broker: Broker | None, port: int, carrier_port: int) -> dict[str, str]:
    """The settings of every part. A database of the operator's own is used only if it is meant for trying out: the simulator
    would take a real outbox for its own and empty it."""
    own = os.environ.get("TAWAR_DATABASE_URL", "")
    if own and os.environ.get("TAWAR_DEMO") != "1":
        raise ValueError(
            "TAWAR_DATABASE_URL is set: unset it, or set TAWAR_DEMO=1 to use that database for trying out only"
        )
    url = own or f"sqlite:///{layout.var / 'tawar.db'}"
    return {
        "TAWAR_DEMO": "1",
        "TAWAR_VAR": str(layout.var),
        "TAWAR_DATABASE_URL": url,
        "TAWAR_REDIS_URL": broker.url if broker else "",
        "TAWAR_PUBLIC_URL": f"http://{HOST}:{port}",
        "TAWAR_SECRET_KEY": layout.secret("secret"),
        "TAWAR_DATA_KEY": layout.secret("data"),
        "TAWAR_INDEX_KEY": layout.secret("index"),
        "TAWAR_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TAWAR_TWILIO_AUTH_TOKEN": layout.secret("carrier-token"),
        "TAWAR_TWILIO_API_URL": f"http://{HOST}:{carrier_port}",
        # whoever tries an announcement out at night wants to see it leave
        "TAWAR_ANNOUNCE_HOURS": os.environ.get("TAWAR_ANNOUNCE_HOURS", ""),
        "TAWAR_CARRIERS": os.environ.get("TAWAR_CARRIERS", "twilio,kannel"),
        **_kannel(layout, carrier_port),
        "TAWAR_WHATSAPP_FROM": WHATSAPP_FROM,
        "TAWAR_SMS_FROM": SMS_FROM,
    }


def _kannel(layout: Layout, carrier_port: int) -> dict[str, str]:
    """The simulator's Kannel, unless one of the operator's own is configured."""
    if "TAWAR_KANNEL_SEND_URL" in os.environ:
        return {}
    password = layout.secret("kannel-password")
    return {
        "TAWAR_KANNEL_SEND_URL": f"http://{HOST}:{carrier_port}/cgi-bin/sendsms",
        "TAWAR_KANNEL_USERNAME": "tawar",
        "TAWAR_KANNEL_PASSWORD": password,
        "TAWAR_KANNEL_TOKEN": layout.secret("kannel-token"),
        "TAWAR_KANNEL_FROM": SHORT_CODE,
        "TAWAR_KANNEL_STATUS_URL": f"http://{HOST}:{carrier_port}/status.xml?password={password}",
    }


def _vault(env: Mapping[str, str]) -> Vault:
    return open_vault(env["TAWAR_DATA_KEY"], env["TAWAR_INDEX_KEY"], secrets.token_bytes)


def _prepare(database_url: str, vault: Vault, layout: Layout) -> None:
    """Migrates, and on the first start loads the directory and makes the demo people. Raises ValueError where the numbers in
    the database were sealed with other keys."""
    db, catalog = Database(database_url), load_catalog()
    upgrade(db, vault=vault)
    if trouble := key_trouble(db, vault):
        raise ValueError(f"{trouble}. Its keys belong into {layout.keys} (data, index): take them from a backup.")
    hands = Hands(db, catalog, build_lexicon(catalog), load_directory(db), Carriers(), vault)
    add_demo_people(hands, layout.var / "logins.txt")
    db.close()


def _parts(env: Mapping[str, str], broker: Broker | None, port: int, carrier_port: int) -> list[Part]:
    run = Path(env["TAWAR_VAR"]) / "run"
    tawar = [sys.executable, "-m", "wsgi"]
    web = [*tawar, "web", "--host", HOST, "--port", str(port)]
    simulator = [*tawar, "simulator", "--host", HOST, "--port", str(carrier_port)]
    return [
        *([broker.part] if broker and broker.part else []),
        Part("web", web, env, http_ready(f"http://{HOST}:{port}/readyz")),
        Part("worker", [*tawar, "worker"], env, mark_seen(run, "worker")),
        Part("clock", [*tawar, "clock"], env, mark_seen(run, "clock")),
        Part("simulator", simulator, env, http_ready(f"http://{HOST}:{carrier_port}/healthz")),
    ]


def _free_port(wanted: int, *taken: int) -> int:
    """`wanted`, or the next port nobody listens on."""
    for port in range(wanted, wanted + PORT_TRIES):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            if port not in taken:
                return port
    raise OSError(f"ports {wanted} to {wanted + PORT_TRIES - 1} are all in use; name a free one with --port")


def _welcome(out: TextIO, layout: Layout, broker: Broker | None, port: int, carrier_port: int) -> None:
    out.write(
        f"""
Tawar is ready. Everything is on this machine and only this machine reaches it.

  a citizen's phone    http://{HOST}:{carrier_port}/
  the officials' desk  http://{HOST}:{port}/desk
  campaigns            http://{HOST}:{port}/campaigns
  user names           {layout.var / "logins.txt"}
  all that is kept     {layout.var}
  broker               {broker.name if broker else "none: the worker looks into the database once a second"}

Ctrl-C stops everything.
"""
    )
    out.flush()
