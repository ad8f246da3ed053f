"""A campaign manager, and the people who wrote to us before."""

import pytest

from bot.services.hands import Hands
from tests.handlers.test_campaigns.stage import Manager
from tests.support import Citizen
from tests.visitors import Office


@pytest.fixture
def manager(office: Office) -> Manager:
    return Manager(office)


@pytest.fixture
def people(hands: Hands) -> None:
    """Two who write Urdu, one Balochi, one English from Gwadar, and one in Urdu who said STOP."""
    Citizen(hands, "+923000000201").says("السلام علیکم، ہمارے محلے میں پانی نہیں آ رہا")
    Citizen(hands, "+923000000202").says("ہماری گلی میں کچرا پڑا ہے، کوئی نہیں اٹھاتا")
    balochi = Citizen(hands, "+923000000203", "sms")
    balochi.says("سلام")
    balochi.says("بلوچی")
    Citizen(hands, "+923000000204").reports("No water in Gwadar for 3 days, the pipe is broken")
    silent = Citizen(hands, "+923000000205")
    silent.says("بجلی نہیں ہے، ٹرانسفارمر جل گیا ہے")
    silent.says("STOP")
