"""Gathers the training lines of each way of writing: the steward's texts, our own word lists, and misspelt copies."""

import csv
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from bot.text.fold import fold
from bot.text.language import SPOKEN
from bot.text.ways import plain
from workers.training.romanise import Romaniser, bones_of_arabic, bones_of_roman, read_spellings

SEED = 7
MOST_LINES = 30_000
"""Lines read of one way; more Balochi books only make the training longer."""
ROMANISED = 12_000
LIST_TIMES = 20
"""How often a keyword of the directory counts: as a word met now and then, not as the language's commonest."""
MARKER_TIMES = 30
_LISTS = ("categories", "services")
_PLACES = ("districts", "tehsils", "divisions")
_SPOKEN_EVERYWHERE = (
    "salam slm assalam alaikum hello hi ok okay sir madam ji please plz pls thanks thank shukriya yes no number sms whatsapp "
    "office road street light gas bill meter line school college university hospital doctor dr nurse teacher police bus van "
    "bank form card computer internet network signal mobile phone tower cylinder transformer pole load shedding loadshedding "
    "voltage tanker boring pipe pump tube well gutter pension ration market bazar bazaar town colony union council ward "
    "committee minister assistant commissioner deputy officer station court case fir license online website app complaint "
    "karachi lahore islamabad pakistan balochistan baluchistan allah inshallah ramzan eid muhammad ali khan ahmed baloch "
    "سلام اللہ محمد علی خان احمد بلوچ بلوچستان پاکستان کراچی اسلام آباد نمبر فون بل میٹر دفتر رپورٹ ریکارڈ واٹس ایپ "
    "آپ ap aap حکومت وزیر اعلی ڈپٹی کمشنر اسسٹنٹ آفیسر کلاس فیس بک سکول اسپتال انتظامیہ"
)
CIVIC_TIMES = 10
COMPLAINT_TIMES = 3
"""How often a line written to learn complaints from counts: what people write to us about is what we are to tell apart."""
FEW_BONES = 3
"""Two consonants are the bones of too many words."""
EVERYDAY = 2_000
"""A word met once in so many is an everyday word."""
_SAID = re.compile('^(?:msgstr )?"(.+)"$', re.M)
_HOLES = re.compile(r"\{[^}]*\}|\\n|https?\S+")
_CLITIC = re.compile(" ?ء(?= |$)")


