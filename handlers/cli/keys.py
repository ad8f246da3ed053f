"""tawar rotate-keys."""

import click

from bot.services.rotation import rotate
from bot.store.sealed import NUMBERS, SECRETS
from handlers.cli.parts import Parts, plain_errors

ROOMS = {"contacts": NUMBERS, "accounts": SECRETS}
SHOWN = 10
"""Rows named that could not be opened."""


def commands(parts: Parts) -> list[click.Command]:
    @click.command(
        "rotate-keys",
        help="Seals numbers, names and second steps anew with the first key of TAWAR_DATA_KEY.",
    )
    def rotate_keys() -> None:
        with plain_errors():
            vault = parts.vault()
        if vault is None:
            raise click.ClickException("TAWAR_DATA_KEY and TAWAR_INDEX_KEY are not set.")
        failed = []
        for what, room in ROOMS.items():
            rotated = rotate(parts.database(), vault, room)
            click.echo(f"{rotated.done} {what} sealed with the new key.")
            failed += [f"{what} {row}" for row in rotated.failed]
        if failed:
            raise click.ClickException(
                f"{len(failed)} could not be opened and stay as they are ({', '.join(failed[:SHOWN])}): keep the old keys in"
                " TAWAR_DATA_KEY, and add the one that is missing."
            )
        click.echo(
            "Nothing is left of the old keys: take them out of TAWAR_DATA_KEY once every process has the new one."
        )

    return [rotate_keys]
