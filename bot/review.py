"""Looks through the catalogs: missing keys, differing placeholders, texts that await a native reader, SMS segments."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from bot.catalog import Catalog
from bot.sms import measure

REFERENCE = "en"
_FILLED = 8
"""Characters a placeholder is taken to fill when segments are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One text of one language. `fault`: what must be mended, or empty."""

    language: str
    key: str
    segments: int
    awaits_review: bool
    fault: str


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def look_through(catalog: Catalog) -> Iterator[Finding]:
    """Every text of every language, against the English one. A language without a desk needs no desk texts."""
    for language in catalog.languages.values():
        domains = ("messages", "desk") if language.desk else ("messages",)
        for domain in domains:
            reference = catalog.domain(REFERENCE, domain)
            own = catalog.domain(language.code, domain)
            for key in sorted(reference.keys() | own.keys()):
                yield _finding(language.code, key, reference.get(key, ""), own.get(key, ""), catalog)


def _finding(language: str, key: str, english: str, text: str, catalog: Catalog) -> Finding:
    fault = ""
    if not text:
        fault = "missing"
    elif not english:
        fault = "unknown key"
    elif placeholders(text) != placeholders(english):
        fault = f"placeholders differ: {', '.join(sorted(placeholders(text) ^ placeholders(english)))}"
    filled = text
    for name in placeholders(text):
        filled = filled.replace("{" + name + "}", "0" * _FILLED)
    return Finding(language, key, measure(filled).segments, key in catalog.awaiting(language), fault)
