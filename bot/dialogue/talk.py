"""One turn in the making: the message as read, and the few words in which an intent says what should come of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot import tickets
from bot.dialogue.values import Command, Conversation, Message, Option, Reply, Term, TicketView, Turn, Value, World
from bot.text import answers, places, reading, topics
from bot.text.fold import fold
from bot.text.intent import read_intent

_OF_LANGUAGE = frozenset(("weighed", "intent", "topics", "troubles", "named", "services"))
"""What is read of a message in a language."""
_OF_WORDS = _OF_LANGUAGE | {"folded", "words", "meaning", "choice", "gist", "ticket_number", "places", "own_tickets"}
"""What does not change with the conversation as long as the message is the same."""
BACK = Option("back", Term("option.back"))
PLAIN = 0.6
"""Probability from which a sentence is taken for what it seems to want besides a complaint, which is asked about anyway."""
MIN_WORDS = 2
"""A single word is known from the word lists or not at all."""
LIKELY = 0.05
"""Probability of a category from which it is worth offering: one message in twenty like this one means it."""
DEFAULT_LANGUAGE = "ur"
"""Spoken when nothing is known of the citizen: the province's common language."""


@dataclass(frozen=True)
class Talk:
    """`message` is what is being answered now: the one that came in, or one that was put aside earlier."""

    conversation: Conversation
    message: Message
    world: World
    again: Callable[["Talk"], Turn]
    """Answers a talk from the top of the table of intents, e.g. a message that was put aside."""

    @cached_property
    def folded(self) -> str:
        return fold(self.message.text)

    @cached_property
    def words(self) -> int:
        return len(self.folded.split())

    @cached_property
    def meaning(self) -> str:
        """yes, no, back, cancel, help, stop …, or empty."""
        return answers.read_meaning(self.folded, self.world.lexicon) or ""

    @cached_property
    def choice(self) -> int | None:
        return answers.read_choice(self.folded, self.world.lexicon)

    @cached_property
    def picked(self) -> str:
        """The id of the offered option that a button, a number, or the words of the line itself chose; empty if none."""
        offered = self.conversation.offered
        if self.message.button in offered:
            return self.message.button
        if self.choice and self.choice <= len(offered):
            return offered[self.choice - 1]
        return next((option for option in offered if self._is_label(option)), "")

    @cached_property
    def gist(self) -> str:
        """`yes` or `no` when that is all a short answer says, in however many words ("haan jee bhej do"); else empty."""
        return answers.read_gist(self.folded, self.world.lexicon)

    def _is_label(self, option: str) -> bool:
        kind, _, code = option.rpartition(":")
        if kind:
            names = self.world.directory.names_of(kind, code)
            return self.folded in {fold(name) for name in (*names.by_language.values(), *names.short.values())}
        return option in (self.meaning, *self.world.lexicon.labels.get(self.folded, ()))

    @cached_property
    def ticket_number(self) -> str:
        return tickets.read_number(self.folded) or ""

    @cached_property
    def own_tickets(self) -> Sequence[TicketView]:
        return self.world.tickets()

    @cached_property
    def weighed(self) -> reading.Weighed:
        """What the words by themselves want and complain of, with probabilities."""
        return reading.weigh(self.folded, self.conversation.language, self.world.lexicon, self.world.directory)

    @cached_property
    def intent(self) -> str:
        """What the words by themselves want, as `tawar evaluate` judges it."""
        return read_intent(self.folded, self.world.lexicon, self.weighed.intents, self.weighed.danger)

    @cached_property
    def topics(self) -> list[tuple[str, float]]:
        """The categories that are worth offering, with their probabilities, likeliest first."""
        return [(code, odds) for code, odds in self.weighed.topics if odds >= LIKELY]

    @cached_property
    def troubles(self) -> list[str]:
        """The two categories that the message tells of one after the other, or none."""
        world, spoken = self.world, self.conversation.language
        return reading.two_troubles(self.message.text, self.weighed, spoken, world.lexicon, world.directory)

    @cached_property
    def named(self) -> list[str]:
        """The categories whose own words stand in the message."""
        index = self.world.directory.topic_index
        return [code for code, _ in topics.find_topics(self.folded, self.conversation.language, index)]

    @cached_property
    def services(self) -> list[tuple[str, float]]:
        return topics.find_topics(self.folded, self.conversation.language, self.world.directory.service_index)

    @cached_property
    def places(self) -> list[places.Place]:
        return places.find_places(self.folded, self.world.directory.place_index)

    def wants(self, intent: str) -> bool:
        """Whether the message plainly wants that, and no question is open that it could be the answer to."""
        if not self.idle or self.meaning or self.choice is not None or self.words < MIN_WORDS or self.intent != intent:
            return False
        return dict(self.weighed.intents).get(intent, 0.0) >= PLAIN and self._is_language

    @property
    def _is_language(self) -> bool:
        """Whether half of the words were ever met: letters alone make a greeting of "blah blah"."""
        met = sum(self.world.lexicon.weights.knows(word) for word in self.folded.split())
        return 2 * met >= self.words

    @property
    def idle(self) -> bool:
        """No question is open that a free message could be the answer to."""
        return self.conversation.step in ("", "menu", "mine")

    @property
    def wants_back(self) -> bool:
        return self.choice == 0 or self.meaning == "back"

    def own_ticket(self, number: str) -> TicketView | None:
        """The contact's own ticket of that number; another person's is as unknown as none."""
        return next((ticket for ticket in self.own_tickets if ticket.number == number), None)

    def with_conversation(self, **changes: Any) -> "Talk":
        talk = replace(self, conversation=replace(self.conversation, **changes))
        # what was read of the message is read once a turn: reading costs more than all the rest of the dialogue
        kept = _OF_WORDS if talk.conversation.language == self.conversation.language else _OF_WORDS - _OF_LANGUAGE
        talk.__dict__.update({name: value for name, value in self.__dict__.items() if name in kept})
        return talk

    def with_message(self, message: Message) -> "Talk":
        return replace(self, message=message)

    def take_up(self) -> "Talk":
        """The talk about the message that was put aside, or about the present one when none was."""
        message = self.conversation.aside or self.message
        return replace(self, message=message, conversation=replace(self.conversation, aside=None, misses=0))

    def beside(self, reply: Reply, question: Reply | None, *commands: Command) -> Turn:
        """Says something by the way: where the conversation stands, and what was put aside, stay as they are."""
        was = self.conversation
        kept: dict[str, Any] = {"aside": was.aside, "misses": was.misses, "opened": was.opened}
        if question is None:
            return self.turn(reply, commands=commands, **kept)
        return self.turn(join(reply, question), commands=commands, **kept)

    def turn(self, *replies: Reply, commands: tuple[Command, ...] = (), **changes: Any) -> Turn:
        """Ends the turn: remembers the last list that was offered, forgets misunderstandings and what was put aside."""
        offered = next((_ids(reply) for reply in reversed(replies) if reply.options), ())
        changes = {"offered": offered, "misses": 0, "aside": None, "opened": None, **changes}
        return Turn(replace(self.conversation, **changes), replies, commands)


def _ids(reply: Reply) -> tuple[str, ...]:
    return tuple(option.id for option in reply.options if option.id != BACK.id)


def merge(first: Message | None, second: Message) -> Message:
    """Both messages as one: nothing that was put aside is lost to what was written after it."""
    if first is None or first.id == second.id:
        return second
    longer = next((text for text, part in ((second.text, first.text), (first.text, second.text)) if part in text), None)
    return replace(
        second,
        text=f"{first.text}\n{second.text}" if longer is None else longer,
        media=first.media + second.media,
        pin=second.pin or first.pin,
        earlier=(*first.ids, *second.earlier),
    )


def say(key: str, options: Sequence[Option] = (), **values: Value) -> Reply:
    """A sentence of the catalog."""
    return Reply(key, values, tuple(options))


def join(first: Reply, *more: Reply) -> Reply:
    """One message out of several; the last list of options is the one offered."""
    options = next((reply.options for reply in reversed((first, *more)) if reply.options), ())
    lines = (*first.lines, *(line for reply in more for line in (replace(reply, options=(), lines=()), *reply.lines)))
    return replace(first, options=options, lines=lines)
