"""A thing's name in each language; blank where nobody attests one, so that a reader falls back instead of inventing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """`by_language`: language code -> name. `short`: the same, fit for an SMS."""

    by_language: Mapping[str, str]
    short: Mapping[str, str]

    def in_(self, languages: Sequence[str], *, short: bool = False) -> str:
        """The name in the first of `languages` (a language and its fallbacks) that has one."""
        tables = (self.short, self.by_language) if short else (self.by_language, self.short)
        for language in languages:
            for table in tables:
                if name := table.get(language):
                    return name
        return next(iter(self.by_language.values()), "")

    @classmethod
    def read(cls, row: Mapping[str, str], prefix: str = "") -> "Names":
        """Reads columns `en ur ur_Latn bal` (with `prefix` before, and `short_…` where the row has them)."""
        languages = ("ur", "en", "ur_Latn", "bal")
        long = {lang: row[prefix + lang] for lang in languages if row.get(prefix + lang)}
        short = {lang: row["short_" + lang] for lang in languages if row.get("short_" + lang)}
        return cls(long, {} if prefix else short)
