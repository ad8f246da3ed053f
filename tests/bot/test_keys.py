"""Every text the code asks for is in the English catalog, and nothing in it is asked for by nobody."""

import re
from pathlib import Path

from bot import tickets
from bot.catalog import load_catalog
from bot.dialogue.form import QUESTIONS

ROOT = Path(__file__).parents[2]
ASKED = re.compile(r'(?:say|Term|Reply|_plain|_offered|\.text|ask_again|OPENED\[[^]]*\])\(\s*(?:talk, )?f?"([\w.{}]+)"')
LITERAL = re.compile(r'"([a-z_]+(?:\.[a-z_]+)+)"')
MADE = {
    *(f"state.{state}" for state in tickets.STATES),
    *(f"service.{kind}{doubt}" for kind in ("documents", "fee", "time", "place") for doubt in ("", "_unsure")),
}


def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot").rglob("*.py")))


def test_every_text_the_dialogue_asks_for_is_there() -> None:
    known = load_catalog().domain("en", "messages")
    asked = {key for key in ASKED.findall(code()) if "{" not in key}
    options = {
        f"option.{name}"
        for names in re.findall(r"_(?:terms|plain)\(([^)]*)\)", code())
        for name in re.findall(r'"([a-z_]+)"', names)
    }
    assert asked - set(known) == set()
    assert options - set(known) == set()
    assert MADE - set(known) == set()
    assert QUESTIONS


def test_no_text_is_left_over() -> None:
    known = set(load_catalog().domain("en", "messages"))
    spoken = set(LITERAL.findall(code())) | set(ASKED.findall(code())) | MADE
    left = {key for key in known - spoken if not key.startswith("option.")}
    assert left - {f"desk_reply.{action}" for action in ("reply", "ask", "resolve", "reject")} == set()
