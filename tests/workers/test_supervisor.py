"""The supervisor with real processes: order, logs, restarts, giving up, stopping."""

import signal
import time

import pytest

from tests.workers.stage import QUICK, SLEEPER, Stage, ctrl_c, free_port, marked, python, shell
from workers.processes import died_how
from workers.ready import http_ready, redis_ready
from workers.supervisor import Part, Supervisor

# what is started


def test_a_part_starts_only_when_the_one_before_answers(tmp_path):
    port = free_port()
    serve = (
        "import time, http.server as h; time.sleep(0.3)\n"
        "class H(h.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200 if self.path == '/healthz' else 404); self.end_headers()\n"
        f"print('listening'); h.HTTPServer(('127.0.0.1', {port}), H).serve_forever()"
    )
    web = python("web", serve, ready=http_ready(f"http://127.0.0.1:{port}/healthz"))
    log, called = Stage(), []

    def on_ready():
        called.append(log.getvalue())
        ctrl_c()

    assert Supervisor([web, shell("clock", SLEEPER)], log, tmp_path).run(on_ready) == 0
    order = [text for text in log.lines() if text in {"listening", "web is ready", "hello", "clock is ready"}]
    assert order[:2] == ["listening", "web is ready"]
    assert "clock is ready" in called[0]
    assert not http_ready(f"http://127.0.0.1:{port}/healthz")()


def test_a_part_that_never_gets_ready_ends_the_start_with_a_clear_message(tmp_path):
    log = Stage()
    parts = [
        shell("broker", SLEEPER),
        shell("web", "echo cannot bind; sleep 9", ready=lambda: False, ready_timeout_s=0.3),
    ]
    assert Supervisor(parts, log, tmp_path).run(lambda: pytest.fail("not ready")) == 1
    said = log.lines("tawar")
    assert "GIVING UP: web was not ready within 0.3 s. Its last lines:" in said
    assert "    cannot bind" in said
    assert said[-1] == "broker stopped"


def test_ready_checks_are_false_without_a_server_and_refuse_what_they_cannot_ask(tmp_path):
    assert not redis_ready(f"unix://{tmp_path}/none.sock")()
    assert not redis_ready(f"redis://127.0.0.1:{free_port()}")()
    for check, url in ((http_ready, "https://a"), (redis_ready, "http://a")):
        with pytest.raises(ValueError, match="Give"):
            check(url)


def test_a_command_that_is_not_there_is_named(tmp_path):
    log = Stage().when("starting it again", ctrl_c)
    Supervisor([Part("web", ["/nowhere/granian"], ready=lambda: False)], log, tmp_path).run(lambda: None)
    assert log.lines("web") == [
        "cannot run /nowhere/granian: No such file or directory. Is it installed, and may it be executed?"
    ]


@pytest.mark.parametrize("names", [["web", "web"], ["tawar"], ["../web"]])
def test_names_that_would_share_a_log_are_refused(names, tmp_path):
    with pytest.raises(ValueError, match="part"):
        Supervisor([shell(name, "true") for name in names], Stage(), tmp_path)


# what is shown


def test_lines_bear_their_parts_name_on_the_stream_and_in_its_file(tmp_path):
    log = Stage().when("last", ctrl_c)
    part = shell(
        "web",
        f"echo توار; printf 'red \\033[31m\\n' >&2; echo $COLOUR $0; echo last; {SLEEPER}",
        env={"COLOUR": "blue"},
    )
    assert Supervisor([part], log, tmp_path).run(lambda: None) == 0
    expected = [
        "web     | توار",
        "web     | red \N{REPLACEMENT CHARACTER}[31m",
        "web     | blue /bin/sh",
        "web     | last",
    ]
    shown = [line for line in log.getvalue().splitlines() if line.startswith("web")]
    assert shown[:4] == expected
    assert (tmp_path / "web.log").read_text().splitlines()[:4] == expected
    assert (tmp_path / "web.log").stat().st_mode & 0o777 == 0o600


# what dies


