"""The real Kannel of the system: bearerbox and smsbox with a configuration of their own, on free ports of this machine."""

import os
import random
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

# The README's configuration with free ports and short waits.
CONFIG = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin-of-the-tests
status-password = {status}
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
store-type = spool
store-location = {folder}/store
dlr-storage = spool
dlr-spool = {folder}/dlr
sms-resend-freq = 1
sms-resend-retry = 2
unified-prefix = "+923,03,+03,00923,923"
log-file = {folder}/bearerbox.log
log-level = 1

{smsc}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = 127.0.0.1
sendsms-chars = "0123456789+"
mo-recode = true
http-request-retry = 100
http-queue-delay = 1
http-timeout = 5
log-file = {folder}/smsbox.log
log-level = 1

group = sendsms-user
username = {username}
password = {password}
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
forced-smsc = TELCO
max-messages = 24
concatenation = true

group = sms-service
name = tawar
keyword = default
post-url = "http://kannel:{token}@127.0.0.1:{web}/carriers/kannel/messages?id=%I"
send-sender = true
max-messages = 0
omit-empty = true
"""
SMPP = """
group = smsc
smsc = smpp
smsc-id = TELCO
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = tests
smsc-password = tests
system-type = ""
reconnect-delay = 1
enquire-link-interval = 30
"""
FAKE = """
group = smsc
smsc = fake
smsc-id = TELCO
port = {port}
connect-allow-ip = 127.0.0.1
"""


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
        smsc = SMPP.format(port=self.operator.port) if self.operator else FAKE.format(port=self.fake_port)
        self.config = self.folder / "kannel.conf"
        self.config.write_text(
            CONFIG.format(
                admin=self.admin,
                boxes=self.boxes_port,
                send=self.send_port,
                folder=self.folder,
                smsc=smsc,
                status=STATUS,
                username=USERNAME,
                password=PASSWORD,
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
