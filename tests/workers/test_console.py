"""What people see of the parts: prefixes, colour, bounded files, terminals that cannot."""

import pytest

from tests.workers.stage import Stage
from workers.console import Console


@pytest.mark.parametrize(("tty", "no_color", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)])
def test_colour_is_for_terminals_that_want_it(tty, no_color, coloured, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", no_color)
    log = Stage(tty)
    console = Console(log, tmp_path, ["web"])
    console.line("web", "hello")
    console.close()
    assert ("\x1b[" in log.getvalue()) is coloured
    assert (tmp_path / "web.log").read_text() == "web     | hello\n"


def test_a_log_file_starts_afresh_when_full(tmp_path):
    console = Console(Stage(), tmp_path, ["web"], file_bytes=100)
    for number in range(20):
        console.line("web", f"line {number}")
    console.close()
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"web.log", "web.log.1"}
    assert max(sizes.values()) <= 100
    assert (tmp_path / "web.log").read_text().endswith("line 19\n")


def test_a_closed_terminal_or_one_without_urdu_does_not_stop_the_files(tmp_path):
    for encoding, close in (("ascii", False), ("utf-8", True)):
        with open(tmp_path / "terminal", "w", encoding=encoding) as stream:
            console = Console(stream, tmp_path, ["web"])
            if close:
                stream.close()
            console.line("web", "توار")
            console.close()
    assert (tmp_path / "web.log").read_text().count("توار") == 2
