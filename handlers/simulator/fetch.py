"""A file the service attaches: the carrier fetches it, as it must before it can send it; from this machine only."""

from dataclasses import replace
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from handlers.simulator.exchange import Exchange
from handlers.simulator.values import Media, Message

MOST_BYTES = 16_000_000  # WhatsApp's limit for any file
TIMEOUT_S = 5.0
HERE = {"127.0.0.1", "localhost", "::1"}


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """An address of this machine might lead off it."""


_opener = build_opener(ProxyHandler({}), _NoRedirect())


def fetch_media(exchange: Exchange, message: Message) -> bool:
    """Brings a message's files from their addresses; False when one of this machine is not there or is too big.

    What lies elsewhere stays an address: the simulator never leaves the machine.
    """
    return all(_fetch(exchange, message, media) for media in message.media if not media.data and _is_here(media.url))


def _fetch(exchange: Exchange, message: Message, media: Media) -> bool:
    try:
        with _opener.open(media.url, timeout=TIMEOUT_S) as answer:
            data = answer.read(MOST_BYTES + 1)
            kind = answer.headers.get_content_type()
    except (URLError, OSError, HTTPException, ValueError):
        return False
    if not data or len(data) > MOST_BYTES:
        return False
    exchange.keep_media(message.sid, replace(media, data=data, type=kind))
    return True


def _is_here(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname in HERE
    except ValueError:
        return False
