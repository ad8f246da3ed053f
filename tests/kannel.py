"""The real Kannel of the system: bearerbox and smsbox with a configuration of their own, on free ports of this machine."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from tests.smsc import SHORT_CODE, Operator
from tests.street import wait_for

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
USERNAME, PASSWORD, STATUS = "tawar", "password-of-the-tests", "status-of-the-tests"
KANNEL_TOKEN = "token-of-the-tests-0123456789abcdef"
START_S, STOP_S = 30, 3

# What the tests put in place of the README's values: by group and key. Passwords, ports and folders are filled in.
CHANGED = {
    "core": {
        "admin-port": "{admin}",
        "status-password": STATUS,
        "smsbox-port": "{boxes}",
        "store-location": "{folder}/store",
        "dlr-spool": "{folder}/dlr",
        "sms-resend-freq": "1",
        "sms-resend-retry": "2",
        "log-file": "{folder}/bearerbox.log",
    },
    "smsc": {"host": "127.0.0.1", "port": "{line}", "reconnect-delay": "1", "throughput": "100"},
    "smsbox": {
        "sendsms-port": "{send}",
        "http-queue-delay": "1",
        "http-timeout": "5",
        "log-file": "{folder}/smsbox.log",
    },
    "sendsms-user": {"password": PASSWORD},
    "sms-service": {
        "post-url": '"http://kannel:{token}@127.0.0.1:{web}/carriers/kannel/messages?id=%I"',
    },
}
FAKE = """group = smsc
smsc = fake
smsc-id = OPERATOR
port = {line}
connect-allow-ip = 127.0.0.1
"""


def readme_config() -> list[str]:
    """The groups of the configuration that the README shows."""
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```\n(group = core\n.*?)```", text, re.DOTALL)
    assert found, "README.md shows no configuration of Kannel"
    return found[1].strip().split("\n\n")


def changed(group: str) -> str:
    """A group with the tests' values."""
    name = re.match(r"group = (\S+)", group)
    assert name, group
    rest, lines = dict(CHANGED[name[1]]), []
    for line in group.splitlines():
        key = line.partition(" = ")[0]
        lines.append(f"{key} = {rest.pop(key)}" if key in rest else line)
    assert not rest, f"the README's group {name[1]} has no {list(rest)}"
    return "\n".join(lines) + "\n"


def quiet_ports(count: int) -> list[int]:
    """Ports nobody listens on, below those the system gives to outgoing connections: here they stay free until they are used."""
    found: list[int] = []
    with ExitStack() as probes:
        while len(found) < count:
            probe = probes.enter_context(socket.socket())
            with suppress(OSError):
                probe.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
                found.append(int(probe.getsockname()[1]))
    return found


def lacking() -> str:
    """The first of Kannel's programs this system lacks; empty when all are there."""
    wanted = [("bearerbox", _program("bearerbox")), ("smsbox", _program("smsbox")), (FAKESMSC, FAKESMSC)]
    return next((name for name, path in wanted if not Path(path).exists()), "")


def _program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or name


@dataclass
class Kannel:
    """`web`: the port its calls go to. The operator's side is `operator`, or Debian's fakesmsc on `fake_port`."""

    folder: Path
    operator: Operator | None = None
    token: str = KANNEL_TOKEN
    _boxes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.web, self.admin, self.boxes_port, self.send_port, self.fake_port = quiet_ports(5)
        for room in ("store", "dlr"):
            (self.folder / room).mkdir()
        groups = [changed(group) for group in readme_config()]
        if self.operator is None:
            groups = [FAKE if group.startswith("group = smsc\n") else group for group in groups]
        self.config = self.folder / "kannel.conf"
        self.config.write_text(
            "\n".join(groups).format(
                admin=self.admin,
                boxes=self.boxes_port,
                send=self.send_port,
                line=self.operator.port if self.operator else self.fake_port,
                folder=self.folder,
                token=self.token,
                web=self.web,
            )
        )

    @property
    def send_url(self) -> str:
        return f"http://127.0.0.1:{self.send_port}/cgi-bin/sendsms"

    @property
    def status_url(self) -> str:
        return f"http://127.0.0.1:{self.admin}/status.xml?password={STATUS}"

    def start(self, *boxes: str) -> None:
        """Starts both boxes (or one) and waits until they serve."""
        for box in boxes or ("bearerbox", "smsbox"):
            command = [_program(box), str(self.config)]
            self._boxes[box] = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
            wait_for(lambda box=box: self._serves(box), START_S)  # type: ignore[misc]

    def stop(self, *boxes: str, sign: signal.Signals = signal.SIGTERM) -> None:
        """Ends both boxes (or one) with their children: smsbox begins again by itself when its bearerbox vanishes."""
        for box in boxes or ("smsbox", "bearerbox"):
            process = self._boxes.pop(box, None)
            for sent in (sign, signal.SIGKILL):
                if process and _group_lives(process):
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, sent)
                    deadline = time.monotonic() + STOP_S
                    while _group_lives(process) and time.monotonic() < deadline:
                        time.sleep(0.02)

    def signals(self, box: str, sign: signal.Signals) -> None:
        self._boxes[box].send_signal(sign)

    def status(self) -> str:
        """Its status page; empty while it does not answer."""
        try:
            return urllib3.request("GET", self.status_url, timeout=5, retries=False).data.decode()
        except urllib3.exceptions.HTTPError:
            return ""

    def is_linked(self) -> bool:
        return "<status>online" in self.status()

    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def _serves(self, box: str) -> bool:
        page = self.status()
        return "<status>running" in page if box == "bearerbox" else "<type>smsbox" in page and _answers(self.send_url)


def _answers(url: str) -> bool:
    try:
        return bool(urllib3.request("GET", url, timeout=5, retries=False).status)
    except urllib3.exceptions.HTTPError:
        return False


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()  # a dead child is fetched, else its group stays
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def kannel_settings(kannel: Kannel) -> dict[str, str]:
    """What the service must be told of it, by setting."""
    return {
        "carriers": "kannel",
        "kannel_send_url": kannel.send_url,
        "kannel_username": USERNAME,
        "kannel_password": PASSWORD,
        "kannel_from": SHORT_CODE,
        "kannel_token": kannel.token,
        "kannel_status_url": kannel.status_url,
        "kannel_callback_url": f"http://127.0.0.1:{kannel.web}",
    }


@contextmanager
def running_kannel(folder: Path, *, fake: bool = False, token: str = KANNEL_TOKEN) -> Iterator[Kannel]:
    """Both boxes and an operator bound to them; all of it ends with the block."""
    operator = None if fake else Operator()
    kannel = Kannel(folder, operator, token)
    try:
        kannel.start()
        if operator:
            wait_for(kannel.is_linked, START_S)
        yield kannel
    finally:
        kannel.stop()
        if operator:
            operator.close()
