"""What every use case works with: the database, the words, the directory, the carriers, the time."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.carriers.port import Carriers
from bot.catalog import Catalog
from bot.directory import Directory
from bot.media.fetch import Fetcher
from bot.media.shelf import Shelf
from bot.media.sounds import find_ffmpeg
from bot.rates import Rates
from bot.store.database import Database
from bot.text.answers import Lexicon
from bot.vault import Vault


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_ref() -> str:
    """A reference nobody can guess, for a message's receipts."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True)
class MediaRoom:
    """What files need: where they lie, how they are fetched, and how an answer's file is named to its carrier.

    `public_url` and `secret`: of this service, for signed addresses; `ffmpeg`: its path, empty where there is none.
    """

    shelf: Shelf
    fetcher: Fetcher
    public_url: str
    secret: str
    ffmpeg: str = field(default_factory=find_ffmpeg)


@dataclass(frozen=True)
class Hands:
    """Handed to every use case, so that none reaches for a global."""

    db: Database
    catalog: Catalog
    lexicon: Lexicon
    directory: Directory
    carriers: Carriers
    vault: Vault
    now: Callable[[], datetime] = field(default=utc_now)
    ref: Callable[[], str] = field(default=new_ref)
    random_below: Callable[[int], int] = field(default=secrets.randbelow)
    day: tuple[int, int] | None = None
    """Hours in Karachi between which announcements go out; None: at any hour."""
    rates: Rates | None = None
    """What keeps all workers together within a sender's rate; None: no rate is kept."""
    media: MediaRoom | None = None
    """None where no files are kept: they are written down and wait."""
