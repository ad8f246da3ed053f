"""tawar talk: the dialogue in a terminal, with the real directory and words, and no carrier, database or trace."""

import secrets
from datetime import UTC, datetime

import click

from bot.catalog import load_catalog, offered_languages
from bot.dialogue.engine import respond
from bot.dialogue.talk import DEFAULT_LANGUAGE
from bot.dialogue.values import Conversation, Message, OpenTicket, TicketView, World
from bot.directory import KINDS, read_directory
from bot.lexicon import build_lexicon
from bot.services.setup import shipped_rows
from bot.text.fold import clean
from bot.tickets import draw_number
from handlers.cli.parts import Parts


def commands(_: Parts) -> list[click.Command]:
    @click.command(help="Talk to the bot here. Ctrl-D ends it.")
    def talk() -> None:
        _Talk().run()

    return [talk]


class _Talk:
    def __init__(self) -> None:
        self._catalog = load_catalog()
        self._directory = read_directory({kind: shipped_rows(kind) for kind in KINDS})
        self._lexicon = build_lexicon(self._catalog)
        self._conversation = Conversation()
        self._tickets: list[TicketView] = []

    def run(self) -> None:
        for count, line in enumerate(iter(self._ask, None), 1):
            self._turn(Message(count, clean(line), datetime.now(UTC)))

    def _ask(self) -> str | None:
        try:
            return str(click.prompt(">", prompt_suffix=" ", default="", show_default=False))
        except click.Abort:
            return None

    def _turn(self, message: Message) -> None:
        turn = respond(self._conversation, message, self._world(message.at))
        self._conversation = turn.conversation
        language = turn.conversation.language or DEFAULT_LANGUAGE
        for reply in turn.replies:
            click.echo("< " + self._catalog.render(reply, language, turn.conversation.digits).replace("\n", "\n  "))
        for command in turn.commands:
            click.secho(f"! {type(command).__name__}", dim=True)
            if isinstance(command, OpenTicket):
                draft, due = command.draft, command.deadline
                view = TicketView(
                    command.number, draft.kind, "new", draft.category, command.department, due, message.at
                )
                self._tickets.insert(0, view)

    def _world(self, now: datetime) -> World:
        return World(
            now=now,
            directory=self._directory,
            lexicon=self._lexicon,
            languages=offered_languages(self._catalog),
            tickets=lambda: self._tickets,
            new_number=lambda: draw_number(secrets.randbelow),
        )
