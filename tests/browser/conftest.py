"""The whole service, started as a person starts it, once for each file of these tests."""

from collections.abc import Iterator

import pytest

from tests.service import Service, service


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("service")) as running:
        yield running
