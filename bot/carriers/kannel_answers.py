"""What Kannel's answers and delivery reports mean, as tables; words as Kannel 1.4.5 says them (seen on Debian's package).

Sources: gw/smsbox.c (answers of sendsms) and Kannel's user guide, "Delivery reports" (types 1 to 16); error codes and the words
of a receipt: SMPP 3.4, section 5.1.3 and appendix B.
"""

import re
from dataclasses import dataclass

from bot.carriers.port import Accepted, Outcome, Refused, TryAgain, Unknown
from bot.outbox import Trouble

SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """`begins`: how the body begins; `error`: our name for it; `again`: the same message may be taken later."""

    status: int
    begins: str
    error: str
    trouble: Trouble
    again: bool = False


# In order: the first that fits. A refusal by an operator's mistake (password, address) is tried again: once it is mended,
# the message still is worth sending.
ANSWERS = (
    Answer(403, "Authorization failed", "not_authorised", Trouble.SETUP, again=True),
    Answer(403, "Not routable", "not_routable", Trouble.SETUP),
    Answer(403, "", "not_authorised", Trouble.SETUP, again=True),
    Answer(404, "", "wrong_address", Trouble.SETUP, again=True),
    Answer(400, "Missing receiver", "no_receiver", Trouble.NUMBER),
    Answer(400, "Empty receiver", "no_receiver", Trouble.NUMBER),
    Answer(400, "Number(s) has/have been denied", "number_denied", Trouble.NUMBER),
    Answer(400, "Sender missing", "no_sender", Trouble.SETUP, again=True),
    Answer(400, "Charset or body misformed", "text_refused", Trouble.CONTENT),
    Answer(400, "Coding field misformed", "text_refused", Trouble.CONTENT),
    Answer(400, "", "refused", Trouble.REFUSED),
    Answer(503, "Temporal failure", "queue_full", Trouble.SLOWER, again=True),
    Answer(429, "", "queue_full", Trouble.SLOWER, again=True),
)
QUEUED = "3:"
"""`3: Queued for later delivery`: taken, and the line to the operator is down."""

# type of a report -> our delivery status
STATUSES = {"1": "delivered", "2": "undelivered", "4": "queued", "8": "sent", "16": "failed"}
ASKED_FOR = 1 + 2 + 16
"""Only what is final: delivered, not delivered, refused by the operator. 4 and 8 would double the calls and tell nobody more."""

TROUBLES = {answer.error: answer.trouble for answer in ANSWERS} | {
    "connect": Trouble.LATER,
    "empty": Trouble.CONTENT,
    "too_long": Trouble.CONTENT,
    "template": Trouble.TEMPLATE,
    "channel": Trouble.SETUP,
    # what the operator says of a phone
    "EXPIRED": Trouble.ELSEWHERE,
    "UNDELIV": Trouble.ELSEWHERE,
    # what the operator answers Kannel
    "0x0000000a": Trouble.SETUP,  # invalid source address
    "0x0000000b": Trouble.NUMBER,  # invalid destination address
    "0x00000014": Trouble.SLOWER,  # message queue full
    "0x00000058": Trouble.SLOWER,  # throttled
    "retries_exceeded": Trouble.LATER,
}
_STAT = re.compile(r"\bstat:([A-Z]{1,10})")
_WORDS = re.compile(r"\btext:", re.IGNORECASE)
_NACK = re.compile(r"^NACK/(0x[0-9a-fA-F]{8})")


def outcome_of(status: int, body: str, ref: str) -> Outcome:
    """What an answer to sendsms makes of a message. Kannel gives no id: our own reference stands for it."""
    if status == 202:  # noqa: PLR2004 the only success there is
        return Accepted(ref, "queued" if body.startswith(QUEUED) else "accepted")
    for answer in ANSWERS:
        if answer.status == status and body.startswith(answer.begins):
            again = TryAgain(answer.error, trouble=answer.trouble)
            return again if answer.again else Refused(answer.error, answer.trouble)
    if 300 <= status < SERVER_ERROR:  # noqa: PLR2004 something else than Kannel listens there, and took nothing
        return TryAgain("wrong_address", trouble=Trouble.SETUP)
    # no answer of Kannel's: it comes from something between us and it, which may have passed the message on
    return Unknown(str(status))


def error_of(status: str, words: str) -> str:
    """The error in a report of type `status`; `words`: what the operator said (`%A`), of which nothing else is kept. There is
    no other way to the code, and at its end stand the first twenty letters of the message (SMPP 3.4, appendix B)."""
    if status not in ("2", "16"):
        return ""
    code, *_ = _WORDS.split(words, 1)
    if found := _STAT.search(code) or _NACK.search(code):
        return found[1]
    return "retries_exceeded" if "Retries Exceeded" in code else "no_reason"


def trouble_of(error: str) -> Trouble:
    return TROUBLES.get(error, Trouble.REFUSED if error else Trouble.NONE)
