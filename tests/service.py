"""The whole service as a person starts it: `tawar up` in processes of its own, on free ports, in a folder of its own."""

import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bot.vault import Vault, open_vault
from tests.street import free_port, wait_for

START_S = 60


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    web_url: str
    phone_url: str
    var: Path

    def says(self, text: str, number: str = "+923000000101", channel: str = "whatsapp", **more: Any) -> dict[str, Any]:
        url = f"{self.phone_url}/phone/{channel}/{number}"
        return dict(requests.post(url, json={"text": text, **more}, timeout=60).json())

    def thread(self, number: str = "+923000000101", channel: str = "whatsapp") -> list[dict[str, Any]]:
        return list(requests.get(f"{self.phone_url}/phone/{channel}/{number}", timeout=30).json())

    def heard(self, number: str = "+923000000101", channel: str = "whatsapp") -> list[str]:
        return [m["text"] for m in self.thread(number, channel) if m["direction"] == "out"]

    def hears(self, count: int, number: str = "+923000000101", channel: str = "whatsapp") -> list[str]:
        """Waits until the phone was sent `count` messages."""
        return wait_for(lambda: (got := self.heard(number, channel)) and len(got) >= count and got, 20)  # type: ignore[no-any-return]

    def fault(self, **faults: Any) -> None:
        assert requests.put(f"{self.phone_url}/faults", json=faults, timeout=30).ok

    def login(self, username: str) -> str:
        """The password of a demo person."""
        rows = [line.split("\t") for line in (self.var / "logins.txt").read_text().splitlines()]
        return next(password for _, name, password in rows if name == username)

    def vault(self) -> Vault:
        """What opens its numbers."""
        data, index = ((self.var / "keys" / name).read_text().strip() for name in ("data", "index"))
        return open_vault(data, index, secrets.token_bytes)

    def index(self, number: str) -> bytes:
        """What a number is found by in its database."""
        return self.vault().index(number)

    def pids(self, part: str) -> list[int]:
        """Processes of one part of this service, by their command and folder."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().split(b"\0")
                mine = f"TAWAR_VAR={self.var}".encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            targets = {"web": b"wsgi:app", "simulator": b"wsgi:simulator"}
            if mine and targets.get(part, part.encode()) in command and b"--" not in command:
                found.append(int(folder.name))
        return found

    def output(self) -> str:
        return (self.var.parent / "out.txt").read_text(errors="replace")


@contextmanager
def service(folder: Path, *, stops: bool = True, port: int = 0, **env: str) -> Iterator[Service]:
    """Starts everything and `stops` it with Ctrl-C's signal; its exit code must be 0. `port`: the web's, 0 for any."""
    web, carrier, var = port or free_port(), free_port(), folder / "var"
    command = [
        sys.executable,
        "-m",
        "wsgi",
        "up",
        "--port",
        str(web),
        "--carrier-port",
        str(carrier),
        "--var",
        str(var),
    ]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TAWAR_")}
    with (folder / "out.txt").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env={**clean, **env})
    running = Service(process, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{carrier}", var)
    try:
        wait_for(lambda: "Tawar is ready" in running.output() or process.poll() is not None, START_S)
        assert process.poll() is None, running.output()
        yield running
        if stops:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0, running.output()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def first_number(text: str) -> str:
    """The ticket number in a message."""
    found = re.search(r"\b\d{8}\b", text)
    assert found, text
    return found[0]


def signed_in(running: Service, username: str) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{running.web_url}/sign-in?lang=en", timeout=30).text
    form = {"csrf": field(page, "csrf"), "username": username, "password": running.login(username)}
    assert session.post(f"{running.web_url}/sign-in", data=form, timeout=30).url.startswith(running.web_url)
    return session


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name} in {page[:400]}"
    return found[1]
