"""Who may use the REST paths: HTTP Basic with the account's id and token, and only for that account."""

import hmac
import time

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.simulator.core import here
from handlers.simulator.errors import Refusal, refuse
from handlers.simulator.values import new_sid


def guard_account(door: Blueprint) -> None:
    """Puts the check before every request of a door, and the carrier's headers on every answer."""
    door.before_request(_check)
    door.after_request(_mark)


def _check() -> AnyResponse | None:
    simulator = here()
    time.sleep(simulator.faults["delay_s"])
    settings, given = simulator.settings, request.authorization
    pair = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
    if not _same(pair, (settings.account_sid, settings.auth_token)):
        return refuse(Refusal(20003))
    if (request.view_args or {}).get("account", settings.account_sid) != settings.account_sid:
        return refuse(Refusal(20404, request.path))
    return None


def _same(given: tuple[str, str], right: tuple[str, str]) -> bool:
    return hmac.compare_digest("\n".join(given).encode(), "\n".join(right).encode())


def _mark(response: Response) -> Response:
    response.headers.setdefault("Twilio-Request-Id", new_sid("RQ"))
    response.headers["Twilio-Concurrent-Requests"] = "1"
    return response
