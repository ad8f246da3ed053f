"""`tawar bench reading`: the cost of each step of reading, beside one pass over the characters and langdetect as shipped."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from langdetect import DetectorFactory, detect

from bot.catalog import load_catalog
from bot.directory import KINDS, read_directory
from bot.lexicon import build_lexicon
from bot.services.setup import shipped_rows
from bot.text import language, places
from bot.text.fold import fold
from bot.text.reading import read_message, weigh
from workers.bench.turns import bench_turns

ROUNDS = 15
TEXTS = (
    "پانی نہیں آ رہا، تربت میں تین دن سے، بچے بیمار ہو رہے ہیں",
    "مئے میتگ ءَ آپ نیست، تربت",
    "No electricity in Gwadar since yesterday morning, the transformer is burnt",
    "bijli ka bill bohat ghalat aya hai Khuzdar mein, meter theek hai",
    "may metag a ap nest o bejli ham nest, Turbat",
    "ڈومیسائل کے لیے کون سے کاغذات چاہیے اور فیس کتنی ہے",
    "the doctor is absent and there is no medicine in the BHU, please help",
    "gali mein kachra para hai koi nahi uthata Quetta Satellite Town",
)
MICRO = 1_000_000


def bench_reading() -> dict[str, Any]:
    """Microseconds a message for each step, and what share of a whole turn reading is."""
    directory = read_directory({kind: shipped_rows(kind) for kind in KINDS})
    lexicon = build_lexicon(load_catalog())
    folded = [fold(text) for text in TEXTS]
    DetectorFactory.seed = 0
    steps: dict[str, tuple[Callable[[str], Any], Sequence[str]]] = {
        "limit_one_pass": (lambda text: [char for char in text], TEXTS),
        "fold": (fold, TEXTS),
        "language": (lambda text: language.guess_language(text, lexicon), folded),
        "intent_and_topic": (lambda text: weigh(text, "ur", lexicon, directory), folded),
        "place": (lambda text: places.find_places(text, directory.place_index), folded),
        "whole": (lambda text: read_message(text, lexicon, directory), TEXTS),
        "langdetect_as_shipped": (detect, TEXTS),
    }
    for call, texts in steps.values():
        _time(call, texts)
    rounds = [{name: _time(call, texts) for name, (call, texts) in steps.items()} for _ in range(ROUNDS)]
    figures = {f"{name}_us": statistics.median(r[name] for r in rounds) for name in steps}
    turn_us = MICRO / bench_turns()["figures"]["turns_per_s"]
    return {
        "bench": "reading",
        "rounds": ROUNDS,
        "figures": figures | {"turn_us": turn_us},
        "ratios": {
            "to_turn": figures["whole_us"] / turn_us,
            "to_langdetect": figures["language_us"] / figures["langdetect_as_shipped_us"],
        },
    }


def _time(call: Callable[[str], Any], texts: Sequence[str]) -> float:
    """Microseconds a text, one pass over all of them."""
    started = time.perf_counter()
    for text in texts:
        call(text)
    return (time.perf_counter() - started) / len(texts) * MICRO
