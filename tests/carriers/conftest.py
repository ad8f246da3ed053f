"""Twilio as a socket that notes and answers."""

from collections.abc import Iterator

import pytest

from tests.twilio_api import Api, twilio_api


@pytest.fixture
def api() -> Iterator[Api]:
    with twilio_api() as running:
        yield running
