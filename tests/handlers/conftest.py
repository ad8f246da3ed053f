"""The web with its people, and a visitor of it."""

import pytest

from bot.services.hands import Hands
from tests.support import Citizen
from tests.visitors import Office, Visitor, open_office


@pytest.fixture
def office(hands: Hands) -> Office:
    return open_office(hands)


@pytest.fixture
def gul(office: Office) -> Visitor:
    """An official of PHED, signed in."""
    return office.visitor("gul")


@pytest.fixture
def number(citizen: Citizen) -> str:
    """The number of a complaint about water in Gwadar."""
    return citizen.reports()
