"""tawar rotate-keys."""

import click

from bot.services.rotation import rotate
from handlers.cli.parts import Parts, plain_errors

SHOWN = 10
"""Contacts named that could not be opened."""


def commands(parts: Parts) -> list[click.Command]:
    @click.command("rotate-keys", help="Seals numbers and names anew with the first key of TAWAR_DATA_KEY.")
    def rotate_keys() -> None:
        with plain_errors():
            vault = parts.vault()
        if vault is None:
            raise click.ClickException("TAWAR_DATA_KEY and TAWAR_INDEX_KEY are not set.")
        rotated = rotate(parts.database(), vault)
        click.echo(f"{rotated.done} contacts sealed with the new key.")
        if rotated.failed:
            some = ", ".join(map(str, rotated.failed[:SHOWN]))
            raise click.ClickException(
                f"{len(rotated.failed)} could not be opened and stay as they are (contacts {some}): keep the old keys in"
                " TAWAR_DATA_KEY, and add the one that is missing."
            )
        click.echo(
            "Nothing is left of the old keys: take them out of TAWAR_DATA_KEY once every process has the new one."
        )

    return [rotate_keys]
