"""A second opinion on a doubtful text: langdetect, with five profiles of our own in a factory of our own.

Its 55 shipped profiles are confidently wrong here (Balochi is Urdu to them, every Roman text English or Somali).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from langdetect.utils.lang_profile import LangProfile
from langdetect.utils.ngram import NGram

_SIZES = range(1, NGram.N_GRAM + 1)


class SecondOpinion:
    """langdetect over the given profiles; without profiles it has no opinion."""

    def __init__(self, profiles: Iterable[Mapping[str, Any]] = ()) -> None:
        self._factory = DetectorFactory()
        self._factory.set_seed(0)  # the same text always gets the same answer
        profiles = list(profiles)
        for index, profile in enumerate(profiles):
            self._factory.add_profile(LangProfile(**profile), index, len(profiles))

    def of(self, text: str) -> str | None:
        """The way of writing langdetect takes the text for, or None when nothing in it tells."""
        if len(self._factory.langlist) == 0:
            return None
        detector = self._factory.create()
        detector.append(text)
        try:
            found = detector.get_probabilities()
        except LangDetectException:  # no letters at all
            return None
        return str(found[0].lang) if found else None


def build_profile(name: str, lines: Iterable[str], kept: int) -> dict[str, Any]:
    """Counts runs of one to three letters as langdetect itself does: it reads some letters as others."""
    freq: Counter[str] = Counter()
    n_words = [0] * NGram.N_GRAM
    for line in lines:
        window = NGram()
        for char in line:
            window.add_char(char)
            for size in _SIZES:
                if run := window.get(size):
                    freq[run] += 1
                    n_words[size - 1] += 1
    common = sorted(freq.items(), key=lambda item: (-item[1], item[0]))[:kept]
    return {"name": name, "freq": dict(sorted(common)), "n_words": n_words}
