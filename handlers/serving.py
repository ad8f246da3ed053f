"""Serves an app with granian, the fastest WSGI server measured; any other server runs `wsgi:app` as well."""

import os
import sys
from typing import NoReturn

THREADS = 32
"""A caller who sends its body slowly holds one until the proxy cuts it off; idle ones cost nothing."""
WAITING = 1024
"""Connections, the idle ones of browsers and carriers included, before others are kept waiting outside."""


def serve(target: str, host: str, port: int, *, processes: int = 1, threads: int = THREADS) -> NoReturn:
    """Becomes a server of `module:name` until a signal stops it. On SQLite one process is best: writers wait for each other.

    It replaces this process instead of running in it: the server's own parent needs none of the code, and the memory counts
    on a small machine.
    """
    options = {
        "interface": "wsgi", "host": host, "port": port, "workers": processes, "blocking-threads": threads,
        "backpressure": WAITING, "log-level": "error", "workers-kill-timeout": 10,
    }  # fmt: skip
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    # never an access log, whatever the environment says: Kannel's receipts may hold a citizen's words in their address
    command = [sys.executable, "-m", "granian", *words, "--no-access-log", "--respawn-failed-workers", target]
    os.execv(sys.executable, command)  # noqa: S606 our own words, no shell
