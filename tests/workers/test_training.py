"""Anybody with texts can train the language model again, and gets the same file from the same texts."""

import random
from pathlib import Path

from bot.lexicon import read_model
from bot.text.answers import Lexicon
from workers.training.measure import measure, read_lines
from workers.training.romanise import Romaniser, bones_of_arabic, bones_of_roman, read_spellings
from workers.training.ways import main

TEXTS = {
    "en": "the road of our town is not good and nobody has come to see it",
    "ur": "ہمارے شہر کی سڑک اچھی نہیں ہے اور کوئی دیکھنے نہیں آیا",
    "bal": "مئے شہر ءِ راہ جوان نہ انت ءُ کس چارگ ءَ نیاتکگ",
    "ur_Latn": "hamare shehar ki sarak achi nahi hai aur koi dekhne nahi aya",
    "bal_Latn": "may shahr ay rah jowán na ent o kas chárag a nayátkag",
    "ps": "زموږ د ښار سړک ښه نه دی او هېڅوک نه راځي",
}


def write_texts(folder: Path) -> None:
    chance = random.Random(1)
    for way, text in TEXTS.items():
        lines = [" ".join(chance.choices(text.split(), k=6)) for _ in range(40)]
        (folder / f"{way}.txt").write_text("\n".join(lines), encoding="utf-8")


def test_training_is_repeatable_and_learns(tmp_path: Path) -> None:
    write_texts(tmp_path)
    main(str(tmp_path), str(tmp_path / "one"))
    main(str(tmp_path), str(tmp_path / "two"))
    packed = (tmp_path / "one").read_bytes()
    assert packed == (tmp_path / "two").read_bytes()
    tables, second = read_model(packed)
    report = measure(read_lines(tmp_path), Lexicon(ways=tables, second=second))
    assert all(f"{way}: 40/40 = 1.0000" in report for way in TEXTS)


def test_balochi_in_roman_letters_keeps_its_bones() -> None:
    hand = Romaniser(read_spellings("bal_Latn"), ["kanagá", "shekáyat"], 1)
    assert {hand.word("انت") for _ in range(50)} <= {"ent", "int", "enth", "inth", "ant"}
    assert all(bones_of_roman(hand.word("زالبول")) == bones_of_arabic("زالبول") for _ in range(50))
    assert hand.misspell("") == ""
