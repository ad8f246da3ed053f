"""tawar evaluate: how well labelled messages are read."""

import json
import time
from pathlib import Path
from typing import Any

import click

from bot.catalog import load_catalog
from bot.directory import KINDS, read_directory
from bot.evaluation import evaluate, parse_lines, parse_rows
from bot.lexicon import build_lexicon
from bot.services.setup import shipped_rows
from bot.text.reading import Reading, read_message
from handlers.cli.parts import Parts

SHOWN_MISSES = 200
MICRO = 1_000_000


def commands(_: Parts) -> list[click.Command]:
    @click.command(
        "evaluate",
        help="Reads labelled messages (columns text language intent category district tehsil), or a folder with a file"
        " `WAY.tsv` of lines (source, text) for every way of writing.",
    )
    @click.argument("file", type=click.Path(exists=True, path_type=Path))
    @click.option("--part", default="", help="Only rows whose column `part` says so, e.g. kept.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
    def evaluate_command(file: Path, part: str, as_json: bool) -> None:
        try:
            rows = _lines_of(file) if file.is_dir() else parse_rows(file.read_text(encoding="utf-8-sig"))
        except (UnicodeDecodeError, ValueError) as error:
            raise click.ClickException(f"{file} cannot be read: {error}") from error
        figures = _measure([row for row in rows if part in ("", row.get("part"))])
        click.echo(json.dumps(figures, ensure_ascii=False) if as_json else _table(figures))

    return [evaluate_command]


def _lines_of(folder: Path) -> list[Any]:
    """The lines of every way of writing in a folder. Raises ValueError where there are none."""
    files = sorted(folder.glob("*.tsv"))
    if not files:
        raise ValueError("it is a folder without a file WAY.tsv, such as ur.tsv")
    return [row for file in files for row in parse_lines(file.read_text(encoding="utf-8-sig"), file.stem)]


def _measure(rows: list[Any]) -> dict[str, Any]:
    directory = read_directory({kind: shipped_rows(kind) for kind in KINDS})
    lexicon = build_lexicon(load_catalog())
    spent = [0.0]

    def read(text: str) -> Reading:
        started = time.perf_counter()
        try:
            return read_message(text, lexicon, directory)
        finally:
            spent[0] += time.perf_counter() - started

    figures = evaluate(rows, read)
    misses = [
        {key: miss[key] for key in ("row", "column", "expected", "got", "text")} for miss in figures.pop("misses")
    ]
    per_message = spent[0] / len(rows) * MICRO if rows else 0.0
    return {**figures, "us_per_message": round(per_message, 1), "misses": misses}


def _table(figures: dict[str, Any]) -> str:
    ways = figures["by_language"]
    names = [name for name in figures if name not in ("by_language", "confusion", "misses", "us_per_message")]
    lines = ["\t".join(["measure", "all", *ways])]
    lines += ["\t".join([name, *(_shown(column[name]) for column in (figures, *ways.values()))]) for name in names]
    lines.append(f"us_per_message\t{figures['us_per_message']}")
    for column, pairs in figures["confusion"].items():
        worst = sorted(pairs.items(), key=lambda pair: -pair[1])
        lines += [f"confusion {column}\t{pair}\t{count}" for pair, count in worst[:20]]
    for miss in figures["misses"][:SHOWN_MISSES]:
        lines.append(f"miss\t{miss['row']}\t{miss['column']}\t{miss['expected']} -> {miss['got']}\t{miss['text']!r}")
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
