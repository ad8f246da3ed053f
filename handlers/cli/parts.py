"""What the command runs, handed in by the composition root, so that no door knows a worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.config import LOOPBACK, Settings, SettingsError
from bot.services.hands import Hands
from bot.services.learning import Train
from bot.store.database import Database
from bot.vault import Vault


@dataclass(frozen=True)
class Parts:
    """Each part of the service is a function that runs until it is stopped. `bench` gives one benchmark's figures."""

    settings: Callable[[], Settings]
    hands: Callable[[Settings], Hands]
    web: Callable[[Settings, str, int], None]
    worker: Callable[[Settings], None]
    clock: Callable[[Settings], None]
    simulator: Callable[[str, int], None]
    everything: Callable[[int, int, Path], int]
    broker_ok: Callable[[Settings], bool | None]
    bench: Callable[[str], dict[str, Any]]
    benches: tuple[str, ...]
    train: Train

    def database(self) -> Database:
        """The database alone, for commands that need nothing else: the configured one, else the one `tawar up` keeps in
        its folder. Ends the command where there is neither."""
        settings = self.settings()
        own = settings.var / "tawar.db"
        if not settings.database_url and not own.exists():
            raise click.ClickException(
                f"TAWAR_DATABASE_URL is not set and there is no {own}: name the database, e.g. sqlite:////srv/tawar.db,"
                " or with TAWAR_VAR the folder of `tawar up`."
            )
        return Database(settings.database_url or f"sqlite:///{own}")

    def vault(self) -> Vault | None:
        """The keys alone: the configured ones, else those `tawar up` keeps in its folder; None where there are neither. Raises
        SettingsError if they are unfit."""
        settings = self.settings()
        kept = {name: _kept(settings.var / "keys" / name) for name in ("data", "index")}
        keys = {"data_key": settings.data_key or kept["data"], "index_key": settings.index_key or kept["index"]}
        return settings.model_copy(update=keys).vault() if any(keys.values()) else None


def _kept(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turns what an operator can mend into one message without a trace."""
    try:
        yield
    except (SettingsError, OSError) as error:
        raise click.ClickException(str(error)) from error


def allowed(settings: Settings, host: str) -> Settings:
    """The settings, if they may serve on `host`: demo mode answers on this machine only."""
    if settings.demo and host not in LOOPBACK:
        raise click.ClickException(f"Demo mode does not listen on {host}: unset TAWAR_DEMO, or use --host 127.0.0.1.")
    return settings
