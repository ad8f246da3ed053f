"""Replays a transcript through the pure engine: `>` the citizen, `<` the bot, `!` what is to be done, `@` time passes.

`#` is a remark. After `>` may stand [photo], [voice], [pin 25.12,62.32] or [button id]."""

import random
import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot import tickets
from bot.catalog import load_catalog, offered_languages
from bot.dialogue.engine import respond
from bot.dialogue.form import VERDICTS
from bot.dialogue.talk import DEFAULT_LANGUAGE
from bot.dialogue.values import (
    AddToTicket,
    Command,
    Conversation,
    CorrectTicket,
    Day,
    Due,
    GiveVerdict,
    Message,
    OpenTicket,
    RateTicket,
    Reply,
    TicketView,
    WithdrawTicket,
    World,
)
from bot.store import conversations
from bot.text.fold import clean
from tests.support import START, directory, lexicon

_MARK = re.compile(r"\[(photo|voice|pin|button)\s*([^\]]*)\]\s*")
_KINDS = {"photo": "image/jpeg", "voice": "audio/ogg"}


class Replay:
    def __init__(self) -> None:
        self.catalog = load_catalog()
        self.conversation = Conversation()
        self.tickets: list[TicketView] = []
        self.replies: list[Reply] = []
        """All that was said so far, before it was put into words."""
        self.now, self.count = START, 0
        self._chance = random.Random(11)

    def line(self, line: str) -> list[str]:
        """What the transcript shows for one line of the file: the line itself and what came of it."""
        if line.startswith(">"):
            return [line, *self.says(line[1:].strip())]
        if line.startswith("@"):
            self._pass(line[1:].strip())
        return [line]

    def says(self, text: str) -> list[str]:
        self.count += 1
        message = self._message(text)
        turn = respond(self.conversation, message, self._world())
        # Through the store's own form, so that nothing is remembered which would be forgotten in service.
        self.conversation = conversations.load(conversations.dump(turn.conversation))
        shown_commands = [self._done(command) for command in turn.commands]
        replies = [self._dated(reply) for reply in turn.replies]
        self.replies += replies
        language = turn.conversation.language or DEFAULT_LANGUAGE
        shown = [
            "< " + self.catalog.render(reply, language, turn.conversation.digits).replace("\n", "\n  ")
            for reply in replies
        ]
        return shown + shown_commands

    def _dated(self, reply: Reply) -> Reply:
        due = {t.number: Day(t.deadline) for t in self.tickets}
        values = {name: due[value.number] if isinstance(value, Due) else value for name, value in reply.values.items()}
        return replace(reply, values=values, lines=tuple(self._dated(line) for line in reply.lines))

    def _message(self, text: str) -> Message:
        message = Message(self.count, "", self.now)
        for kind, detail in _MARK.findall(text):
            if kind in _KINDS:
                message = replace(message, media=(*message.media, _KINDS[kind]))
            elif kind == "pin":
                latitude, longitude = map(float, detail.split(","))
                message = replace(message, pin=(latitude, longitude))
            else:
                message = replace(message, button=detail)
        return replace(message, text=clean(_MARK.sub("", text)))

    def _done(self, command: Command) -> str:  # noqa: PLR0911 one return a kind of command
        match command:
            case OpenTicket(number, draft, department, deadline):
                view = TicketView(
                    number, draft.kind, "new", draft.category, department, deadline, self.now, steps=1, code="7K2M-9QXD"
                )
                self.tickets.insert(0, view)
                place = draft.tehsil or draft.district or "-"
                return f"! open {number} {draft.kind} {draft.category} {place} {department} messages={list(draft.messages)}"
            case CorrectTicket(number, draft, department, deadline):
                changes = {"category": draft.category, "department": department, "deadline": deadline}
                self.tickets = [replace(t, **changes) if t.number == number else t for t in self.tickets]
                place = draft.tehsil or draft.district or "-"
                return f"! correct {number} {draft.category} {place} {department} messages={list(draft.messages)}"
            case WithdrawTicket(number):
                self._set(number, "withdrawn")
                return f"! withdraw {number}"
            case AddToTicket(number, message):
                return f"! add message {message} to {number}"
            case GiveVerdict(number, verdict):
                state = {"solved": "confirmed", "partly": "in_progress", "unsolved": "disputed"}[verdict]
                self._set(number, state, self.now if verdict == "solved" else None)
                return f"! verdict {number} {verdict}"
            case RateTicket(number, rating):
                return f"! rate {number} {rating}"
            case _:
                return f"! {type(command).__name__}"

    def _pass(self, event: str) -> None:
        """`20 hours pass`, or `the official resolves`: the desk's part, told in the transcript."""
        if found := re.fullmatch(r"(\d+) (hours|minutes) pass", event):
            self.now += timedelta(**{found[2]: int(found[1])})
            return
        assert event == "the official resolves", event
        number = self.tickets[0].number
        self._set(number, "answered")
        asked = {"about": number, "step": "verdict", "offered": VERDICTS, "opened": None}
        self.conversation = replace(self.conversation, **asked)

    def _set(self, number: str, state: str, ended_at: datetime | None = None) -> None:
        self.tickets = [replace(t, state=state, ended_at=ended_at) if t.number == number else t for t in self.tickets]

    def _world(self) -> World:
        return World(
            now=self.now,
            directory=directory(),
            lexicon=lexicon(),
            languages=offered_languages(self.catalog),
            tickets=lambda: self.tickets,
            new_number=lambda: tickets.draw_number(self._chance.randrange),
        )


def replay(text: str) -> str:
    """The transcript as the engine tells it today: the file's own `<` and `!` lines are made anew."""
    talk, shown = Replay(), []
    for line in text.splitlines():
        if not line.startswith(("<", "!", "  ")):
            shown += talk.line(line)
    return "\n".join(shown) + "\n"
