"""The production server tells no log what was asked for."""

import os
import subprocess
import sys
from pathlib import Path

import requests

from tests.street import free_port, wait_for

APP = """
def app(environ, start):
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).text == "ok"
    except requests.ConnectionError:
        return False


def test_no_address_is_logged_even_if_the_environment_asks_for_it(tmp_path: Path) -> None:
    """Kannel's receipts carry what an operator says, and some repeat the message there."""
    (tmp_path / "quiet.py").write_text(APP)
    port = free_port()
    wish = {"GRANIAN_LOG_ACCESS_ENABLED": "true", "GRANIAN_LOG_ACCESS_FMT": "%(path)s?%(query_string)s"}
    more = {"PYTHONPATH": os.pathsep.join((str(tmp_path), os.getcwd()))}
    code = f"from handlers.serving import serve; serve('quiet:app', '127.0.0.1', {port}, threads=2)"
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | wish | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/path?a=canary"), 20)
    finally:
        server.terminate()
        said = server.communicate(timeout=20)[0]
    assert "canary" not in said
    assert "/path" not in said
