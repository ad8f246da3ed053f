"""STOP, START and HELP as the carrier handles them in SMS: one word alone, in any case; it answers by itself."""

from handlers.simulator.exchange import Exchange
from handlers.simulator.values import Message

# Twilio's default keywords (its page on opt-out keywords).
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "UNSTOP", "YES"}
HELP = {"HELP", "INFO"}
SAYS = {
    "STOP": "You have successfully been unsubscribed. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data rates may apply.",
}


def obey(exchange: Exchange, message: Message) -> str:
    """Opts a phone out or in -> which keyword its SMS was: `STOP`, `START`, `HELP`, or nothing."""
    word, stopped = message.text.strip().upper(), exchange.opted_out
    if word in STOP:
        stopped.add(message.number)
        return "STOP"
    if word in START and message.number in stopped:
        stopped.discard(message.number)
        return "START"
    return "HELP" if word in HELP else ""
