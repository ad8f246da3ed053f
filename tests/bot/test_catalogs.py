"""Every language says all that English says, in its own letters, and short enough for a text message."""

import csv
import re
import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CODES = ("en", "ur", "ur_Latn", "bal")
FALLBACKS = {"en": ("en",), "ur": ("ur", "en"), "ur_Latn": ("ur_Latn", "en"), "bal": ("bal", "ur", "en")}
ASTRAY = set("يىكهةۃەۀۂۆێ")  # letters Pakistan's keyboards and presses do not use
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
MULTI_SCRIPT = {"language.welcome", "language.ask"}  # shown while nobody knows what the citizen reads
MAX_LABEL = 20  # characters of a WhatsApp button
REVIEW = ("attested", "built from attested words", "Urdu used")

# Messages as they go out: the keys joined, and the parts of an SMS they may fill with the directory's longest names.
ROUTINE, LIST = 2, 3
MENU = ("menu", "option.report", "option.service", "option.mine", "option.language")
BUDGETS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (ROUTINE, ("greeting", *MENU)),
    (ROUTINE, ("unclear", *MENU)),
    (ROUTINE, ("report.place", "option.back")),
    (ROUTINE, ("report.words", "option.back")),
    (ROUTINE, ("track.due", "track.write")),
    (ROUTINE, ("unclear.person", "question.opened")),
    (ROUTINE, ("opt.ask", "option.stop", "option.report", "option.back")),
    (ROUTINE, ("ticket.added", "option.new_complaint", "option.back")),
    (ROUTINE, ("service.which", "option.back")),
    # What may take three: lists, and two messages in one.
    (LIST, ("report.sector", "sectors", "option.back")),
    (LIST, ("unclear", "report.sector", "sectors", "option.back")),
    (LIST, ("report.summary", "report.confirm", "option.send", "option.change", "option.cancel")),
    (LIST, ("track.state", "verdict.ask", "option.solved", "option.unsolved", "option.back")),
    (LIST, ("track.late", "track.write")),
    (LIST, ("danger", "report.opened")),
    (LIST, ("help", "help.commands")),
)


@cache
def entries(code: str) -> tuple[Message, ...]:
    with (ROOT / "translations" / code / "messages.po").open("rb") as stream:
        return tuple(message for message in read_po(stream, abort_invalid=True) if message.id)


def texts(code: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in entries(code)}


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def names(table: str, code: str) -> list[str]:
    """What a citizen reads in `code` for each row of a table: the short name first, then the language's fall-backs."""
    with (ROOT / "bot" / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [f"short_{c}" for c in FALLBACKS[code]] + list(FALLBACKS[code])
    columns.sort(key=lambda column: FALLBACKS[code].index(column.removeprefix("short_")))
    return [next(row[column] for column in columns if row.get(column)) for row in rows]


def filled(code: str, keys: tuple[str, ...]) -> str:
    said = texts(code)
    values = {
        "number": "12345678",
        "department": max(names("departments", code), key=len),
        "category": max(names("categories", code), key=len),
        "state": max((text for key, text in said.items() if key.startswith("state.")), key=len),
        "date": "24 September" if code in {"en", "ur_Latn"} else "24 ستمبر",
        **dict.fromkeys(("draft", "place", "words", "title", "value", "text"), ""),
    }
    lines = []
    for key in keys:
        parts = names("sectors", code) if key == "sectors" else [said[key].format_map(values)]
        lines += [f"1 {part}" for part in parts] if key == "sectors" or key.startswith("option.") else parts
    return "\n".join(lines)


def parts_of_sms(text: str) -> int:
    """GSM 03.38: 160 characters alone or 153 a part; anything else goes as UCS-2, 70 alone or 67 a part."""
    alone, part = (160, 153) if set(text) <= GSM else (70, 67)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= alone else -(-units // part)


@pytest.mark.parametrize("code", CODES)
def test_says_all_that_english_says(code: str) -> None:
    english, said = texts("en"), texts(code)
    assert list(said) == list(english)
    assert len(entries(code)) == len(said), "a key stands twice"
    assert not [key for key, text in said.items() if not text.strip()]
    assert {key: placeholders(text) for key, text in said.items()} == {k: placeholders(t) for k, t in english.items()}


@pytest.mark.parametrize("code", CODES)
def test_letters_are_the_languages_own(code: str) -> None:
    said = {key: re.sub("{.*?}", "", text) for key, text in texts(code).items() if key not in MULTI_SCRIPT}
    latin = code in {"en", "ur_Latn"}
    assert not [key for key, text in said.items() if ASTRAY & set(text)]
    assert not [key for key, text in said.items() if latin and not set(text) <= GSM]
    assert not [key for key, text in said.items() if not latin and re.search("[a-z?,;]", text)]


def test_balochi_says_that_no_native_reader_has_seen_it() -> None:
    assert [str(m.id) for m in entries("bal") if not m.fuzzy or not " ".join(m.user_comments).startswith(REVIEW)] == []
    assert not [m.id for code in ("en", "ur", "ur_Latn") for m in entries(code) if m.fuzzy]


@pytest.mark.parametrize("code", CODES)
def test_messages_fit_their_parts_of_an_sms(code: str) -> None:
    messages = [(ROUTINE, (key,)) for key in texts(code)] + list(BUDGETS)
    assert [keys for budget, keys in messages if parts_of_sms(filled(code, keys)) > budget] == []
    assert not [key for key, text in texts(code).items() if key.startswith("option.") and len(text) > MAX_LABEL]


@pytest.mark.parametrize("code", CODES)
def test_every_word_it_tells_people_to_write_is_understood(code: str) -> None:
    tables = [tomllib.loads(path.read_text(encoding="utf-8"))["words"] for path in ROOT.glob("translations/*/*.toml")]
    known = {word for table in tables for words in table.values() for word in words}
    said = " ".join(texts(code)[key] for key in ("help.commands", "opt.stopped", "opt.started"))
    told = {"".join(found).casefold() for found in re.findall(r"\b([A-Z]{4,})\b|«(\w+)»", said)}
    assert len(told) >= 3
    assert told <= known
