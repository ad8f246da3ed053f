"""Shows what every part prints, each line behind its part's name, and keeps the same lines in bounded files."""

import os
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, TextIO

FILE_BYTES = 5_000_000
TAIL_LINES = 20
NAME_WIDTH = 8
COLOURS = (36, 32, 33, 35, 34, 31)  # cyan, green, yellow, magenta, blue, red
# A citizen's words end up in logs: escape sequences in them must not reach a terminal. Tab stays.
CONTROL = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if code != 9}  # noqa: PLR2004


class BoundedFile:
    """A text file that starts afresh at max_bytes; the full one stays as NAME.log.1 in place of the one before."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path, self._max_bytes = path, max_bytes
        self._file: IO[bytes] | None = None

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "backslashreplace")
        file = self._file or self._open()
        if file.tell() and file.tell() + len(data) > self._max_bytes:
            file.close()
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            file = self._open()
        file.write(data)

    def _open(self) -> IO[bytes]:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        return self._file

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


class Console:
    """Lines of several parts on one stream, one file a part, and the last lines of each to tell why it died."""

    def __init__(self, stream: TextIO, log_dir: Path, names: Iterable[str], file_bytes: int = FILE_BYTES) -> None:
        names = list(names)
        self._stream, self._lock = stream, threading.Lock()
        self._tails: dict[str, deque[str]] = {name: deque(maxlen=TAIL_LINES) for name in names}
        self._width = max(NAME_WIDTH, *(len(name) + 1 for name in names))
        coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)} if coloured else {}
        log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = {name: BoundedFile(log_dir / f"{name}.log", file_bytes) for name in names}

    def line(self, name: str, text: str) -> None:
        text = text.rstrip("\r\n").translate(CONTROL)
        plain = f"{name:<{self._width}}| "
        shown = f"\x1b[{self._colours[name]}m{plain}\x1b[0m" if self._colours else plain
        with self._lock:
            self._tails[name].append(text)
            self._show(f"{shown}{text}\n")
            with suppress(OSError):  # a full disk: the part must not hang on a pipe that is no longer read
                self._files[name].write(f"{plain}{text}\n")

    def _show(self, line: str) -> None:
        try:
            try:
                self._stream.write(line)
            except UnicodeEncodeError:  # a terminal that knows no Urdu
                self._stream.write(line.encode("ascii", "backslashreplace").decode())
            self._stream.flush()
        except (OSError, ValueError):  # the terminal, or the `| head` behind us, is gone; the files go on
            pass

    def tail(self, name: str) -> list[str]:
        """The last 20 lines, oldest first."""
        with self._lock:
            return list(self._tails[name])

    def close(self) -> None:
        with self._lock:
            for file in self._files.values():
                file.close()
