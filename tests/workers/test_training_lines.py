"""The lines reading is trained on: whole, of known labels, and nobody's number among them."""

import re
from collections import Counter
from pathlib import Path

from bot.evaluation import parse_rows
from bot.text.fold import fold
from tests.bot.test_messages_file import INTENTS, ROWS
from tests.support import directory

LINES = (Path(__file__).parents[2] / "workers" / "training" / "lines.tsv").read_text(encoding="utf-8").splitlines()
BLIND = parse_rows((Path(__file__).parents[1] / "data" / "blind.tsv").read_text(encoding="utf-8"))
CELLS = [line.split("\t") for line in LINES[1:]]
WAYS = ("en", "ur", "ur_Latn", "bal", "bal_Latn", "ps", "sd", "fa")
MOBILE = re.compile(r"(?<!\d)(?:\+?92|0092|0)[\s-]?3\d\d[\s-]?\d{3,4}[\s-]?\d{3,4}(?!\d)")
CNIC = re.compile(r"(?<!\d)\d{5}-\d{7}-\d(?!\d)")


def test_every_line_is_whole() -> None:
    assert LINES[0] == "way\tintent\tcategory\ttext"
    assert {len(cells) for cells in CELLS} == {4}
    assert {way for way, *_ in CELLS} <= {"", *WAYS}  # empty: in no language, such as an emoji
    assert {intent for _, intent, *_ in CELLS} == set(INTENTS)
    assert {category for _, _, category, _ in CELLS} <= {"", *directory().categories}
    assert not [line for line in CELLS if line[2] and line[1] not in ("complaint", "emergency")]


def test_every_category_and_intent_is_there_in_every_way_of_writing() -> None:
    categories = Counter((way, category) for way, _, category, _ in CELLS)
    intents = Counter((way, intent) for way, intent, *_ in CELLS)
    for way in WAYS[:5]:
        missing = {code for code in directory().categories if categories[way, code] < 3} - {"other"}
        assert missing == set(), way
        assert all(intents[way, intent] >= 20 for intent in INTENTS), way


def test_nothing_kept_out_is_trained_on() -> None:
    kept = {fold(row["text"]) for row in (*(row for row in ROWS if row["part"] == "kept"), *BLIND)}
    assert [text for *_, text in CELLS if fold(text) in kept] == []


def test_nobodys_number_is_among_them() -> None:
    for text in (*(cells[-1] for cells in CELLS), *(row["text"] for row in BLIND)):
        plain = "".join(str(int(char)) if char.isdecimal() else char for char in text)
        for found in MOBILE.findall(plain):
            assert "3000000" in re.sub(r"\D", "", found), text
        assert not [card for card in CNIC.findall(plain) if card != "00000-0000000-0"], text
