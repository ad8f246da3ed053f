"""Writes Arabic-script text in Roman letters, many ways a word, as people text it: there is next to no corpus of that."""

import csv
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib.resources import files

LETTERS = {
    "ا": ("a", "a", "aa", "a"), "آ": ("a", "aa"), "ب": ("b",), "پ": ("p",), "ت": ("t",), "ٹ": ("t", "th", "t"), "ث": ("s",),
    "ج": ("j",), "چ": ("ch", "ch", "c"), "ح": ("h",), "خ": ("kh", "kh", "h"), "د": ("d",), "ڈ": ("d", "dh", "d"),
    "ذ": ("z",), "ر": ("r",), "ڑ": ("r", "rh", "d"), "ز": ("z",), "ژ": ("zh", "j"), "س": ("s",), "ش": ("sh", "sh", "s"),
    "ص": ("s",), "ض": ("z",), "ط": ("t",), "ظ": ("z",), "ع": ("a", ""), "غ": ("gh", "g"), "ف": ("f", "f", "ph"),
    "ق": ("q", "k"), "ک": ("k",), "گ": ("g",), "ل": ("l",), "م": ("m",), "ن": ("n",), "ں": ("n", "n", "n"),
    "ہ": ("h",), "ھ": ("h",), "ء": ("",), "ئ": ("",), "ؤ": ("o", "u"), "ے": ("e", "ay", "e", "ey", "y"),
}  # fmt: skip
_VOWEL_AT = {"و": ("o", "u", "oo", "au"), "ی": ("i", "i", "ee", "e", "ai", "y")}
_GLIDE_AT = {"و": ("w", "w", "v"), "ی": ("y",)}
_VOWELS = set("aeiou")
_STRONG = set("بپتٹثجچحخدڈذرڑزژسشصضطظغفقکگلمنہھ")
SHORT = ("a", "a", "a", "i", "e", "u", "o")


def read_spellings(way: str) -> dict[str, str]:
    """Words whose letters do not tell their vowels: the commonest of a language, in the spellings one meets."""
    with files("workers.training").joinpath("spellings.tsv").open(encoding="utf-8") as stream:
        return {row["word"]: row["spellings"] for row in csv.DictReader(stream, delimiter="\t") if row["way"] == way}


class Romaniser:
    """Writes words by a list, by words of the same bones met in Roman text, or letter by letter with a guess at vowels."""

    def __init__(self, listed: dict[str, str], roman_words: Iterable[str], seed: int) -> None:
        self._listed = {word: spellings.split() for word, spellings in listed.items()}
        self._met = _by_bones(roman_words)
        self._chance = random.Random(seed)  # noqa: S311 (spellings, not secrets)

    def line(self, words: Sequence[str]) -> str:
        return " ".join(filter(None, (self.word(word) for word in words)))

    def word(self, word: str) -> str:
        if spellings := self._listed.get(word):
            return self._chance.choice(spellings)
        met = self._met.get(bones_of_arabic(word)) if len(word) > 2 else None  # noqa: PLR2004 (too many words share two letters)
        if met and self._chance.random() < 0.5:  # noqa: PLR2004 (half and half keeps unlisted spellings known)
            return self._chance.choice(met)
        return self._spell(word)

    def _spell(self, word: str) -> str:
        out = ""
        for at, letter in enumerate(word):
            after = word[at + 1] if at + 1 < len(word) else ""
            if letter in _VOWEL_AT:
                glide = not out or out[-1] in _VOWELS or (after in "اآےویئ" and after != "")
                out += self._chance.choice((_GLIDE_AT if glide and len(word) > 1 else _VOWEL_AT)[letter])
            elif letter in LETTERS:
                out += self._chance.choice(LETTERS[letter])
                if letter in _STRONG and after in _STRONG and self._wants_vowel(word, at):
                    out += self._chance.choice(SHORT)
        return out

    def _wants_vowel(self, word: str, at: int) -> bool:
        """Two consonants meet: mostly a short vowel is heard between them, less so before the last letter."""
        return word[at + 1] != "ھ" and self._chance.random() < (0.75 if at + 2 < len(word) else 0.6)

    def misspell(self, line: str) -> str:
        """The line as a hurried thumb writes it: a vowel left out, ee for i, v for w, a doubled letter single."""
        return " ".join(self._blur(word) if self._chance.random() < 0.3 else word for word in line.split())  # noqa: PLR2004

    def _blur(self, word: str) -> str:
        old, new = self._chance.choice(BLURS)
        return re.sub(old, new, word, count=1) if len(word) > 2 else word  # noqa: PLR2004 (nothing would be left of it)


BLURS = (
    (r"(?<=\w)[aeiou](?=[^aeiou])", ""), ("i", "e"), ("ee", "i"), ("i", "ee"), ("oo", "u"), ("u", "o"), ("o", "u"), ("w", "v"),
    ("aa", "a"), ("a", "aa"), (r"(\w)\1", r"\1"), ("e$", "ay"), ("e$", "y"), ("ay$", "e"), ("th", "t"), ("kh", "k"), ("q", "k"),
    ("ai", "e"), ("h$", ""), ("sh", "s"), ("nt$", "n"), ("nt$", "nth"), ("ag$", "ak"), ("o", "oo"),
)  # fmt: skip
_GROUPS = (
    "sثصس",
    "zذضظزژ",
    "tطتٹ",
    "dدڈ",
    "rرڑ",
    "kقکخ",
    "gگغ",
    "bب",
    "pپف",
    "jج",
    "cچ",
    "sش",
    "lل",
    "mم",
    "nنں",
    "hحہھ",
    "wو",
    "yی",
    "aاآ",
)
_SAME = {letter: group[0] for group in _GROUPS for letter in group[1:]}


def bones_of_arabic(word: str) -> str:
    """The consonants of a word, so that it meets its Roman spellings."""
    bones = "".join(_SAME.get(letter, "") for letter in word)
    return re.sub("[ahwy]", "", bones[:1].replace("a", "") + bones[1:])


def bones_of_roman(word: str) -> str:
    word = word.replace("sh", "s").replace("ch", "c").replace("kh", "k").replace("gh", "g").replace("ph", "p")
    return re.sub("[aeiouhwy]", "", word.replace("f", "p").replace("q", "k").replace("v", "w").replace("zh", "z"))


def _by_bones(words: Iterable[str]) -> dict[str, list[str]]:
    met: dict[str, list[str]] = defaultdict(list)
    for word, count in Counter(words).items():
        bones = bones_of_roman(word)
        if len(bones) > 1:
            met[bones] += [word] * min(count, 5)
    return dict(met)