def read_folder(folder: Path) -> dict[str, list[str]]:
    """FOLDER/<way>.txt, one sentence a line -> folded lines a way."""
    found = {}
    for path in sorted(folder.glob("*.txt")):
        lines = [plain(fold(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        lines = list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
        found[path.stem] = sample(lines, MOST_LINES)
    return found


def sample(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else random.Random(SEED).sample(lines, most)  # noqa: S311 (a sample, not a secret)


def widen(texts: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The texts with what people do to them: clitics dropped or glued, vowels dropped, Roman spellings by ear."""
    chance = random.Random(SEED)  # noqa: S311
    service = service_lines()
    texts = {way: [*lines, *service.get(way, [])] for way, lines in texts.items()}
    wide = {way: list(lines) for way, lines in texts.items()}
    balochi, urdu = texts.get("bal", []), texts.get("ur", [])
    wide["bal"] = [line for text in balochi for line in (text, _careless(text, chance))]
    wide["ur"] = [line for text in urdu for line in (text, text.replace("ہ", "ھ") if chance.random() < 0.1 else text)]  # noqa: PLR2004
    for way, source in (("bal_Latn", balochi), ("ur_Latn", urdu)):
        real = texts.get(way, [])
        hand = Romaniser(read_spellings(way), (word for line in real for word in line.split()), SEED)
        made = [hand.line(_clitics_apart(line).split()) for line in sample(source, ROMANISED)]
        times = max(1, len(made) // max(1, 2 * len(real)))
        wide[way] = [*real, *(hand.misspell(line) for line in real for _ in range(times)), *made]
        wide[way] += [hand.misspell(line) for line in made]
    thumb = Romaniser({}, (), SEED)
    wide["en"] = [*wide.get("en", []), *(thumb.misspell(line) for line in wide.get("en", []))]
    for way, lines in keyword_lines().items():
        wide[way] = wide.get(way, []) + lines
    return wide


def _careless(line: str, chance: random.Random) -> str:
    """Balochi without its hamza, or with a plain letter in its stead: few keyboards have it."""
    instead = chance.choice(("", "", " ء", "ء", " ا", " ے"))
    return _CLITIC.sub(instead, line)


def _clitics_apart(line: str) -> str:
    return re.sub("(?<=[\u0621-\u06d3])ء(?= |$)", " ء", line)


def keyword_lines() -> dict[str, list[str]]:
    """The directory's own words for its categories and services, and the marker words, as short lines."""
    lines: dict[str, list[str]] = {}
    for row in (row for name in _LISTS for row in _rows(name)):
        for column, cell in row.items():
            if cell and (way := column.removeprefix("keywords_")) != column:
                lines.setdefault(way, []).extend([plain(fold(phrase)) for phrase in cell.split("|")] * LIST_TIMES)
    for row in _rows("markers"):
        lines.setdefault(row["way"], []).extend([fold(row["word"])] * (MARKER_TIMES * int(row["weight"]) // 5))
    return lines


def service_lines() -> dict[str, list[str]]:
    """Complaints written by hand for this purpose, and what the service itself says: the register nobody else prints."""
    lines: dict[str, list[str]] = {}
    for row in _written("civic"):
        lines.setdefault(row["way"], []).extend([plain(fold(row["line"]))] * CIVIC_TIMES)
    for way in ("en", "ur", "bal", "ur_Latn"):
        text = files("translations").joinpath(way, "messages.po").read_text(encoding="utf-8").partition("\n\n")[2]
        said = [plain(fold(_HOLES.sub(" ", line))) for line in _SAID.findall(text)]
        lines[way] = lines.get(way, []) + [line for line in said if line] * 2
    for row in _written("lines"):
        if row["way"] in SPOKEN:  # of its neighbours real texts tell more
            lines.setdefault(row["way"], []).extend([plain(fold(row["text"]))] * COMPLAINT_TIMES)
    return lines


def _written(name: str) -> Iterable[dict[str, str]]:
    with files("workers.training").joinpath(f"{name}.tsv").open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def _rows(name: str) -> Iterable[dict[str, str]]:
    with files("bot.data").joinpath(f"{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def shared_words(texts: Mapping[str, list[str]]) -> list[str]:
    """Names of places, and words of the directory's subjects that two languages of one script use: they must not decide."""
    markers = {fold(row["word"]) for row in _rows("markers")}
    lists = {way: {word for line in lines for word in line.split()} - markers for way, lines in keyword_lines().items()}
    arabic = _in_common(texts, lists, ("ur", "bal"))
    latin = _in_common(texts, lists, ("en", "ur_Latn", "bal_Latn"))
    # What Urdu and Balochi share in Arabic letters they share in Roman letters, however it is spelt (bijli, bejli).
    bones = {bones_of_arabic(word) for word in arabic}
    latin |= {word for word in lists["ur_Latn"] if len(word) > FEW_BONES and _is_in(bones, bones_of_roman(word))}
    loaned = (arabic | latin | _place_words()) - _everyday(texts) - markers
    return sorted(loaned | set(fold(_SPOKEN_EVERYWHERE).split()))


def _is_in(all_bones: set[str], bones: str) -> bool:
    return len(bones) >= FEW_BONES and bones in all_bones


def _everyday(texts: Mapping[str, list[str]]) -> set[str]:
    """The small words of every language: they tell it even where a village or a subject bears the same name."""
    found: set[str] = set()
    for lines in texts.values():
        counts = Counter(word for line in lines for word in line.split())
        found |= {word for word, times in counts.items() if times * EVERYDAY >= counts.total() and times > 1}
    return found


def _in_common(texts: Mapping[str, list[str]], lists: Mapping[str, set[str]], ways: Sequence[str]) -> set[str]:
    counts = {way: Counter(word for line in texts.get(way, []) for word in line.split()) for way in ways}
    topical = {word for way in ways for word in lists[way]}
    return {word for word in topical if sum(word in lists[way] or _is_used(word, counts[way]) for way in ways) > 1}


def _is_used(word: str, counts: Counter[str]) -> bool:
    return counts[word] * 20_000 >= counts.total()  # once in twenty thousand words: no slip and no quotation


def _place_words() -> set[str]:
    names = [cell for name in _PLACES for row in _rows(name) for key, cell in row.items() if _is_name(key) and cell]
    words = {word for cell in names for name in cell.split("|") for word in plain(fold(name)).split()}
    return {word for word in words if len(word) > 2}  # noqa: PLR2004 (a short one is a word of some language)


def _is_name(column: str) -> bool:
    return column in {"en", "ur", "ur_Latn", "bal", "aliases", "weak_aliases", "headquarters"}
