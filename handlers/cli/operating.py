"""tawar migrate, doctor and catch-up."""

import sys
from datetime import timedelta

import click

from bot.chain import Broken
from bot.clock import KARACHI
from bot.config import DATABASES, Settings, SettingsError
from bot.media.sounds import find_ffmpeg
from bot.services.catch_up import catch_up
from bot.services.hands import utc_now
from bot.services.health import ask_carriers, look
from bot.services.setup import shipped_rows
from bot.services.verifying import Whole, verify
from bot.store import migrate
from bot.store.database import Database, DatabaseAway
from bot.timetable import read_timetable, warning
from bot.vault import VaultError
from handlers.cli.parts import Parts, plain_errors

LATE_S = 60
BROKEN = {
    "changed": "it is not what was written.",
    "missing": "one is missing.",
    "words": "the words beside it are not what was written.",
}
NO_FFMPEG = (
    "Without ffmpeg, which is not installed, voice of old phones (AMR, AAC, MP3, M4A, 3GP) does not play in the browser,"
    " citizens' films keep the place where they were taken, and officials cannot answer with M4A voice or a film."
)
YEAR_H = 366 * 24


def commands(parts: Parts) -> list[click.Command]:
    @click.command("migrate", help="Brings the database to this version's form.")
    def migrate_command() -> None:
        try:
            with plain_errors():
                migrate.upgrade(parts.database(), vault=parts.vault())
        except VaultError as error:
            raise click.ClickException(f"{error}.") from error
        click.echo("The database has this version's form.")

    @click.command(help="Names everything missing or unsafe, at once.")
    def doctor() -> None:
        found = parts.settings().problems() + _trouble(parts) + _calendar_trouble()
        for line in found:
            click.echo(f"- {line}")
        click.echo(f"{len(found)} to mend." if found else "All is well.")
        if not find_ffmpeg():
            click.echo(NO_FFMPEG)
        sys.exit(1 if found else 0)

    @click.command(
        "catch-up", help="Takes in what citizens sent while nothing here answered, from carriers that still have it."
    )
    @click.option("--hours", type=click.IntRange(1, YEAR_H), help="Look so far back; else since the last message.")
    def catch_up_command(hours: int | None) -> None:
        with plain_errors():
            settings = parts.settings()
            settings.check()
        if trouble := _database_trouble(settings):
            raise click.ClickException(f"{trouble[0].upper()}{trouble[1:]}.")
        try:
            hands = parts.hands(settings)
            since = utc_now() - timedelta(hours=hours) if hours else None
            for name, count in catch_up(hands, since).items():
                told = "cannot be asked for missed messages" if count is None else f"{count} missed, taken in now"
                click.echo(f"{name}\t{told}")
        except DatabaseAway as error:
            raise click.ClickException("The database does not answer: check TAWAR_DATABASE_URL.") from error

    return [migrate_command, doctor, catch_up_command, _verify(parts)]


def _verify(parts: Parts) -> click.Command:
    @click.command("verify", help="Reads the whole history of all tickets and names the first thing that was changed.")
    def verify_command() -> None:
        match verify(parts.database()):
            case Broken("", seq, _):
                raise click.ClickException(
                    f"The history is broken: events that seal {seq} covers were changed or taken out. Compare with a backup."
                )
            case Broken(number, seq, what):
                raise click.ClickException(
                    f"Ticket {number} is broken at event {seq}: {BROKEN[what]} Compare with a backup."
                )
            case Whole(tickets, told, seal):
                click.echo(f"{tickets} tickets with {told} events are whole.")
                click.echo(f"Newest seal: {seal or 'none yet; the clock seals what is an hour old'}")

    return verify_command


def _trouble(parts: Parts) -> list[str]:
    """What is wrong with the database and the queue, as sentences."""
    settings = parts.settings()
    if not settings.database_url.startswith(DATABASES):
        return []
    if trouble := _database_trouble(settings):
        return [trouble]
    if settings.problems():
        return []
    found = []
    if parts.broker_ok(settings) is False:
        found.append("the broker does not answer: check TAWAR_REDIS_URL; answers leave a second later meanwhile")
    try:
        hands = parts.hands(settings)
    except SettingsError as error:
        return [*found, str(error)]
    found += [f"{name}: {trouble}" for name, trouble in ask_carriers(hands.carriers).items() if trouble]
    health = look(hands)
    if health.oldest_unsent_s > LATE_S:
        found.append(f"the oldest unsent message waits for {health.oldest_unsent_s:.0f} s: is a worker running?")
    return found


def _calendar_trouble() -> list[str]:
    timetable = read_timetable(shipped_rows("hours"), shipped_rows("calendar"))
    told = warning(timetable, utc_now().astimezone(KARACHI).date())
    return [told] if told else []


def _database_trouble(settings: Settings) -> str:
    db = Database(settings.database_url)
    try:
        return "" if migrate.is_current(db) else "the database has another version's form: run `tawar migrate`"
    except DatabaseAway:
        return "the database does not answer: check TAWAR_DATABASE_URL and that the server runs"
    finally:
        db.close()
