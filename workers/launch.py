"""Guards one part of the service: starts it, hands signals on, and lets nothing of it outlive it or the supervisor.

Run as a file (`python -I -S workers/launch.py NAME GRACE_S -- COMMAND...`), so it imports the standard library only;
that costs 20 ms and 7 MB a part.

Why a process of its own between the supervisor and a part:
- its stdin is a pipe whose other end only the supervisor holds: however the supervisor dies, kill -9 included, the pipe
  ends and the guard clears up. PR_SET_PDEATHSIG alone would reach the part's first process only, only on Linux, and it
  follows a *thread* of the parent.
- web servers and RQ fork children, some into groups or sessions of their own, so a signal to a group misses them. The
  guard is a "subreaper": orphans below it become its children, so walking down from it finds every one of them.
- should the guard itself be killed, the part gets SIGTERM (PR_SET_PDEATHSIG) and the supervisor sweeps up what is left.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
KILL = b"K"  # what the supervisor writes on the pipe to have everything killed at once
HANDED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
LEFTOVER_GRACE_S = 1.0  # for children the part left behind: short, because its port is wanted for the restart
STUCK_S = 3.0  # a process in uninterruptible sleep outlives SIGKILL; waiting for it for ever helps nobody
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Table = dict[int, tuple[int, int]]  # process id -> (parent's id, process group)


def living() -> Table:
    """Every process that is not a zombie."""
    return _from_proc() if os.path.exists("/proc/self/stat") else _from_ps()


def _from_proc() -> Table:
    table: Table = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", "rb") as stat:
                state, parent, group = stat.read().rpartition(b")")[2].split()[:3]
        except OSError:
            continue  # it ended while we looked
        if state not in b"ZX":
            table[int(pid)] = int(parent), int(group)
    return table


def _from_ps() -> Table:
    columns = ["ps", "-A", "-o", "pid=,ppid=,pgid=,stat="]
    with subprocess.Popen(columns, stdout=subprocess.PIPE, text=True) as ps:  # noqa: S603 - fixed words
        rows = [row.split() for row in ps.communicate()[0].splitlines()]
    table = {int(pid): (int(parent), int(group)) for pid, parent, group, state, *_ in rows if state[0] != "Z"}
    table.pop(ps.pid, None)  # it lists itself, and we would wait for it to end
    return table


def family(table: Table, roots: set[int], group: int) -> set[int]:
    """The roots, the members of the group, and everything below either."""
    found, new = set[int](), {pid for pid, row in table.items() if pid in roots or row[1] == group}
    while new:
        found |= new
        new = {pid for pid, (parent, _) in table.items() if parent in found and pid not in found}
    return found


def send(pid: int, signum: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it is gone, or it became somebody else's by setuid
        os.kill(pid, signum)


def adopt_orphans(on: bool) -> None:
    """Orphans below this process become its children instead of init's; elsewhere than on Linux they stay init's."""
    if LIBC:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)


def _start(command: list[str]) -> int:
    guard = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        _become(command, guard)
    except OSError as error:
        os.write(2, f"cannot run {command[0]}: {error.strerror}. Is it installed, and may it be executed?\n".encode())
    finally:
        os._exit(127)


def _become(command: list[str], guard: int) -> None:
    # Python ignores some of these, a shell's `&` others, and exec would keep them ignored
    for signum in (*HANDED_ON, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(signum, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != guard:  # it died before the line above took effect
            os._exit(1)
    os.execvp(command[0], command)  # noqa: S606 - no shell wanted


def _reap(main: int, status: int | None) -> int | None:
    """Collects every ended child; the part's own wait status, once it has one."""
    while True:
        try:
            pid, result = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == 0:
            return status
        if pid == main:
            status = result


def _clear(main: int, status: int | None, grace_s: float) -> int | None:
    """Ends everything below: asks with SIGTERM, kills after grace_s seconds; the part's wait status."""
    me, asked = os.getpid(), set[int]()
    late = time.monotonic() + grace_s
    while time.monotonic() < late + STUCK_S:
        status = _reap(main, status)
        rest = family(living(), {me}, me) - {me}
        if not rest:
            break
        overdue = time.monotonic() >= late
        for pid in rest if overdue else rest - asked:
            send(pid, signal.SIGKILL if overdue else signal.SIGTERM)
        asked |= rest
        time.sleep(0.02)
    return _reap(main, status)


def guard(command: list[str], grace_s: float) -> int:
    """Runs the command to its end, or until the supervisor is gone; its exit status, 128 + n if a signal n ended it."""
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for signum in (*HANDED_ON, signal.SIGCHLD):
        signal.signal(signum, lambda *_: None)  # the number arrives in `wake`
    adopt_orphans(True)
    main, status = _start(command), None
    while status is None:
        heard = select.select([0, wake], [], [])[0]
        if 0 in heard:
            killed = os.read(0, 1) == KILL
            status = _clear(main, None, 0 if killed else grace_s)
            break
        for number in os.read(wake, 512):
            if number != signal.SIGCHLD:
                send(main, number)
        status = _reap(main, None)
    else:
        _clear(main, status, LEFTOVER_GRACE_S)
    code = os.waitstatus_to_exitcode(status) if status is not None else -signal.SIGKILL
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    grace_s, _, *command = arguments[1:]  # the name comes first only so that `ps` shows whose guard this is
    return guard(command, float(grace_s))


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
