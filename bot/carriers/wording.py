"""What Meta and Twilio ask of a text with variables: how a value is made fit, and what is wrong with a template."""

import json
import re
from collections.abc import Mapping, Sequence

from bot.text.cutting import length

MAX_BODY = 1024
"""UTF-16 units of a template's or a list's body (Twilio's pages on content types)."""
MAX_VARIABLES = 100
WORDS_EACH = 2
"""Words that are no variable: at least (2x+1) beside x variables (Meta's rules, as Twilio's guide to approval gives them)."""
_PLACE = re.compile(r"\{\{(.*?)\}\}")
_NO_LETTERS = re.compile(r"[\W_]*")


def plain(value: str) -> str:
    """A variable's value as it may be sent: one line, single spaces, never empty (Twilio's error 21656 lists what is
    refused), and no straight apostrophe (twilio-node issue 1082: 21656 for those too)."""
    return " ".join(value.split()).replace("'", "\u2019") or "-"


def as_json(values: Mapping[str, str]) -> str:
    """Values by the names of their places, as a message carries them."""
    return json.dumps({name: plain(value) for name, value in values.items()}, ensure_ascii=False)


def faults(body: str, samples: Sequence[str]) -> list[str]:
    """What approval would be refused for, as far as it can be told from here; a sample belongs to each variable."""
    names = _PLACE.findall(body)
    parts = _PLACE.split(body)[::2]
    wanted = [str(n) for n in range(1, len(names) + 1)]
    words = [word for part in parts for word in part.split() if not _NO_LETTERS.fullmatch(word)]
    found = {
        "the variables are not numbered from 1 in their order": names != wanted,
        "it begins or ends with a variable": bool(names) and not (_says(parts[0]) and _says(parts[-1])),
        "two variables stand side by side": not all(_says(part) for part in parts[1:-1]),
        "it has too few words beside its variables": bool(names) and len(words) < WORDS_EACH * len(names) + 1,
        "it has too many variables": len(names) > MAX_VARIABLES,
        "it is too long": length(body) > MAX_BODY,
        "its samples are not as many as its variables": len(samples) != len(names),
        "a sample is not plain": any(sample != plain(sample) for sample in samples),
    }
    return [fault for fault, is_there in found.items() if is_there]


def _says(part: str) -> bool:
    """Whether it has a letter or digit: a full stop after a variable does not keep it from being the end."""
    return not _NO_LETTERS.fullmatch(part)
