"""tawar user: who may sign in. What is done here is the operator's, and the audit log says so."""

import click
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.permissions import ROLES
from bot.services.hands import utc_now
from bot.services.passwords import MIN_PASSWORD, hash_password
from bot.services.sign_in import add_account
from bot.store import accounts, audit, second_steps
from handlers.cli.parts import Parts, plain_errors


def commands(parts: Parts) -> list[click.Command]:
    user = click.Group("user", help="People at the desk.")
    for add in (_add_adding, _add_password, _add_listing, _add_disabling, _add_resetting):
        add(user, parts)
    return [user]


def _add_adding(user: click.Group, parts: Parts) -> None:
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
                _note(tx, "account_added", username, role=role, department=department)
        except IntegrityError as error:
            raise click.ClickException(f"The name {username!r} is taken: choose another.") from error
        click.echo(f"{username} may sign in as {role}.")


def _add_password(user: click.Group, parts: Parts) -> None:
    @user.command(help="Sets a new password, and ends all sessions of that person.")
    @click.argument("username")
    @click.password_option()
    def password(username: str, password: str) -> None:
        _check_length(password)
        with parts.database().write() as tx:
            if not accounts.set_password(tx, username.casefold(), hash_password(password), utc_now()):
                raise _nobody(username)
            _note(tx, "password_changed", username)
        click.echo(f"{username} has a new password and must sign in again.")


def _add_listing(user: click.Group, parts: Parts) -> None:
    @user.command("list", help="Lists everybody.")
    def list_() -> None:
        with parts.database().read() as tx:
            for row in accounts.all_accounts(tx):
                state = "disabled" if row.disabled_at else "active"
                click.echo(f"{row.username}\t{row.role}\t{row.department or '-'}\t{state}")


def _add_disabling(user: click.Group, parts: Parts) -> None:
    @user.command(help="Shuts an account and ends its sessions at once.")
    @click.argument("username")
    def disable(username: str) -> None:
        with parts.database().write() as tx:
            if not accounts.disable(tx, username.casefold(), utc_now()):
                raise _nobody(username)
            _note(tx, "account_disabled", username)
        click.echo(f"{username} is shut out.")


def _add_resetting(user: click.Group, parts: Parts) -> None:
    @user.command(
        "reset-second-step",
        help="Takes the second step, recovery codes and passkeys from somebody who lost their phone, and ends their sessions."
        " Make sure first that it is they who ask.",
    )
    @click.argument("username")
    def reset(username: str) -> None:
        with parts.database().write() as tx:
            account = accounts.find(tx, username.casefold())
            if account is None or account.disabled_at is not None:
                raise _nobody(username)
            had_any = second_steps.remove_all(tx, account.id)
            accounts.end_sessions(tx, account.id, utc_now())
            _note(tx, "second_step_reset", username)
        told = "signs in with the password alone, or sets up a new second step" if had_any else "had no second step"
        click.echo(f"{username} {told}; their sessions are ended.")


def _note(tx: Connection, action: str, username: str, **data: str) -> None:
    audit.note(tx, utc_now(), None, action, f"account:{username.casefold()}", **data)


def _nobody(username: str) -> click.ClickException:
    return click.ClickException(f"Nobody active is called {username!r}: see `tawar user list`.")


def _check_length(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise click.ClickException(f"The password is too short: use at least {MIN_PASSWORD} characters.")
