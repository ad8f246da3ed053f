"""The simulator forgets old files wherever it holds them."""

import gc
from dataclasses import replace

import pytest

from handlers.simulator import exchange as memory
from handlers.simulator.exchange import Exchange
from handlers.simulator.values import Media, Message

FILE = b"x" * 60


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Exchange:
    monkeypatch.setattr(memory, "KEPT_MEDIA_BYTES", 150)
    return Exchange()


def adds(exchange: Exchange, n: int, data: bytes = FILE) -> Message:
    media = (Media(f"ME{n}", "image/png", data, "" if data else "http://127.0.0.1/x"),)
    message = Message(f"SM{n}", "whatsapp", "+923000000101", "inbound", "+923000000001", "", "received", media=media)
    exchange.add(message)
    return message


def held(exchange: Exchange) -> list[str]:
    """The messages whose file is still here, by the message and by the file's id: both must agree."""
    by_message = [message.sid for message in exchange.newest_first() if any(one.data for one in message.media)]
    by_file = [sid for sid in (message.sid for message in exchange.newest_first()) if exchange.media(f"ME{sid[2:]}")]
    assert by_message == by_file
    return by_message


def test_the_oldest_file_is_let_go_by_its_message_too(exchange: Exchange) -> None:
    for n in range(5):
        adds(exchange, n)
    assert held(exchange) == ["SM4", "SM3"]
    assert all(len(message.media) == 1 for message in exchange.newest_first()), "that there was one is still known"
    gc.collect()
    alive = [one for one in gc.get_objects() if isinstance(one, Media) and one.data is FILE]
    assert len(alive) == 2


def test_so_it_is_with_a_file_that_came_later(exchange: Exchange) -> None:
    for n in range(5):
        message = adds(exchange, n, b"")
        exchange.keep_media(message.sid, replace(message.media[0], data=FILE))
        exchange.keep_media(message.sid, replace(message.media[0], data=FILE))
    assert held(exchange) == ["SM4", "SM3"]


def test_a_message_that_goes_takes_its_file_along(exchange: Exchange) -> None:
    for n in range(2):
        adds(exchange, n)
    exchange.remove("SM0")
    assert exchange.media("ME0") is None
    adds(exchange, 2)
    assert held(exchange) == ["SM2", "SM1"], "there is room for it again"
