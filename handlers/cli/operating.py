"""tawar migrate, doctor and user."""

import sys
from datetime import timedelta

import click
from sqlalchemy.exc import IntegrityError

from bot.config import DATABASES, Settings, SettingsError
from bot.services.catch_up import catch_up
from bot.services.hands import utc_now
from bot.services.health import ask_carriers, look
from bot.services.sign_in import ROLES, add_account, hash_password
from bot.store import accounts, migrate
from bot.store.database import Database, DatabaseAway
from bot.vault import VaultError
from handlers.cli.parts import Parts, plain_errors

MIN_PASSWORD = 10
LATE_S = 60
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
        found = parts.settings().problems() + _trouble(parts)
        for line in found:
            click.echo(f"- {line}")
        click.echo(f"{len(found)} to mend." if found else "All is well.")
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

    return [migrate_command, doctor, catch_up_command, _user(parts)]


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


def _database_trouble(settings: Settings) -> str:
    db = Database(settings.database_url)
    try:
        return "" if migrate.is_current(db) else "the database has another version's form: run `tawar migrate`"
    except DatabaseAway:
        return "the database does not answer: check TAWAR_DATABASE_URL and that the server runs"
    finally:
        db.close()


def _user(parts: Parts) -> click.Group:
    user = click.Group("user", help="People at the desk.")

    @user.command(help="Adds a person; asks for the password. ROLE is " + ", ".join(ROLES) + ".")
    @click.argument("username")
    @click.argument("role", type=click.Choice(ROLES))
    @click.option("--department", default="", help="Code of the department, for an official.")
    @click.option("--name", default="", help="Name as colleagues see it.")
    @click.password_option()
    def add(username: str, role: str, department: str, name: str, password: str) -> None:
        _check_length(password)
        with plain_errors():
            hands = parts.hands(parts.settings())
        if role == "official" and department not in hands.directory.departments:
            raise click.ClickException(f"No department has the code {department!r}: give --department, e.g. PHED.")
        try:
            with hands.db.write() as tx:
                fields = {"username": username, "name": name or username, "role": role, "department": department}
                add_account(hands, tx, password=password, **fields)
        except IntegrityError as error:
            raise click.ClickException(f"The name {username!r} is taken: choose another.") from error
        click.echo(f"{username} may sign in as {role}.")

    @user.command(help="Sets a new password, and ends all sessions of that person.")
    @click.argument("username")
    @click.password_option()
    def password(username: str, password: str) -> None:
        _check_length(password)
        with parts.database().write() as tx:
            if not accounts.set_password(tx, username.casefold(), hash_password(password), utc_now()):
                raise click.ClickException(f"Nobody active is called {username!r}: see `tawar user list`.")
        click.echo(f"{username} has a new password and must sign in again.")

    _add_listing(user, parts)
    return user


def _check_length(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise click.ClickException(f"The password is too short: use at least {MIN_PASSWORD} characters.")


def _add_listing(user: click.Group, parts: Parts) -> None:
    """Who there is, and who no longer."""

    @user.command("list", help="Lists everybody.")
    def list_() -> None:
        with parts.database().read() as tx:
            for row in accounts.all_accounts(tx):
                state = "disabled" if row.disabled_at else "active"
                click.echo(f"{row.username}\t{row.role}\t{row.department or '-'}\t{state}")

    @user.command(help="Shuts an account and ends its sessions at once.")
    @click.argument("username")
    def disable(username: str) -> None:
        with parts.database().write() as tx:
            if not accounts.disable(tx, username.casefold(), utc_now()):
                raise click.ClickException(f"Nobody active is called {username!r}: see `tawar user list`.")
        click.echo(f"{username} is shut out.")
