"""Files of messages and answers: fetched by a worker, shown to whoever may see the ticket, handed to carriers by signed links."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.carriers.port import MediaRef
from bot.media import links
from bot.media.fetch import Never, NotNow, Result
from bot.media.kinds import KINDS, file_name
from bot.media.prepare import Prepared, Unfit, prepare
from bot.media.shelf import MissingFileError, Shelf
from bot.services import desk, orders
from bot.services.hands import Hands, MediaRoom
from bot.services.orders import Done, Official, Order
from bot.store import media
from bot.store.database import DatabaseAway

LEASE = timedelta(minutes=5)
"""A fetch ends within a minute, and ffmpeg within half a one."""
WAITS_S = (5, 15, 60, 180, 600, 1800, 7200)
"""Seconds before each further try: a file may be at the carrier a little later than its message, and a carrier away for hours."""
PUBLIC_PATH = "/media/"
ORPHANED = timedelta(days=1)
"""A file on the shelf that no row names by then is nobody's."""


class NoRoomError(RuntimeError):
    """This part was built without a place for files."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be handed out: `size` in bytes; `read(start, length)` gives it piece by piece."""

    kind: str
    name: str
    size: int
    sha256: str
    shelf: Shelf
    key: str

    def read(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Its bytes. Raises MissingFileError before the first one."""
        return self.shelf.read(self.key, start, length)


def claim_due(hands: Hands, limit: int) -> Sequence[Any]:
    """Files whose time to be fetched has come, `limit` at most, each for `fetch` and for nobody else meanwhile."""
    now = hands.now()
    with hands.db.read() as tx:
        if not media.is_due(tx, now):
            return ()
    with hands.db.write() as tx:
        return media.claim(tx, now, now + LEASE, limit)


def fetch(hands: Hands, row: Any) -> None:
    """A claimed file, from its carrier to its row; no transaction is open while the network is asked."""
    room = _room(hands)
    if row.attempts > len(WAITS_S) + 1:  # its worker died over it every time
        outcome: Result = Never("broken")
    else:
        outcome = room.fetcher.fetch(row.carrier, row.url, row.attempts - 1)
    fields = _outcome(hands, room, row, outcome)
    with _taken_back_on_error(hands, fields), hands.db.write() as tx:
        is_ours = media.finish(tx, row.id, row.lease_until, **fields)
    if not is_ours:
        _take_back(hands, fields)


def see_file(hands: Hands, official: Official, media_id: int, *, small: bool = False) -> File | None:
    """A ticket's file for an official, None if there is none or the ticket is another department's."""
    with hands.db.read() as tx:
        row = media.find(tx, media_id)
        if row is None or row.number is None or not official.may_see(tx, row.of_ticket, row.department):
            return None
    return _file(hands, row, file_name(f"{row.number}-{row.id} {row.name}", row.kind), small=small)


def see_linked(hands: Hands, token: str) -> File | None:
    """The file of a signed address; None if the token is false or old, or the file was no answer of ours."""
    media_id = links.read(token, hands.now(), _room(hands).secret)
    if media_id is None:
        return None
    with hands.db.read() as tx:
        found = media.of_answer(tx, [media_id])
    return _file(hands, found[0], file_name(found[0].name, found[0].kind)) if found else None


def links_of(tx: Connection, hands: Hands, row: Any) -> tuple[MediaRef, ...]:
    """The addresses at which a carrier fetches the files of an outbox row, and their kinds; empty for most rows.

    The same row has the same addresses whenever it is asked for, so that a message tried again is recognised.
    """
    if not row.media:
        return ()
    room, files = _room(hands), media.of_answer(tx, row.media)
    until = links.expiry(row.created_at, hands.now())
    base = room.public_url.rstrip("/") + PUBLIC_PATH
    return tuple(MediaRef(base + links.sign(file.id, until, room.secret), file.kind) for file in files)


def act_with_file(hands: Hands, official: Official, order: Order, data: bytes, name: str) -> orders.Result | None:
    """As `desk.act`, with a file for the citizen: without EXIF, in a kind that phones take. `name`: as the official has it."""
    ready = prepare(data, _room(hands).ffmpeg, for_phones=True)
    if isinstance(ready, Unfit):
        return orders.Unfit(f"desk.error.file_{ready.reason}")
    try:
        file = _shelve(hands, ready) | {"name": file_name(name, ready.kind.type)}
    except OSError:
        return orders.Unfit("desk.error.file_room")
    with _taken_back_on_error(hands, file):
        result = desk.act(hands, official, replace(order, file=file))
    if not isinstance(result, Done):
        _take_back(hands, file)
    return result


def sweep(hands: Hands, part: int) -> int:
    """Drops files that no row names, ORPHANED after they were put there, from one of the shelf's PARTS; how many. Raises
    OSError while the store is away."""
    if hands.media is None:
        return 0
    shelf, dropped = hands.media.shelf, 0
    old = list(shelf.older(part, hands.now() - ORPHANED))
    if not old:
        return 0
    with hands.db.read() as tx:
        named = media.keys_from(tx, f"{part:02x}/")
    for key in old:
        if key not in named:
            shelf.drop(key)
            dropped += 1
    return dropped


def _shelve(hands: Hands, ready: Prepared) -> dict[str, Any]:
    """Puts a prepared file on the shelf; the fields of its row. Not to be called inside a transaction. Raises OSError."""
    shelf = _room(hands).shelf
    fields: dict[str, Any] = {
        "kind": ready.kind.type, "bytes": len(ready.data), "sha256": ready.sha256, "key": shelf.put(ready.data),
        "seconds": ready.seconds, "width": ready.width, "height": ready.height,
    }  # fmt: skip
    if ready.small:
        try:
            fields |= {"small_key": shelf.put(ready.small), "small_bytes": len(ready.small)}
        except OSError:
            _drop(hands, [fields["key"]])
            raise
    return fields


@contextmanager
def _taken_back_on_error(hands: Hands, fields: dict[str, Any]) -> Iterator[None]:
    """Where the database went away within the block, its commit may have gone through, or may yet: then the file stays, and
    is swept up tomorrow if it is nobody's."""
    try:
        yield
    except DatabaseAway:
        raise
    except Exception:
        _take_back(hands, fields)
        raise


def _take_back(hands: Hands, fields: dict[str, Any]) -> None:
    """Takes a file off the shelf unless a row names it after all."""
    keys = [key for key in (fields.get("key"), fields.get("small_key")) if key]
    with suppress(DatabaseAway):
        with hands.db.read() as tx:
            keys = [key for key in keys if not media.is_named(tx, key)]
        _drop(hands, keys)


def _drop(hands: Hands, keys: Sequence[str]) -> None:
    for key in keys:
        with suppress(OSError, MissingFileError):
            _room(hands).shelf.drop(key)


def _outcome(hands: Hands, room: MediaRoom, row: Any, outcome: Result) -> dict[str, Any]:
    """What is written down of a fetch."""
    match outcome:
        case Never(reason):
            return {"state": "refused", "reason": reason}
        case NotNow(reason):
            return _again(row, reason, hands.now())
    ready = prepare(outcome.data, room.ffmpeg)
    if isinstance(ready, Unfit):
        return {"state": "refused", "reason": ready.reason}
    try:
        return {"state": "ready", "reason": "", **_shelve(hands, ready)}
    except OSError:
        return _again(row, "room", hands.now())


def _again(row: Any, reason: str, now: datetime) -> dict[str, Any]:
    if row.attempts > len(WAITS_S):
        return {"state": "failed", "reason": reason}
    return {"reason": reason, "due_at": now + timedelta(seconds=WAITS_S[row.attempts - 1])}


def _file(hands: Hands, row: Any, name: str, *, small: bool = False) -> File | None:
    shelf = _room(hands).shelf
    if row.state != "ready" or row.kind not in KINDS or (small and not row.small_key):
        return None
    if small:
        return File("image/webp", name, row.small_bytes, f"{row.sha256}-small", shelf, row.small_key)
    return File(row.kind, name, row.bytes, row.sha256, shelf, row.key)


def _room(hands: Hands) -> MediaRoom:
    if hands.media is None:
        raise NoRoomError("this part keeps no files: give Hands a MediaRoom")
    return hands.media
