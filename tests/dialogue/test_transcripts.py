"""Whole talks, word for word. To see what a change does to them: TAWAR_WRITE_TRANSCRIPTS=1, then read the diff."""

import os
from pathlib import Path

import pytest

from tests.dialogue.replay import replay

TRANSCRIPTS = sorted((Path(__file__).parent.parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    wanted = path.read_text(encoding="utf-8")
    told = replay(wanted)
    if os.environ.get("TAWAR_WRITE_TRANSCRIPTS"):
        path.write_text(told, encoding="utf-8")
    assert told == wanted


def test_every_language_has_its_talks() -> None:
    names = {path.stem.split("-")[0] for path in TRANSCRIPTS}
    assert {"en", "ur", "bal", "ur_Latn"} <= names
