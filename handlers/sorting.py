"""What a ticket can be about, as a list to choose from: the categories under their sectors."""

from collections.abc import Sequence

from bot.directory import Directory
from bot.names import Names


def choices(directory: Directory, now: str) -> Sequence[tuple[Names, Sequence[tuple[str, Names]]]]:
    """(sector, ((code, category), ...)) in the directory's order, without the category the ticket has `now`."""
    under: dict[str, list[tuple[str, Names]]] = {}
    for code, category in directory.categories.items():
        if code != now:
            under.setdefault(category.sector, []).append((code, category.names))
    return [(directory.names_of("sector", sector), own) for sector, own in under.items()]
