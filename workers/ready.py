"""Answers whether a part is ready by asking it what its users would ask, never by waiting a while."""

import http.client
import os
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

ASK_TIMEOUT_S = 1.0
PING = b"*1\r\n$4\r\nPING\r\n"


def http_ready(url: str, timeout_s: float = ASK_TIMEOUT_S) -> Callable[[], bool]:
    """A check that GETs an http:// address and wants 200."""
    address = urlsplit(url)
    if address.scheme != "http" or not address.hostname:
        raise ValueError(f"{url!r} cannot be asked whether it is ready. Give one like http://127.0.0.1:8000/healthz.")
    host, port = address.hostname, address.port or 80
    path = address._replace(scheme="", netloc="").geturl() or "/"

    def ready() -> bool:
        # http.client and not urllib: a proxy named in the environment must not be asked about our own machine
        connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ready


def redis_ready(url: str, timeout_s: float = ASK_TIMEOUT_S) -> Callable[[], bool]:
    """A check that sends PING to unix:///path or redis://host:port; a server still loading its file is not ready."""
    address = urlsplit(url)
    if address.scheme not in ("unix", "redis"):
        raise ValueError(f"{url!r} cannot be asked for PING. Give unix:///path/to/socket or redis://host:port.")

    def ready() -> bool:
        try:
            with _connect() as connection:
                connection.sendall(PING)
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def _connect() -> socket.socket:
        if address.scheme == "redis":
            return socket.create_connection((address.hostname or "127.0.0.1", address.port or 6379), timeout_s)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout_s)
        try:
            connection.connect(url.removeprefix("unix://").partition("?")[0])
        except OSError:
            connection.close()
            raise
        return connection

    return ready


def mark_ready(folder: Path, name: str) -> None:
    """A part that answers no address says so in a file, once it can work. Nothing without such a folder (several hosts)."""
    if folder.is_dir():
        (folder / f"{name}.ready").write_text(f"{os.getpid()}\n")


def mark_seen(folder: Path, name: str) -> Callable[[], bool]:
    """Whether the part has said so since this was called."""
    mark = folder / f"{name}.ready"
    mark.unlink(missing_ok=True)
    return mark.exists
