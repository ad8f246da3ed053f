"""The folder of a single-machine Tawar: who may enter, who holds it, and its keys."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.workers.stage import ROOT
from workers.layout import AlreadyRunning, Layout, LayoutError

HOLD = """
import sys, time
from pathlib import Path
from workers.layout import Layout
with Layout(Path(sys.argv[1])).lock() as lock:
    if len(sys.argv) > 2:  # a part that outlives its supervisor for a while, holding the lock
        import subprocess
        subprocess.Popen(["/bin/sleep", sys.argv[2]], pass_fds=[lock], stdout=subprocess.DEVNULL)
    print("held", flush=True)
    time.sleep(60)
"""


def holder(var, *more):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(var), *more], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout.readline() == b"held\n"
    return process


def test_the_folder_and_its_rooms_are_private_even_where_it_was_not(tmp_path):
    (tmp_path / "var").mkdir(mode=0o755)
    layout = Layout(tmp_path / "var")
    rooms = (layout.var, layout.media, layout.logs, layout.run, layout.keys)
    assert {room.stat().st_mode & 0o777 for room in rooms} == {0o700}
    assert Layout(tmp_path / "var") == layout


def test_a_folder_that_cannot_be_is_told_with_its_reason(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LayoutError, match=r"Cannot use the folder .*file.*--var"):
        Layout(tmp_path / "file")


def test_a_second_start_is_refused_and_told_who_is_in(tmp_path):
    first = holder(tmp_path)
    try:
        with (
            pytest.raises(AlreadyRunning, match=f"process {first.pid} holds .*kill {first.pid}"),
            Layout(tmp_path).lock(),
        ):
            pass
    finally:
        first.kill()
        first.communicate()
    with Layout(tmp_path).lock():
        assert (tmp_path / "run.lock").read_text() == f"{os.getpid()}\n"
    with Layout(tmp_path).lock():
        pass


def test_a_start_right_after_a_kill_waits_for_what_is_left_of_the_dead(tmp_path):
    first = holder(tmp_path, "0.5")
    first.kill()  # not waited for: it stays a zombie, as under a careless parent
    with Layout(tmp_path).lock():
        pass
    first.communicate()


def test_what_never_goes_away_is_refused_in_the_end(tmp_path):
    first = holder(tmp_path, "2")
    first.kill()
    with pytest.raises(AlreadyRunning), Layout(tmp_path).lock(wait_s=0.2):
        pass
    first.communicate()


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    layout = Layout(tmp_path)
    key = layout.secret("data")
    assert len(key) == 43
    assert layout.secret("data") == Layout(tmp_path).secret("data") == key != layout.secret("index")
    assert (layout.keys / "data").stat().st_mode & 0o777 == 0o600
    (layout.keys / "data").chmod(0o644)
    assert layout.secret("data") == key
    assert (layout.keys / "data").stat().st_mode & 0o777 == 0o600


def test_many_who_ask_at_once_get_one_key(tmp_path):
    layout = Layout(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(layout.secret, ["data"] * 64))) == 1


def test_a_crash_while_making_a_key_does_no_harm(tmp_path):
    layout = Layout(tmp_path)
    (layout.keys / ".data.new").write_text("half")
    assert len(layout.secret("data")) == 43


def test_an_empty_key_is_never_used(tmp_path):
    layout = Layout(tmp_path)
    (layout.keys / "data").write_text("")
    with pytest.raises(LayoutError, match="empty"):
        layout.secret("data")


@pytest.mark.parametrize("name", ["", "../data", ".lock", "a/b"])
def test_a_key_s_name_is_a_plain_file_name(name, tmp_path):
    with pytest.raises(ValueError, match="cannot name a key"):
        Layout(tmp_path).secret(name)
