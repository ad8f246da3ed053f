"""The web app: every door in one Flask application, handed what it needs and the way to wake a worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import Flask

from bot.config import Settings
from bot.services.hands import Hands
from bot.services.health import CarrierWatch
from handlers import (
    account,
    admin,
    auth,
    campaigns,
    carriers,
    media,
    officials,
    ops,
    pages,
    passkeys,
    public,
    second_step,
    unsealing,
)

MAX_BODY = 64 * 1024
"""Bytes; a carrier's form or an official's reply is far smaller."""


@dataclass(frozen=True)
class Web:
    """What a door is handed. `wake` gets ids of outbox rows that may leave now; it never waits and never raises."""

    hands: Hands
    settings: Settings
    wake: Callable[[Sequence[int]], None]
    broker_ok: Callable[[], bool | None]
    """None: there is no broker, and none is needed."""

    @cached_property
    def carrier_watch(self) -> CarrierWatch:
        return CarrierWatch(self.hands.carriers)


def create_web(web: Web) -> Flask:
    app = Flask("handlers", static_folder="static", template_folder="templates")
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY, MAX_FORM_PARTS=1000)
    app.extensions["tawar"] = web
    app.before_request(media.make_room)
    pages.prepare(app)
    for door in (
        carriers,
        ops,
        auth,
        account,
        second_step,
        passkeys,
        admin,
        officials,
        unsealing,
        media,
        campaigns,
        public,
    ):
        app.register_blueprint(door.blueprint)
    return app