def test_a_dead_part_is_started_again_later_each_time(tmp_path):
    log = Stage().when("again in", ctrl_c, nth=4)
    assert Supervisor([shell("web", "echo up; exit 3")], log, tmp_path, pace=QUICK).run(lambda: None) == 0
    waits = [line for line in log.lines("tawar") if "again" in line]
    assert waits == [f"web ended (with status 3); starting it again in {s:g} s" for s in (0.05, 0.1, 0.2, 0.2)]
    assert log.lines("web") == ["up"] * 4


def test_five_deaths_in_a_minute_are_the_end_and_the_last_lines_are_shown(tmp_path):
    log = Stage()
    dying = shell("web", "for i in $(seq 30); do echo line $i; done; kill -9 $$", hint="Look at the port.")
    assert Supervisor([shell("broker", SLEEPER), dying], log, tmp_path, pace=QUICK).run(lambda: None) == 1
    said = log.lines("tawar")
    start = said.index("GIVING UP: web ended 5 times within 60 s, the last time killed by SIGKILL. Its last lines:")
    assert said[start + 1 : start + 21] == [f"    line {i}" for i in range(11, 31)]
    assert said[start + 21] == "Everything stops. Look at the port."
    assert "web.log" in said[start + 22]
    assert said[-1] == "broker stopped"


def test_an_ending_is_told_in_words():
    assert [died_how(0), died_how(3), died_how(137), died_how(255)] == [
        "with status 0",
        "with status 3",
        "killed by SIGKILL",
        "with status 255",
    ]


# what stops


def test_parts_stop_in_reverse_order_and_the_last_ones_last(tmp_path):
    log = Stage().when("hello", ctrl_c, nth=3)
    parts = [shell(name, SLEEPER) for name in ("web", "broker", "clock")]
    assert Supervisor(parts, log, tmp_path, stop_last=["broker"]).run(lambda: None) == 0
    assert [line for line in log.lines("tawar") if "stopped" in line] == [
        "clock stopped",
        "web stopped",
        "broker stopped",
    ]
    assert [line.split()[0] for line in log.getvalue().splitlines() if line.endswith("| bye")] == [
        "clock",
        "web",
        "broker",
    ]


def test_each_part_gets_its_own_stop_signal_and_only_its_first_process(tmp_path):
    code = (
        "trap 'exit 0' TERM; trap 'echo usr1; kill -TERM $child; exit 0' USR1; sleep 60 & child=$!; echo up; wait; wait"
    )
    log = Stage().when("up", ctrl_c)
    assert Supervisor([shell("web", code, stop_signal=signal.SIGUSR1)], log, tmp_path).run(lambda: None) == 0
    assert log.lines("web") == ["up", "usr1"]


DEAF = "trap '' TERM INT; echo deaf; while :; do sleep 0.02; done"


def test_a_part_that_does_not_stop_is_killed_and_the_end_is_not_called_clean(tmp_path):
    log = Stage().when("deaf", ctrl_c)
    started = time.monotonic()
    assert Supervisor([shell("web", DEAF, stop_timeout_s=0.2)], log, tmp_path).run(lambda: None) == 1
    assert time.monotonic() - started < 2
    assert "web did not stop within 0.2 s: killing it" in log.lines("tawar")


def test_a_second_ctrl_c_kills_at_once(tmp_path):
    log = Stage().when("deaf", ctrl_c, nth=2).when("received: stopping", ctrl_c)
    started = time.monotonic()
    assert Supervisor([shell("web", DEAF), shell("clock", DEAF)], log, tmp_path).run(lambda: None) == 1
    assert time.monotonic() - started < 2
    assert "SIGINT received again: killing what is left" in log.lines("tawar")


def test_a_bug_in_the_caller_leaves_nothing_running(tmp_path):
    with pytest.raises(ZeroDivisionError):
        Supervisor([shell("web", f"{SLEEPER} # {tmp_path}")], Stage(), tmp_path).run(lambda: 1 / 0)
    assert not marked(str(tmp_path))


def test_it_stops_even_where_a_shell_started_it_with_ctrl_c_ignored(tmp_path):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler); signal.pause()"
        log = Stage().when("True", ctrl_c)
        assert Supervisor([python("web", code)], log, tmp_path).run(lambda: None) == 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
