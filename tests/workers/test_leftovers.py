"""Nothing of the tree is left running, whoever is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.workers.stage import QUICK, SLEEPER, Stage, ctrl_c, end, eventually, free_port, host, marked, python, shell
from workers import launch
from workers.ready import http_ready
from workers.supervisor import Supervisor

# what must not be left: children, theirs, those in sessions of their own, and those deaf to SIGTERM

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for depth in range(2):
    if os.fork():
        break
    os.setsid()
else:
    depth = 2
os.write(1, b"up %d\\n" % depth)  # one write: three processes share the pipe
time.sleep(60) # {mark}
"""
# the supervisor; a guard, the part, its child and its grandchild; another guard, its shell, its sleep
GROWN = 1 + 4 + 3


def test_kill_9_of_the_supervisor_leaves_no_process_of_the_tree(tmp_path):
    mark = str(tmp_path)
    code = STUBBORN.format(mark=mark)
    process = host(f"stage.python('web', {code!r}), stage.shell('clock', 'sleep 60; : {mark}')", tmp_path)

    def tree():
        return launch.family(launch.living(), {process.pid}, -1)

    try:
        eventually(lambda: len(tree()) == GROWN)
    finally:
        grown = tree()
        process.kill()
        end_s = eventually(lambda: not marked(mark) and not grown & set(launch.living()))
        end(process)
    assert end_s < 5


def test_killing_a_parts_main_process_takes_its_children_along_before_the_restart(tmp_path):
    port, mains = free_port(), tmp_path / "mains"
    code = (
        f"import os, socket, time, signal; open({str(mains)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        f"s = socket.create_server(('127.0.0.1', {port}), reuse_port=False)\n"
        "if not os.fork(): os.setsid(); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.write(1, b'bound\\n'); time.sleep(60)"
    )
    log = Stage()
    log.when("bound", lambda: os.kill(int(mains.read_text().split()[0]), signal.SIGKILL), nth=2)
    log.when("bound", ctrl_c, nth=4)  # each life prints it twice; a taken port would raise instead
    Supervisor([python("web", code)], log, tmp_path, pace=QUICK).run(lambda: None)
    assert log.lines("web") == ["bound"] * 4
    assert "web ended (killed by SIGKILL); starting it again in 0.05 s" in log.lines("tawar")
    assert not marked(str(mains))


def test_killing_a_guard_takes_its_part_along_before_the_restart(tmp_path):
    mark = str(tmp_path)
    log = Stage()

    def kill_guard():
        table = launch.living()
        (guard,) = [pid for pid in marked(mark) if table[pid][0] == os.getpid()]
        os.kill(guard, signal.SIGKILL)

    log.when("up 2", kill_guard)
    log.when("up 2", ctrl_c, nth=2)
    lives = []
    log.when("again in", lambda: lives.append(marked(mark)))
    Supervisor([python("web", STUBBORN.format(mark=mark), stop_timeout_s=0.1)], log, tmp_path, pace=QUICK).run(
        lambda: None
    )
    assert lives == [set()]
    assert "web ended (killed by SIGKILL); starting it again in 0.05 s" in log.lines("tawar")
    assert not marked(mark)


def test_our_own_other_children_live_on(tmp_path):
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        log = Stage().when("up", lambda: os.kill(int(log.lines("web")[0].split()[1]), signal.SIGKILL))
        log.when("again", ctrl_c)
        Supervisor([shell("web", "echo up $PPID; sleep 60")], log, tmp_path).run(lambda: None)
        assert stranger.poll() is None
        stranger.kill()


def test_ps_sees_what_proc_sees():
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as child:
        assert launch._from_ps()[child.pid] == launch._from_proc()[child.pid] == (os.getpid(), child.pid)
        assert child.pid in launch.family(launch._from_ps(), {os.getpid()}, -1)
        child.kill()
        eventually(lambda: child.pid not in launch._from_ps())  # a zombie is not living


# the real thing

APP = """
def app(environ, start_response):
    start_response('200 OK', [('Content-Length', '0')])
    return [b'']
"""


def test_granian_with_two_workers_comes_back_after_kill_9_and_goes_with_the_supervisor(tmp_path):
    port, mark = free_port(), str(tmp_path)
    (tmp_path / "app.py").write_text(APP)
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--no-ws", "--port", str(port)]
    argv += ["--working-dir", mark, "app:app"]
    ready = http_ready(f"http://127.0.0.1:{port}/")
    process = host(f"stage.Part('web', {argv!r}, ready=lambda: True)", tmp_path)
    try:
        eventually(ready, 10)
        guard = next(pid for pid, row in launch.living().items() if row[0] == process.pid)
        main = next(pid for pid, row in launch.living().items() if row[0] == guard)
        first = launch.family(launch.living(), {main}, -1)
        assert len(first) >= 3
        os.kill(main, signal.SIGKILL)
        eventually(lambda: not first & set(launch.living()))
        eventually(ready, 10)
    finally:
        process.kill()
        eventually(lambda: not marked(mark))
        log = end(process)
    assert "killed by SIGKILL" in log
    assert not ready()


def test_parts_are_found_by_their_guards_in_ps(tmp_path):
    log = Stage().when("hello", ctrl_c)
    names = []
    log.when("hello", lambda: names.extend(Path(f"/proc/{pid}/cmdline").read_text() for pid in marked(str(tmp_path))))
    Supervisor([shell("web", f"{SLEEPER} # {tmp_path}")], log, tmp_path).run(lambda: None)
    assert any("launch.py\0web\0" in name for name in names)
