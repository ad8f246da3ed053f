"""Helps the supervisor's tests: small parts to run, a log stream that acts on cues, and eyes on processes."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from workers import launch
from workers.supervisor import Pace, Part

ROOT = Path(__file__).parents[2]
QUICK = Pace(backoff_s=(0.05, 0.1, 0.2), reset_after_s=5, orphan_grace_s=1)


class Stage(io.StringIO):
    """A log stream; `when` a text was shown for the n-th time, it does something."""

    def __init__(self, tty: bool = False) -> None:
        super().__init__()
        self._cues: list[tuple[str, int, Callable[[], object]]] = []
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def when(self, text: str, do: Callable[[], object], nth: int = 1) -> "Stage":
        self._cues.append((text, nth, do))
        return self

    def write(self, line: str) -> int:
        before, written = self.getvalue(), super().write(line)
        for text, nth, do in self._cues:
            if text in line and before.count(text) == nth - 1:
                do()
        return written

    def lines(self, name: str = "") -> list[str]:
        rows = [line.partition("| ") for line in self.getvalue().splitlines()]
        return [text for prefix, _, text in rows if not name or prefix.strip() == name]


def ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def python(name: str, code: str, **more: object) -> Part:
    return Part(name, [sys.executable, "-S", "-c", code], **more)  # type: ignore[arg-type]


def shell(name: str, code: str, **more: object) -> Part:
    return Part(name, ["/bin/sh", "-c", code], **more)  # type: ignore[arg-type]


SLEEPER = "trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.02; done"  # says bye when asked to stop


def marked(mark: str) -> set[int]:
    """Living processes with this text in their command line or, forked from one, its copy."""
    found = set()
    for pid in launch.living():
        try:
            if mark.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
        except OSError:
            continue
    return found - {os.getpid()}


def eventually(true: Callable[[], object], within_s: float = 5.0) -> float:
    """Waits for it; the seconds it took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < within_s, f"not true within {within_s} s"
        time.sleep(0.02)
    return time.monotonic() - start


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


HOST = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.workers import stage
from workers.supervisor import Supervisor
parts = [{parts}]
sys.exit(Supervisor(parts, sys.stdout, Path({logs!r}), pace=stage.QUICK).run(lambda: print("ALL READY", flush=True)))
"""


def host(parts: str, folder: Path) -> "subprocess.Popen[str]":
    """A supervisor in a process of its own, returned when all is ready; `parts` is Python text that may use `stage`."""
    script = folder / "host.py"
    script.write_text(HOST.format(root=str(ROOT), parts=parts, logs=str(folder / "logs")))
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "ALL READY" in line:
            return process
    raise AssertionError(f"not ready: {seen}")


def end(process: "subprocess.Popen[str]") -> str:
    """What it still printed; frees its pipe."""
    return process.communicate(timeout=15)[0]
