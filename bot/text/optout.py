"""Whether a message asks for no more announcements, in words that can mean nothing else."""

from collections.abc import Mapping, Set

MAX_WORDS = 14
_MOST = 3
KINDS = ("stop", "not", "send", "thing", "fill")


def asks_no_more(folded: str, words: Mapping[str, Set[str]]) -> bool:
    """Whether every word belongs to asking for no more messages, and the message says both what and no more of it.

    `words`: KINDS -> folded words or phrases. One word beside these ("stop sending wrong bills") makes it a complaint,
    and "do not stop" says the contrary. A false yes silences warnings, so whatever is in doubt is a no.
    """
    spoken, found = folded.split(), set()
    if not 1 < len(spoken) <= MAX_WORDS:
        return False
    at = 0
    while at < len(spoken):
        size, kinds = _longest(spoken, at, words)
        if not kinds:
            return False
        found |= kinds
        at += size
    ends = "stop" in found
    declines = "not" in found and "send" in found
    return "thing" in found and ends != ("not" in found) and (ends or declines)


def _longest(spoken: list[str], at: int, words: Mapping[str, Set[str]]) -> tuple[int, set[str]]:
    """(words of the longest known phrase that starts here, its kinds without `fill` where it is something else too)"""
    for size in range(min(_MOST, len(spoken) - at), 0, -1):
        phrase = " ".join(spoken[at : at + size])
        kinds = {kind for kind in KINDS if phrase in words.get(kind, ())}
        if kinds:
            return size, kinds
    return 0, set()
