"""The citizen's verdict: nobody else closes a ticket, and a word that might mean either is asked about again."""

from bot.dialogue import draft as drafts
from bot.dialogue import form
from bot.dialogue.talk import PLAIN, Talk, join, say
from bot.dialogue.values import AddToTicket, GiveVerdict, Reply, Turn

SHORT = 6


def ask(talk: Talk, *before: Reply) -> Turn:
    """Asks whether the problem is solved."""
    return form.ask(talk, "verdict", *before)


def answer(talk: Talk) -> Turn:
    """Solved, not solved, or words that are added to the ticket while the question stays open."""
    ticket = talk.own_ticket(talk.conversation.about)
    if ticket is None or ticket.state != "answered":
        return talk.again(talk.with_conversation(step=""))
    if talk.picked == "solved" or talk.gist == "yes":
        return _give(talk, ticket.number, solved=True)
    if talk.picked == "unsolved" or talk.gist == "no" or _is_plainly_no(talk) or _begins_with_no(talk):
        return _give(talk, ticket.number, solved=False)
    if talk.wants_back or talk.meaning or talk.choice is not None:
        return talk.again(talk.with_conversation(step=""))
    if drafts.is_elsewhere(talk, ticket.category) and drafts.sure_category(talk):
        return talk.again(talk.with_conversation(step="", about=""))
    told = say("verdict.noted", number=ticket.number)
    reply = join(told, form.question(talk, "verdict"))
    return talk.turn(reply, commands=(AddToTicket(ticket.number, talk.message.id),))


def _is_plainly_no(talk: Talk) -> bool:
    return talk.intent == "no" and dict(talk.weighed.intents).get("no", 0.0) >= PLAIN


def _begins_with_no(talk: Talk) -> bool:
    """ "No, still no water": the first word says it. A first "yes" proves nothing ("jee, pani abhi bhi nahi")."""
    first = talk.folded.split()[:1]
    return bool(first) and talk.world.lexicon.meanings.get(first[0]) == "no"


def _give(talk: Talk, number: str, *, solved: bool) -> Turn:
    key = "verdict.closed" if solved else "verdict.reopened"
    added = () if solved or talk.words < SHORT // 2 else (AddToTicket(number, talk.message.id),)
    return talk.turn(say(key, number=number), commands=(GiveVerdict(number, solved), *added), step="")
