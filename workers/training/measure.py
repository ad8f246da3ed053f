"""Measures the shipped language model on kept-out lines: python -m workers.training.measure FOLDER [MODEL]."""

import sys
import time
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path

from bot.lexicon import read_model
from bot.text.answers import Lexicon
from bot.text.fold import fold
from bot.text.language import rank, read_way

LENGTHS = ((2, "1-2"), (4, "3-4"), (7, "5-7"), (99, "8+"))
Tally = dict[str, Counter[bool]]


def read_lines(folder: Path) -> list[tuple[str, str]]:
    """FOLDER/<way>.tsv with the text in the last column, or <way>.txt -> (way, text)."""
    paths = sorted([*folder.glob("*.tsv"), *folder.glob("*.txt")])
    return [
        (path.stem, line.split("\t")[-1])
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if line
    ]


def measure(lines: list[tuple[str, str]], lexicon: Lexicon) -> list[str]:
    """Accuracy by way and by length, what was taken for what, how often we would ask, each miss, and the time."""
    by_way: Tally = defaultdict(Counter)
    by_length: Tally = defaultdict(Counter)
    taken, asked, misses = Counter[str](), Counter[bool](), []
    for way, text in lines:
        folded = fold(text)
        guess, (sure, _) = rank(folded, lexicon), read_way(folded, lexicon)
        right = guess.way == way
        by_way[way][right] += 1
        by_length[next(name for most, name in LENGTHS if len(text.split()) <= most or most > 8)][right] += 1  # noqa: PLR2004
        if sure:
            asked[sure == way] += 1
        if not right:
            taken[f"{way} as {guess.way}"] += 1
            misses.append(f"{way} as {guess.way} ({guess.margin:.1f}{'' if sure else ', asks'}): {text}")
    whole = {"all": sum(by_way.values(), Counter()), "sure": asked}
    waits = [f"asks {len(lines) - asked.total()} of {len(lines)}", f"{_time(lines, lexicon):.1f} us a line"]
    confused = [f"{how}: {times}" for how, times in taken.most_common()]
    return [*_shares(by_way), *_shares(by_length), *_shares(whole), *waits, *confused, *misses]


def _shares(tally: Tally) -> list[str]:
    return [
        f"{name}: {seen[True]}/{seen.total()} = {seen[True] / max(1, seen.total()):.4f}"
        for name, seen in sorted(tally.items())
    ]


def _time(lines: list[tuple[str, str]], lexicon: Lexicon) -> float:
    folded = [fold(text) for _, text in lines]
    start = time.perf_counter()
    for text in folded:
        read_way(text, lexicon)
    return (time.perf_counter() - start) / max(1, len(folded)) * 1e6


def main(folder: str, model: str = "") -> None:
    packed = Path(model).read_bytes() if model else files("bot.data").joinpath("ways.json.gz").read_bytes()
    ways, second = read_model(packed)
    sys.stdout.write("\n".join(measure(read_lines(Path(folder)), Lexicon(ways=ways, second=second))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
