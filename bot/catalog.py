"""Every word the service says, in a language: texts, dates and lists, with each language's own fall-backs."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from bot.clock import KARACHI
from bot.dialogue.values import Day, Reply, Term, Value
from bot.names import Names
from bot.text.digits import ASCII, write_digits

BACK = "back"
DOMAINS = ("messages", "desk")
"""`messages`: what citizens read. `desk`: what officials read; a language without it is not offered there."""


@dataclass(frozen=True, slots=True)
class Language:
    """One folder of `translations/`: `chain` is the language and its fall-backs, in order."""

    code: str
    name: str
    direction: str
    html: str
    desk: bool
    chain: tuple[str, ...]
    folder: Mapping[str, Any]
    """language.toml as it stands: words, numbers, dates, units."""


class Catalog:
    """All languages. Raises KeyError for a text no language has: a missing key is a bug a test must find."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        domains: Mapping[tuple[str, str], Mapping[str, str]],
        awaiting: Mapping[str, frozenset[str]],
    ) -> None:
        """`domains`: (language, domain) -> key -> text; `awaiting`: language -> keys that await a native reader.

        A language with `reviewed_only` says none of these: its fall-back does. Roman Balochi needs that: its readers can
        read Balochi, and nothing in print shows how they would write.
        """
        self.languages = languages
        self._domains, self._awaiting = domains, awaiting
        self._texts: dict[str, dict[str, str]] = {code: {} for code in languages}
        for (code, _), texts in domains.items():
            unread = awaiting.get(code, frozenset()) if languages[code].folder.get("reviewed_only") else frozenset()
            self._texts[code] |= {key: text for key, text in texts.items() if key not in unread}

    def text(self, language: str, key: str, **values: Value) -> str:
        """The text of `key`, its placeholders filled."""
        return self._say(language, key, values, self._style(language))

    def render(self, reply: Reply, language: str, digits: str = "") -> str:
        """A whole message: its sentences, then its options as numbered lines (0 goes back).

        `digits`: the family the citizen writes (see bot/text/digits.py); empty: the language's own.
        """
        return str(self.compose(reply, language, digits)["text"])

    def compose(self, reply: Reply, language: str, digits: str = "") -> dict[str, Any]:
        """A message as the outbox keeps it: `text` whole, as `render`; and where there are options, for a carrier with
        buttons and lists, `body` without them and `choices` ([id, label] each)."""
        style = self._style(language, digits)
        said = [self._say(language, part.key, part.values, style) for part in (reply, *reply.lines)]
        labels = [(option.id, self._value(language, option.label, style)) for option in reply.options]
        numbered = [label for id_, label in labels if id_ != BACK]
        lines = [f"{write_digits(str(n), style)} {label}" for n, label in enumerate(numbered, 1)]
        lines += [f"{write_digits('0', style)} {label}" for id_, label in labels if id_ == BACK]
        whole = {"text": "\n".join(said + lines)}
        return whole | {"body": "\n".join(said), "choices": labels} if labels else whole

    def name(self, language: str, names: Names, *, short: bool = False) -> str:
        return names.in_(self.chain(language), short=short)

    def day(self, language: str, at: datetime) -> str:
        """The date of `at` in Karachi, e.g. 21 نومبر."""
        local, dates = at.astimezone(KARACHI), self.language(language).folder["dates"]
        month, weekday = dates["months"][local.month - 1], dates["days"][local.weekday()]
        return str(dates["short"]).format(day=local.day, month=month, year=local.year, weekday=weekday)

    def language(self, code: str) -> Language:
        return self.languages.get(code) or self.languages["ur"]

    def chain(self, language: str) -> tuple[str, ...]:
        return self.language(language).chain

    def domain(self, language: str, domain: str) -> Mapping[str, str]:
        """The texts a language's own catalog holds, by key; no fall-backs."""
        return self._domains.get((language, domain), {})

    def awaiting(self, language: str) -> frozenset[str]:
        """Keys of texts that await a native reader (`fuzzy` in the source); known only where the sources are."""
        return self._awaiting.get(language, frozenset())

    def _template(self, language: str, key: str) -> str:
        for code in self.chain(language):
            if text := self._texts[code].get(key):
                return text
        raise KeyError(f"no catalog has the text {key!r}; add it to translations/en/")

    def _style(self, language: str, digits: str = "") -> str:
        """The digits we write: the citizen's among Arabic letters only; one of them would double a Latin text's SMS."""
        folder = self.language(language).folder
        own = folder.get("digits", {}).get("style", ASCII)
        return str((digits or own) if folder.get("script") == "Arab" else own)

    def _say(self, language: str, key: str, values: Mapping[str, Value], style: str) -> str:
        template = write_digits(self._template(language, key), style)
        return template.format_map({name: self._value(language, value, style) for name, value in values.items()})

    def _value(self, language: str, value: Value, style: str) -> str:
        """Digits of names and of plain text stay: they are dialled, typed or copied, and must be found unchanged."""
        match value:
            case Names():
                return self.name(language, value, short=True)
            case Term():
                return self._say(language, value.key, {}, style)
            case Day():
                return write_digits(self.day(language, value.at), style)
            case int():
                return write_digits(str(value), style)
            case _:
                return str(value)


@cache
def load_catalog() -> Catalog:
    """Reads `translations/`: one folder a language. Raises ValueError naming a folder that cannot be read."""
    folders = [entry for entry in files("translations").iterdir() if entry.joinpath("language.toml").is_file()]
    languages = sorted((_language(folder) for folder in folders), key=lambda pair: pair[1])
    paths = {folder.name: Path(str(folder)) for folder in folders}
    domains = {(code, domain): _texts(path, domain) for code, path in paths.items() for domain in DOMAINS}
    awaiting = {code: _awaiting(path) for code, path in paths.items()}
    return Catalog({language.code: language for language, _ in languages}, domains, awaiting)


def _language(folder: Traversable) -> tuple[Language, int]:
    try:
        data = tomllib.loads(folder.joinpath("language.toml").read_text(encoding="utf-8"))
        chain = (data["code"], *data["fallback"])
        language = Language(
            data["code"], data["name"], data["direction"], data["html"], bool(data["desk"]), chain, data
        )
        return language, int(data["position"])
    except (KeyError, ValueError) as error:
        raise ValueError(f"translations/{folder.name}/language.toml cannot be read: {error}; mend that file") from error


def _texts(folder: Path, domain: str) -> dict[str, str]:
    """The compiled catalog, or the source compiled in memory where that is newer or alone."""
    source, compiled = folder / f"{domain}.po", folder / f"{domain}.mo"
    if compiled.exists() and not (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
        with compiled.open("rb") as stream:
            return {str(m.id): str(m.string) for m in read_mo(stream) if m.id and m.string}
    return {str(m.id): str(m.string) for m in _source(source) if m.id and m.string}


def _awaiting(folder: Path) -> frozenset[str]:
    return frozenset(str(m.id) for domain in DOMAINS for m in _source(folder / f"{domain}.po") if m.id and m.fuzzy)


def _source(path: Path) -> list[Message]:
    if not path.exists():
        return []
    with path.open("rb") as stream:
        return list(read_po(stream))


def offered_languages(catalog: Catalog) -> Sequence[tuple[str, str]]:
    """(code, own name) of every language, in the order citizens are offered them."""
    return [(language.code, language.name) for language in catalog.languages.values()]
