"""One part of the service as a process: how it is described, started, heard, asked to stop and, if need be, killed."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from workers import launch
from workers.console import Console

LINE_BYTES = 65_536  # a longer line is cut into several, so that a part printing no line end cannot fill our memory
GUARD_S = 5.0  # a guard told to kill takes milliseconds; one that is itself stopped or stuck is killed after this
HEARD_S = 2.0  # for the last lines in the pipe


@dataclass(frozen=True)
class Part:
    """What the supervisor has to know of one part; times in seconds."""

    name: str
    argv: list[str]
    env: Mapping[str, str] = field(default_factory=dict)  # added to our own environment
    ready: Callable[[], bool] | None = None  # None: ready once it runs
    ready_timeout_s: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    hint: str = ""  # what a person can do when it keeps dying

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", self.name):
            raise ValueError(
                f"{self.name!r} cannot name a part: it names its log file too. Use small letters, digits, - and _."
            )
        if not self.argv:
            raise ValueError(f"Part {self.name} has no command. Give argv its program and arguments.")


class Running:
    """One life of a part: its guard's process and the thread that reads what it prints."""

    def __init__(self, part: Part, console: Console, orphan_grace_s: float, keep_fds: tuple[int, ...]) -> None:
        self.part = part
        self.started = time.monotonic()
        # The guard gets a session of its own: the terminal's Ctrl-C is ours alone, and we pass it on in order.
        # No preexec_fn: the reading threads make it unsafe, and the guard does that work alone in its process.
        self._guard = subprocess.Popen(  # noqa: S603 - no shell
            [sys.executable, "-I", "-S", launch.__file__, part.name, str(orphan_grace_s), "--", *part.argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **part.env},  # unbuffered: the last words before a crash arrive
            start_new_session=True,
            pass_fds=keep_fds,
        )
        self._reader = threading.Thread(
            target=self._read, args=(self._guard.stdout, console), name=f"read {part.name}", daemon=True
        )
        self._reader.start()

    def _read(self, stream: IO[bytes], console: Console) -> None:
        with stream:
            while line := stream.readline(LINE_BYTES):
                console.line(self.part.name, line.decode("utf-8", "replace"))

    @property
    def guard_pid(self) -> int:
        return self._guard.pid

    def alive(self) -> bool:
        return self._guard.poll() is None

    def ask_to_stop(self) -> None:
        self._guard.send_signal(self.part.stop_signal)

    def kill(self) -> None:
        """Has the guard kill everything below it, and waits; a guard that does not is killed with all we can find."""
        if self.alive() and self._guard.stdin:
            try:
                os.write(self._guard.stdin.fileno(), launch.KILL)
                self._guard.wait(GUARD_S)
            except (OSError, subprocess.TimeoutExpired):
                self._guard.kill()
                self._guard.wait()

    def finish(self, known: set[int]) -> int:
        """After its end: clears what a killed guard left, hears the last lines, frees the pipes; the exit status.

        `known` are our children that belong to somebody else and must live.
        """
        status = self._guard.wait()
        if status < 0:
            sweep(self.guard_pid, known)
        self._reader.join(HEARD_S)
        if self._guard.stdin:
            self._guard.stdin.close()
        return status if status >= 0 else 128 - status


def sweep(group: int, known: set[int]) -> None:
    """Kills a dead guard's group, the orphans that thereby became our own children, and everything below them."""
    me, until = os.getpid(), time.monotonic() + launch.STUCK_S
    while time.monotonic() < until:
        table = launch.living()
        orphans = {pid for pid, (parent, _) in table.items() if parent == me and pid not in known}
        rest = launch.family(table, orphans, group)
        if not rest:
            return
        for pid in rest:
            launch.send(pid, signal.SIGKILL)
        time.sleep(0.02)
        for pid in rest:
            _reap(pid)


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):  # not ours
        os.waitpid(pid, os.WNOHANG)


def children() -> set[int]:
    """Our own living children."""
    me = os.getpid()
    return {pid for pid, (parent, _) in launch.living().items() if parent == me}


def died_how(status: int) -> str:
    """An exit status in words: `with status 1`, `killed by SIGKILL`."""
    try:
        return f"killed by {signal.Signals(status - 128).name}"
    except ValueError:
        return f"with status {status}"
