"""The folder a single-machine Tawar lives in: its rooms, its keys, and the lock that lets only one Tawar in."""

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from workers import launch

KEY_BYTES = 32
DYING_S = 0.5  # a process just killed counts as living until the kernel gets to it
LOCK_WAIT_S = 8.0  # a killed Tawar's parts are gone after 3 to 6 s; starting again at once waits for them


class LayoutError(RuntimeError):
    """The folder cannot be used; the message says why and what to do."""


class AlreadyRunning(LayoutError):  # noqa: N818 - reads as a sentence where it is caught
    """Another Tawar lives in this folder."""


@dataclass(frozen=True)
class Layout:
    """Makes the folder and its rooms, each 0700: citizens' messages are in there."""

    var: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "var", self.var.expanduser().resolve())  # parts may run in another directory
        for room in (self.var, self.media, self.logs, self.run, self.keys):
            _make_private(room)

    @property
    def media(self) -> Path:
        return self.var / "media"

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def keys(self) -> Path:
        return self.var / "keys"

    @contextmanager
    def lock(self, wait_s: float = LOCK_WAIT_S) -> Iterator[int]:
        """Holds run.lock and yields its file descriptor; waits up to wait_s seconds only for what a dead Tawar left.

        Handed to the parts (`keep_fds`), the lock outlives a killed supervisor until its last part is gone, so that
        two brokers never write one file.
        """
        path, asked = self.var / "run.lock", time.monotonic()
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _flocked(fd):
                holder = _read_pid(fd)
                if time.monotonic() - asked > (min(DYING_S, wait_s) if holder in launch.living() else wait_s):
                    raise AlreadyRunning(
                        f"A Tawar already runs in {self.var}: process {holder or 'unknown'} holds {path}. Stop it "
                        f"(Ctrl-C in its terminal, or `kill {holder or 'PID'}`), or start this one with another --var."
                    )
                time.sleep(0.1)
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
            yield fd
        finally:
            os.close(fd)  # the file stays: removing it would let a third start lock a file the second cannot see

    def secret(self, name: str) -> str:
        """The key of that name, made at the first call: 256 random bits in a 0600 file that only its owner reads."""
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise ValueError(f"{name!r} cannot name a key: it is also a file's name. Use letters, digits, - and _.")
        path = self.keys / name
        # Two starts at once must end with one key, a power cut must not leave half a one: lock, write aside, rename.
        with open(self.keys / ".lock", "a", opener=_private) as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if not path.exists():
                _write_key(path)
        path.chmod(0o600)  # a copy or a restore may have opened it up
        key = path.read_text("ascii").strip()
        if not key:
            raise LayoutError(
                f"The key file {path} is empty. Restore it from a backup: what it encrypted is lost without it. "
                f"If nothing was, delete the file and start again."
            )
        return key


def _write_key(path: Path) -> None:
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)  # left by a crash; nobody else writes while we hold the lock
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make_private(room: Path) -> None:
    try:
        room.mkdir(mode=0o700, parents=True, exist_ok=True)
        room.chmod(0o700)  # it may have been there, or the umask looser
    except OSError as error:
        raise LayoutError(
            f"Cannot use the folder {room}: {error.strerror}. Give a folder you own and may write to with --var."
        ) from error


def _flocked(fd: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _read_pid(fd: int) -> int:
    text = os.pread(fd, 32, 0).strip()
    return int(text) if text.isdigit() else 0
