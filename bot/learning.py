"""What may be learnt from a ticket that was put right, and whether reading became better by it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.directory import Directory, Row
from bot.limits import FALLBACK_CATEGORY
from bot.text.fold import fold
from bot.text.scrub import scrub

MIN_WORDS = 2
"""A single word is a keyword, for people to choose."""
MAX_CHARACTERS = 500
MEASURES = ("intent", "category_top1", "category_top3", "emergencies")
"""Shares that must not fall: what is wanted, the right category first, among the first three, and danger seen as danger."""
CHANCE = 0.01
"""A share may fall so far without anything having become worse: three of three hundred messages, nearest to the border."""
Figures = Mapping[str, Any]


def lesson(directory: Directory, ticket: Any, category: str, words: str) -> str:
    """The text that teaches `category`, without personal data; empty where nothing may be learnt.

    `ticket`: with its `category` and `sensitive` as they were. Sensitive matters teach nothing, neither what they are
    nor what they are not; and "something else" says only what a ticket is not about.
    """
    known = directory.categories.get(category)
    was = directory.categories.get(ticket.category)
    if known is None or category == FALLBACK_CATEGORY or ticket.unsafe:
        return ""
    if known.sensitive or ticket.sensitive or (was and was.sensitive):
        return ""
    text = scrub(words)[:MAX_CHARACTERS]
    return text if len(fold(text).split()) >= MIN_WORDS else ""


def teachable(learnt: Iterable[Row], categories: Iterable[Row]) -> list[Row]:
    """The examples (`category text`) without those of a category that is gone, or sensitive now."""
    open_to_all = {row["code"] for row in categories if row["sensitive"] != "yes"}
    return [row for row in learnt if row["category"] in open_to_all]


def distinct(learnt: Sequence[Row], kept_out: Sequence[str]) -> list[Row]:
    """Every example once, without the `kept_out` texts: who has seen the questions proves nothing by the answers."""
    seen = {("", fold(form)) for text in kept_out for form in (text, scrub(text))}
    rows: list[Row] = []
    for row in learnt:
        key = (row["category"], fold(row["text"]))
        if key not in seen and ("", key[1]) not in seen:
            seen.add(key)
            rows.append({"category": row["category"], "text": row["text"]})
    return rows


def figures_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an evaluation: the measures over all rows, and by way of writing. No text."""
    names = ("rows", *MEASURES)
    ways = {way: {name: own[name] for name in names} for way, own in result["by_language"].items()}
    return {**{name: result[name] for name in names}, "by_language": ways}


def worse_in(before: Figures, after: Figures) -> list[str]:
    """The measures over all rows that fell by more than CHANCE."""
    return [name for name in MEASURES if (after[name] or 0.0) < (before[name] or 0.0) - CHANCE]
