"""The parts of one running simulator, and how a door finds them."""

from dataclasses import dataclass
from functools import partial
from typing import cast

from flask import current_app

from handlers.simulator.approvals import Approvals
from handlers.simulator.contents import Contents
from handlers.simulator.exchange import Exchange
from handlers.simulator.faults import Faults
from handlers.simulator.kannel_told import tell_kannels
from handlers.simulator.lanes import Lanes
from handlers.simulator.pool import Pool
from handlers.simulator.receipts import Receipts
from handlers.simulator.settings import SimulatorSettings
from handlers.simulator.told import tell_twilios
from handlers.simulator.values import Message
from handlers.simulator.way import Step, Ways


@dataclass(frozen=True)
class Simulator:
    """One carrier in one process."""

    settings: SimulatorSettings
    exchange: Exchange
    contents: Contents
    approvals: Approvals
    faults: Faults
    lanes: Lanes
    ways: Ways
    pool: Pool
    receipts: Receipts

    def close(self) -> None:
        """Ends its threads; receipts still to come are dropped."""
        self.pool.close()


def build(settings: SimulatorSettings) -> Simulator:
    """Settings -> a simulator with an empty memory."""
    faults, contents, pool = Faults(), Contents(), Pool()
    exchange, approvals = Exchange(faults.now), Approvals(contents, faults)
    receipts = Receipts(exchange, faults, pool, partial(_tell, settings, faults))
    ways = Ways(exchange, approvals, faults)
    return Simulator(settings, exchange, contents, approvals, faults, Lanes(faults), ways, pool, receipts)


def _tell(settings: SimulatorSettings, faults: Faults, message: Message, step: Step, token: str) -> None:
    if message.channel == "kannel":
        tell_kannels(settings, faults, message, step)
    else:
        tell_twilios(settings, message, step, token)


def here() -> Simulator:
    """The simulator of the app that is answering."""
    return cast(Simulator, current_app.extensions["simulator"])
