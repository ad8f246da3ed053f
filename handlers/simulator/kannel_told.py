"""How Kannel calls the service: with a citizen's SMS, and with a delivery report; tried again as it is set up to."""

import base64
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote_plus, unquote, urlencode, urlsplit

from handlers.simulator.faults import Faults
from handlers.simulator.post import Answer, name_of_trouble
from handlers.simulator.settings import SimulatorSettings
from handlers.simulator.values import Message, new_uuid
from handlers.simulator.way import Step

# Measured on Kannel 1.4.5: the bit of the mask, and what %A says beside it.
BITS = {"delivered": 1, "undelivered": 2, "queued": 4, "sent": 8, "failed": 16}
SAYS = {
    "delivered": "id:{id} sub:001 dlvrd:001 submit date:{at} done date:{at} stat:DELIVRD err:000 text:",
    "undelivered": "id:{id} sub:001 dlvrd:000 submit date:{at} done date:{at} stat:UNDELIV err:{error:03d} text:",
    "queued": "id:{id} sub:001 dlvrd:000 submit date:{at} done date:{at} stat:ACCEPTD err:000 text:",
    "sent": "ACK/",
    "failed": "NACK/0x0000000b/Invalid Destination Address",
}
TAKEN = (200, 202)
TIMEOUT_S = 15.0
SMSC = "TELCO"
MESSAGES_PATH = "/carriers/kannel/messages"


def hand_over(settings: SimulatorSettings, faults: Faults, message: Message) -> Answer:
    """A citizen's SMS, as a `post-url` of the README's configuration hands it over: the text is the body."""
    given = {"id": message.sid, "ts": int(message.created.timestamp()), "smsc": SMSC}
    url = f"{settings.web_url.rstrip('/')}{MESSAGES_PATH}?{urlencode(given)}"
    headers = {
        "Authorization": _basic(f"kannel:{settings.kannel_token}"),
        "Content-Type": 'text/plain; charset="UTF-8"',
        "X-Kannel-From": message.number,
        "X-Kannel-To": message.sender,
        "X-Kannel-Time": message.created.strftime("%Y-%m-%d %H:%M:%S"),
        "X-Kannel-SMSC": SMSC,
        "X-Kannel-Coding": "0",  # with mo-recode every text comes as UTF-8
        "X-Kannel-Service": "tawar",
    }
    answer = _call("POST", url, message.text.encode(), headers, faults)
    refused = answer.status is not None and answer.status not in TAKEN
    return answer._replace(trouble=str(answer.status)) if refused else answer


def tell_kannels(settings: SimulatorSettings, faults: Faults, message: Message, step: Step) -> None:
    """A delivery report to the message's own dlr-url, if its mask asked for this kind."""
    bit = BITS.get(step.status, 0)
    if not bit & message.mask:
        return
    parts = urlsplit(settings.transport(fill(message.callback, message, step)))
    user, _, host = parts.netloc.rpartition("@")
    headers = {"Authorization": _basic(unquote(user))} if user else {}
    _call("GET", parts._replace(netloc=host).geturl(), None, headers, faults)


def fill(url: str, message: Message, step: Step) -> str:
    """A dlr-url with its escape codes replaced; `%p` is the citizen here and `%P` the service, as measured."""
    bit, at = BITS[step.status], message.updated.strftime("%y%m%d%H%M")
    said = SAYS[step.status].format(id=message.sid, at=at, error=(step.error or 0) % 1000)
    codes = {
        "d": str(bit),
        "A": said,
        "a": message.text,
        "F": "" if bit == BITS["failed"] else message.sid,
        "I": new_uuid(),
        "p": message.number,
        "q": message.number,
        "P": message.sender,
        "Q": message.sender,
        "i": SMSC,
        "T": str(int(message.updated.timestamp())),
        "t": message.updated.strftime("%Y-%m-%d %H:%M:%S"),
        "n": "tawar",
        "c": "0",
        "C": "UTF-8",
        "b": message.text,
        "%": "%",
    }
    out, rest = "", url
    while rest:
        plain, mark, rest = rest.partition("%")
        out += plain
        if mark:
            out += quote_plus(codes[rest[0]]) if rest[:1] in codes else mark + rest[:1]
            rest = rest[1:]
    return out


def _call(method: str, url: str, body: bytes | None, headers: dict[str, str], faults: Faults) -> Answer:
    """Anything but 200 and 202 is tried again alike, and then lost."""
    answer = _attempt(method, url, body, headers)
    for _ in range(int(faults["kannel_retries"])):
        if answer.status in TAKEN:
            break
        time.sleep(faults["kannel_retry_delay_s"])
        answer = _attempt(method, url, body, headers)
    return answer


def _attempt(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, {"User-Agent": "Kannel/1.4.5"} | headers)
        with connection.getresponse() as response:
            return Answer(response.status, response.read(64_000))
    except (OSError, HTTPException) as trouble:
        return Answer(None, trouble=name_of_trouble(trouble))
    finally:
        connection.close()


def _basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()
