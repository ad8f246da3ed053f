"""The citizen's verdict: nobody else closes a ticket, and a word that might mean either is asked about again."""

import re
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue import draft as drafts
from bot.dialogue import form, greeting
from bot.dialogue.talk import PLAIN, Talk, join, say
from bot.dialogue.values import AddToTicket, Due, GiveVerdict, RateTicket, TicketView, Turn

SHORT = 6
REOPENED_WITHIN = timedelta(days=30)
"""How long after it ended a citizen may open a ticket again (a proposal of the project)."""
BEST = 5
ASKED = {"answered": "verdict", "lapsed": "verdict", "rejected": "verdict.again", "confirmed": "verdict.again"}
TOLD = {"solved": "verdict.closed", "partly": "verdict.partly", "unsolved": "verdict.reopened"}
_RATING = re.compile(r"([1-5])(?:\s*/\s*5)?(?:\s+(.*))?")


def question_of(ticket: TicketView, now: datetime) -> str:
    """The question a ticket that had its answer still leaves to the citizen; empty: none, or too late."""
    if ticket.ended_at is not None and now - ticket.ended_at > REOPENED_WITHIN:
        return ""
    return ASKED.get(ticket.state, "")


def answer(talk: Talk) -> Turn:
    """Solved, partly, not solved, or words that are added to the ticket while the question stays open."""
    ticket = talk.own_ticket(talk.conversation.about)
    if ticket is None or question_of(ticket, talk.world.now) != talk.conversation.step:
        return talk.again(talk.with_conversation(step=""))
    if given := _verdict(talk):
        return _give(talk, ticket.number, given)
    if talk.wants_back or talk.meaning or talk.choice is not None:
        return talk.again(talk.with_conversation(step=""))
    if drafts.is_elsewhere(talk, ticket.category) and drafts.sure_category(talk):
        return talk.again(talk.with_conversation(step="", about=""))
    told = say("verdict.noted", number=ticket.number)
    reply = join(told, form.question(talk, talk.conversation.step))
    return talk.turn(reply, commands=(AddToTicket(ticket.number, talk.message.id),))


def rate(talk: Talk) -> Turn:
    """1 to 5, with a word or without; anything else leaves it, and is answered as what it is."""
    ticket = talk.own_ticket(talk.conversation.about)
    found = _RATING.fullmatch(talk.folded)
    rating = int(found[1]) if found else talk.choice or 0
    if talk.wants_back or talk.gist == "no":
        return greeting.welcome_thanks(talk.with_conversation(step=""))
    if ticket is None or ticket.state != "confirmed" or not 1 <= rating <= BEST:
        return talk.again(talk.with_conversation(step=""))
    added = (AddToTicket(ticket.number, talk.message.id),) if found and found[2] else ()
    return talk.turn(say("verdict.rated"), commands=(RateTicket(ticket.number, rating), *added), step="")


def _verdict(talk: Talk) -> str:
    """What a message says of the answer; empty if nothing plain."""
    if talk.conversation.step == "verdict.again":
        return "unsolved" if talk.picked == "reopen" or talk.gist == "yes" else ""
    if talk.picked in form.VERDICTS:
        return talk.picked
    if talk.folded in talk.world.lexicon.cues["partly"]:
        return "partly"
    if talk.gist == "yes":
        return "solved"
    return "unsolved" if talk.gist == "no" or _is_plainly_no(talk) or _begins_with_no(talk) else ""


def _is_plainly_no(talk: Talk) -> bool:
    return talk.intent == "no" and dict(talk.weighed.intents).get("no", 0.0) >= PLAIN


def _begins_with_no(talk: Talk) -> bool:
    """ "No, still no water": the first word says it. A first "yes" proves nothing ("jee, pani abhi bhi nahi")."""
    first = talk.folded.split()[:1]
    return bool(first) and talk.world.lexicon.meanings.get(first[0]) == "no"


def _give(talk: Talk, number: str, given: str) -> Turn:
    """Says what becomes of it. Who is content is asked how good it was; who is not, what is still wrong."""
    says_more = given != "solved" and talk.words >= SHORT // 2
    added = (AddToTicket(number, talk.message.id),) if says_more else ()
    dated: dict[str, Any] = {} if given == "solved" else {"date": Due(number)}
    told, commands = say(TOLD[given], number=number, **dated), (GiveVerdict(number, given), *added)
    if given != "solved":
        return talk.turn(told, commands=commands, step="")
    reply = join(told, form.question(talk, "verdict.rate"))
    return talk.turn(reply, commands=commands, step="verdict.rate")
