"""Puts load on a server of ours on this machine: keep-alive connections, each request after the last one's answer."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

HOST = "127.0.0.1"
START_S = 30.0
_SERVE = """
import sys
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
target, port, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
Server(target, address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=1, blocking_threads=threads,
       log_level=LogLevels.error).serve()
"""


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """`per_s`: requests a second; `p50_ms`, `p99_ms`: time of an answer in milliseconds."""

    per_s: float
    p50_ms: float
    p99_ms: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(target: str, port: int, threads: int, env: Mapping[str, str]) -> Iterator[int]:
    """Serves `module:name` as the web is served, until the block ends; the server's process id."""
    command = [sys.executable, "-c", _SERVE, target, str(port), str(threads)]
    process = subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True)  # noqa: S603 our own words
    try:
        wait_for_port(port)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def press(port: int, lanes: Sequence[Sequence[Request]]) -> Result:
    """Sends each lane over one connection, all lanes at once. Raises RuntimeError when an answer is no success."""
    times: list[float] = []
    failures: list[int] = []
    threads = [threading.Thread(target=_drive, args=(port, lane, times, failures)) for lane in lanes]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - started
    if failures:
        raise RuntimeError(f"{len(failures)} requests were not answered with success, the first with {failures[0]}")
    return Result(len(times) / wall, median(times) * 1000, quantiles(times, n=100)[98] * 1000)


def _drive(port: int, lane: Sequence[Request], times: list[float], failures: list[int]) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    for request in lane:
        started = time.perf_counter()
        try:
            connection.request("POST", request.path, request.body, dict(request.headers))
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            failures.append(0)
            return
        times.append(time.perf_counter() - started)
        if response.status >= 300:  # noqa: PLR2004
            failures.append(response.status)
    connection.close()


def wait_for_port(port: int) -> None:
    """Until something listens on the port. Raises RuntimeError when nothing does in time."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server on port {port} did not start within {START_S:.0f} s")
