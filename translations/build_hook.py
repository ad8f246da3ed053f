"""Compiles every catalog (.po) beside it into a .mo when the project is installed; without it the service compiles in memory."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogs(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in sorted(Path(self.root, "translations").glob("*/*.po")):
            with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
                # use_fuzzy: here "fuzzy" means "awaits a native reader", and such a text is in use.
                write_mo(mo, read_po(po), use_fuzzy=True)
