"""Where files lie: a folder of our own, two levels deep, each file written aside and put in place at once."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

CHUNK = 64 * 1024
PARTS = 256
"""Of the shelf, by the first two letters of a key."""
HALF = ".new"
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}")


class MissingFileError(Exception):
    """The shelf has no such file; raised when it is first read."""


class Shelf(Protocol):
    """Keeps files under keys that say nothing of what is in them."""

    def put(self, data: bytes) -> str:
        """Keeps a file; its key. Raises OSError when there is no room or the store is away."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """A file, or `length` bytes from `start`. Raises MissingFileError, or OSError while the store is away."""

    def drop(self, key: str) -> None:
        """Forgets a file; one that is not there is no trouble."""

    def older(self, part: int, before: datetime) -> Iterator[str]:
        """The keys in one of PARTS that were put there before that; clears away what was left half-written. Raises OSError."""


def new_key() -> str:
    """128 random bits."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name}"


def is_key(name: str) -> bool:
    return bool(_KEY.fullmatch(name))


def checked(key: str) -> str:
    """A key of ours and no path that somebody made up. Raises MissingFileError."""
    if not is_key(key):
        raise MissingFileError(key)
    return key


class Folder:
    """Files on this machine, 0600 in folders 0700."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        key = new_key()
        path = self._root / key
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (path.parent, path.parent.parent, self._root):  # `mode` above is for the last one only
            folder.chmod(0o700)
        aside = path.with_name(f".{path.name}{HALF}")
        try:
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        return key

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        try:
            file = (self._root / checked(key)).open("rb")
        except FileNotFoundError as error:
            raise MissingFileError(key) from error
        with file:
            file.seek(start)
            left = os.fstat(file.fileno()).st_size - start if length is None else length
            while left > 0 and (chunk := file.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk

    def drop(self, key: str) -> None:
        (self._root / checked(key)).unlink(missing_ok=True)

    def older(self, part: int, before: datetime) -> Iterator[str]:
        for path in (self._root / f"{part:02x}").glob("*/*"):
            try:
                is_old = path.is_file() and path.stat().st_mtime < before.timestamp()
            except FileNotFoundError:
                continue  # somebody else dropped it meanwhile
            key = path.relative_to(self._root).as_posix()
            if is_old and is_key(key):
                yield key
            elif is_old and path.suffix == HALF:
                path.unlink(missing_ok=True)
