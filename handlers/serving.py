"""Serves an app with granian, the fastest WSGI server measured; any other server runs `wsgi:app` as well."""

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

THREADS = 8


def serve(target: str, host: str, port: int, *, processes: int = 1, threads: int = THREADS) -> None:
    """Serves `module:name` until a signal stops it. On SQLite one process is best: writers would wait for each other."""
    Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backpressure=threads * 16,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        process_name=None,
    ).serve()
