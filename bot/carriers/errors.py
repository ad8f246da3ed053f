"""What the carriers' error codes mean for a message, read once from `bot/data/carrier_errors.csv`."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.outbox import Trouble

UNAUTHORISED, FORBIDDEN, TIMED_OUT, TOO_MANY, SERVER_ERROR, LAST_STATUS = 401, 403, 408, 429, 500, 599
BY_STATUS = {UNAUTHORISED: Trouble.SETUP, FORBIDDEN: Trouble.SETUP, TIMED_OUT: Trouble.LATER, TOO_MANY: Trouble.SLOWER}


@cache
def known_errors(carrier: str) -> Mapping[str, Trouble]:
    """{code: trouble} of one carrier. Source of each row: the carrier's own dictionary of errors."""
    with files("bot.data").joinpath("carrier_errors.csv").open(encoding="utf-8") as stream:
        return {row["code"]: Trouble(row["trouble"]) for row in csv.DictReader(stream) if row["carrier"] == carrier}


def trouble_of_status(status: int) -> Trouble:
    """What an HTTP status alone says: 5xx may have been taken all the same, 4xx was not."""
    return BY_STATUS.get(status) or (Trouble.UNKNOWN if status >= SERVER_ERROR else Trouble.REFUSED)


def trouble_of(carrier: str, code: str) -> Trouble:
    """What a code in a receipt or an outcome means. A word of ours that is no code is one of an outcome not known."""
    if not code:
        return Trouble.NONE
    if known := known_errors(carrier).get(code):
        return known
    if not (code.isascii() and code.isdecimal()):
        return Trouble.UNKNOWN
    return trouble_of_status(int(code)) if int(code) <= LAST_STATUS else Trouble.REFUSED
