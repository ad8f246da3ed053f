"""The parts of one running simulator, and how a door finds them."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from handlers.simulator.contents import Contents
from handlers.simulator.exchange import Exchange
from handlers.simulator.faults import Faults
from handlers.simulator.pool import Pool
from handlers.simulator.receipts import Receipts
from handlers.simulator.settings import SimulatorSettings


@dataclass(frozen=True)
class Simulator:
    """One carrier in one process."""

    settings: SimulatorSettings
    exchange: Exchange
    contents: Contents
    faults: Faults
    pool: Pool
    receipts: Receipts

    def close(self) -> None:
        """Ends its threads; receipts still to come are dropped."""
        self.pool.close()


def build(settings: SimulatorSettings) -> Simulator:
    """Settings -> a simulator with an empty memory."""
    exchange, contents, faults, pool = Exchange(), Contents(), Faults(), Pool()
    receipts = Receipts(settings, exchange, contents, faults, pool)
    return Simulator(settings, exchange, contents, faults, pool, receipts)


def here() -> Simulator:
    """The simulator of the app that is answering."""
    return cast(Simulator, current_app.extensions["simulator"])
