"""tawar templates: the WhatsApp texts Meta must approve, how each stands, and handing them in."""

import click

from bot.carriers.templates import TemplateError
from bot.services import templates
from bot.store.database import DatabaseAway
from handlers.cli.parts import Parts, plain_errors


def commands(parts: Parts) -> list[click.Command]:
    @click.command("templates", help="Lists name, language, state and reason of every WhatsApp template.")
    @click.option("--submit", is_flag=True, help="Hands in what is new or has changed; approval takes up to a day.")
    @click.option("--fetch", is_flag=True, help="Asks the carrier first how each stands.")
    def templates_command(submit: bool, fetch: bool) -> None:
        with plain_errors():
            hands = parts.hands(parts.settings())
        try:
            if submit:
                for name in templates.submit(hands):
                    click.echo(f"handed in: {name}", err=True)
            if fetch:
                templates.fetch(hands)
            for row in templates.standing(hands):
                click.echo("\t".join((row.name, row.language, row.state, row.reason or "-")))
        except TemplateError as error:
            raise click.ClickException(str(error)) from error
        except DatabaseAway as error:
            raise click.ClickException(
                "The database does not answer, or has another version's form: run `tawar migrate`."
            ) from error
        finally:
            hands.db.close()

    return [templates_command]
