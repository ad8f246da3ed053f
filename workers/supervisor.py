"""Runs the parts of the service on one machine: started in order, restarted when they die, stopped in order."""

import queue
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from workers import launch
from workers.console import Console
from workers.processes import Part, Running, children, died_how
from workers.restarts import Deaths, Pace

__all__ = ["Pace", "Part", "Supervisor"]

OWN_NAME = "tawar"  # the supervisor's own lines
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # SIGHUP: the terminal was closed
LOOK_S = 1.0  # SIGCHLD wakes us at once; this is for the case that somebody else took it
ASK_S = 0.05  # between two questions whether a part is ready


class _AskedToStop(Exception):  # noqa: N818 - a request, not an error
    pass


class _GaveUp(Exception):  # noqa: N818 - told to a person, then the end
    pass


class _Watched:
    """A part through all its lives."""

    def __init__(self, part: Part, pace: Pace) -> None:
        self.part, self.deaths = part, Deaths(pace)
        self.running: Running | None = None
        self.restart_at: float | None = None  # by time.monotonic()


class Supervisor:
    """Use it from the main thread: it answers signals while it runs."""

    def __init__(
        self,
        parts: Sequence[Part],
        log: TextIO,
        log_dir: Path,
        *,
        stop_last: Sequence[str] = (),
        pace: Pace | None = None,
        keep_fds: Sequence[int] = (),
    ) -> None:
        """`stop_last`: names that stop after all others; `keep_fds`: open files (the lock) every part keeps open."""
        names = [part.name for part in parts]
        if len({*names, OWN_NAME}) != len(parts) + 1:
            raise ValueError(f"Two parts bear one name, or one is called {OWN_NAME}: {', '.join(names)}. Rename one.")
        self._pace = pace or Pace()
        self._watched = [_Watched(part, self._pace) for part in parts]
        last = [name for name in names if name in stop_last]
        self._stop_order = [name for name in reversed(names) if name not in last] + last[::-1]
        self._console = Console(log, log_dir, [*names, OWN_NAME])
        self._log_dir, self._keep_fds = log_dir, tuple(keep_fds)
        # SimpleQueue: the one queue whose put() is safe inside a signal handler
        self._heard: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._strangers: set[int] = set()
        self._all_clean = True

    def run(self, on_ready: Callable[[], None]) -> int:
        """Blocks until a signal asks to stop (0) or a part cannot be kept running, or had to be killed (1)."""
        self._strangers = children()
        launch.adopt_orphans(True)  # what a killed guard leaves becomes ours to sweep
        try:
            with self._hearing():
                return self._run(on_ready)
        finally:
            self._kill_all()  # nothing is left to kill unless an exception brought us here
            launch.adopt_orphans(False)
            self._console.close()

    def _run(self, on_ready: Callable[[], None]) -> int:
        failed = False
        try:
            self._start_all()
            on_ready()
            while True:
                self._pause(LOOK_S)
                self._look_after()
        except _AskedToStop as signum:
            self._say(f"{signum} received: stopping {', '.join(self._stop_order)}. Once more kills at once.")
        except _GaveUp as reason:
            failed = True
            for line in str(reason).splitlines():
                self._say(line)
        self._stop_all()
        return int(failed or not self._all_clean)

    @contextmanager
    def _hearing(self) -> Iterator[None]:
        """Signals only leave a note; the loop acts on it between two steps."""
        # explicitly, even for SIGINT: a shell's `&` starts us with SIGINT ignored, and `kill -INT` must still stop us
        before = {s: signal.signal(s, lambda n, _: self._heard.put(n)) for s in (*STOPPING, signal.SIGCHLD)}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)

    def _pause(self, seconds: float) -> None:
        """Waits at most so long for something to happen; raises when it is a request to stop."""
        due = [w.restart_at - time.monotonic() for w in self._watched if w.restart_at is not None]
        try:
            signum = self._heard.get(timeout=max(0.0, min([seconds, *due])))
        except queue.Empty:
            return
        if signum in STOPPING:
            raise _AskedToStop(signal.Signals(signum).name)

    def _say(self, text: str) -> None:
        self._console.line(OWN_NAME, text)

    # starting and watching

    def _start_all(self) -> None:
        for watched in self._watched:
            self._start(watched)
            self._await_ready(watched)
            self._say(f"{watched.part.name} is ready")

    def _start(self, watched: _Watched) -> None:
        watched.restart_at = None
        watched.running = Running(watched.part, self._console, self._pace.orphan_grace_s, self._keep_fds)

    def _await_ready(self, watched: _Watched) -> None:
        part, until = watched.part, time.monotonic() + watched.part.ready_timeout_s
        while not (watched.running and (part.ready is None or part.ready()) and watched.running.alive()):
            if time.monotonic() > until:
                raise _GaveUp(self._obituary(part, f"was not ready within {part.ready_timeout_s:g} s"))
            self._pause(ASK_S)
            self._look_after()

    def _look_after(self) -> None:
        for watched in self._watched:
            if watched.running and not watched.running.alive():
                self._bury(watched, watched.running.started)
            elif watched.restart_at is not None and time.monotonic() >= watched.restart_at:
                self._start(watched)

    def _bury(self, watched: _Watched, started: float) -> None:
        how, now = died_how(self._finish(watched)), time.monotonic()
        wait_s = watched.deaths.wait_after(started, now)
        if wait_s is None:
            times = f"ended {self._pace.deaths} times within {self._pace.window_s:g} s, the last time {how}"
            raise _GaveUp(self._obituary(watched.part, times))
        self._say(f"{watched.part.name} ended ({how}); starting it again in {wait_s:g} s")
        watched.restart_at = now + wait_s

    def _obituary(self, part: Part, what: str) -> str:
        """What happened, to what, what to do."""
        last = self._console.tail(part.name) or ["(it printed nothing)"]
        remedy = part.hint or "Repair the cause its lines name, then start again."
        return "\n".join(
            [
                f"GIVING UP: {part.name} {what}. Its last lines:",
                *(f"    {line}" for line in last),
                f"Everything stops. {remedy}",
                f"All it printed: {self._log_dir / (part.name + '.log')}; it was started as: {' '.join(part.argv)}",
            ]
        )

    # stopping

    def _stop_all(self) -> None:
        by_name = {watched.part.name: watched for watched in self._watched}
        for watched in self._watched:
            watched.restart_at = None
        try:
            for name in self._stop_order:
                self._stop(by_name[name])
        except _AskedToStop as signum:
            self._say(f"{signum} received again: killing what is left")
            self._kill_all()

    def _stop(self, watched: _Watched) -> None:
        running, part = watched.running, watched.part
        if not running:
            return
        running.ask_to_stop()
        until = time.monotonic() + part.stop_timeout_s
        while running.alive():
            if time.monotonic() > until:
                self._say(f"{part.name} did not stop within {part.stop_timeout_s:g} s: killing it")
                self._kill(watched)
                return
            self._pause(min(LOOK_S, part.stop_timeout_s))
        self._say(f"{part.name} stopped")
        self._finish(watched)

    def _kill_all(self) -> None:
        for watched in self._watched:
            if watched.running:
                self._kill(watched)

    def _kill(self, watched: _Watched) -> None:
        self._all_clean = False
        if watched.running:
            watched.running.kill()
            self._finish(watched)

    def _finish(self, watched: _Watched) -> int:
        running, watched.running = watched.running, None
        guards = {w.running.guard_pid for w in self._watched if w.running}
        return running.finish(self._strangers | guards) if running else 0
