"""A place for files in a test: a folder of its own, and a server that is the carrier."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.carriers.port import MediaRef
from bot.media.fetch import Fetcher
from bot.media.places import Source
from bot.media.shelf import Folder
from bot.media.sounds import find_ffmpeg
from bot.services.hands import Hands, MediaRoom
from bot.services.media import claim_due, fetch, links_of
from bot.store.media import media
from tests.media.servers import Server, says
from tests.support import Citizen

SECRET, PUBLIC_URL = "k" * 40, "https://bot.example.pk"


def with_room(hands: Hands, folder: Path, carrier: Server | None = None, **more: Any) -> Hands:
    """Hands that keep files; `more`: fields of the room."""
    source = Source(logins=(("AC1", "token"),), origin=carrier.url if carrier else "")
    room = MediaRoom(Folder(folder / "media"), Fetcher({"twilio": source}, 2.0), PUBLIC_URL, SECRET, find_ffmpeg())
    return replace(hands, media=replace(room, **more))


def kept(folder: Path) -> list[Path]:
    """All files on the shelf."""
    return [path for path in (folder / "media").rglob("*") if path.is_file()]


def rows(hands: Hands) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(media).order_by(media.c.id)))


def refs(carrier: Server, *files: tuple[bytes, str]) -> tuple[MediaRef, ...]:
    """Puts files at the carrier; how a message names them."""
    found = []
    for data, kind in files:
        path = f"/{len(carrier.talks)}"
        carrier.talks[path] = says(data)
        found.append(MediaRef(carrier.url + path, kind))
    return tuple(found)


def fetch_due(hands: Hands) -> int:
    """What a worker does, one file after the other; how many were tried."""
    claimed = claim_due(hands, 4)
    for row in claimed:
        fetch(hands, row)
    return len(claimed)


def media_links(hands: Hands, row: Any) -> tuple[MediaRef, ...]:
    """The addresses of an outbox row's files."""
    with hands.db.read() as tx:
        return links_of(tx, hands, row)


def reports_with(
    hands: Hands,
    carrier: Server,
    files: Sequence[tuple[bytes, str]],
    text: str = "No water in Gwadar for 3 days, the pipe is broken",
) -> str:
    """A complaint with files, which are fetched; the ticket's number."""
    citizen = Citizen(hands)
    citizen.says(text, media=refs(carrier, *files))
    while fetch_due(hands):
        pass
    return citizen.tickets()[0]
