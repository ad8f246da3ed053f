"""Every language says all that English says, in its own letters; how long it may be, tests/dialogue/test_segments.py says."""

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
ASTRAY = set("يىكهةۃەۀۂۆێ")  # letters Pakistan's keyboards and presses do not use
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
MULTI_SCRIPT = {"language.welcome", "language.ask"}  # shown while nobody knows what the citizen reads
MAX_LABEL = 20  # characters of a WhatsApp button
REVIEW = ("attested", "built from attested words", "Urdu used")


@cache
def entries(code: str) -> tuple[Message, ...]:
    with (ROOT / "translations" / code / "messages.po").open("rb") as stream:
        return tuple(message for message in read_po(stream, abort_invalid=True) if message.id)


def texts(code: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in entries(code)}


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


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
def test_an_option_fits_a_button(code: str) -> None:
    assert not [key for key, text in texts(code).items() if key.startswith("option.") and len(text) > MAX_LABEL]


@pytest.mark.parametrize("code", CODES)
def test_every_word_it_tells_people_to_write_is_understood(code: str) -> None:
    tables = [tomllib.loads(path.read_text(encoding="utf-8"))["words"] for path in ROOT.glob("translations/*/*.toml")]
    known = {word for table in tables for words in table.values() for word in words}
    said = " ".join(texts(code)[key] for key in ("help.commands", "opt.stopped", "opt.started"))
    told = {"".join(found).casefold() for found in re.findall(r"\b([A-Z]{4,})\b|«(\w+)»", said)}
    assert len(told) >= 3
    assert told <= known
