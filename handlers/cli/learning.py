"""tawar learn: retrains on what officials and citizens put right, shows before and after, and changes nothing by itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.catalog import load_catalog
from bot.evaluation import parse_rows
from bot.learning import MEASURES, worse_in
from bot.services import learning
from bot.services.hands import utc_now
from bot.services.learning import AS_SHIPPED, LearningError, Proposal
from bot.services.setup import load_lexicon
from bot.store import migrate
from bot.store.database import Database, DatabaseAway
from handlers.cli.parts import Parts

LABELLED = Path(__file__).parents[2] / "tests" / "data" / "messages.tsv"
"""Stands there in the project's folder, not in an installed package."""
FROM_NEXT_START = (
    "It is read at the next start of `tawar web` and `tawar worker` (or `tawar up`); what runs now reads on as before."
)


def commands(parts: Parts) -> list[click.Command]:
    @click.command(help="Learns from tickets that were put right; nothing changes until an administrator accepts.")
    @click.option("--on", type=click.Path(path_type=Path), default=LABELLED, help="Labelled messages to measure on.")
    @click.option("--part", default="kept", show_default=True, help="Only rows whose column `part` says so.")
    @click.option("--list", "shows_list", is_flag=True, help="Lists the versions.")
    @click.option("--accept", type=int, help="Puts a proposed version into use.")
    @click.option("--back-to", type=int, help="Puts an earlier version into use again; 0 is as shipped.")
    @click.option("--by", default="", help="Username of the administrator who decides.")
    @click.option("--even-if-worse", is_flag=True, help="Accepts a version that reads worse.")
    def learn(
        on: Path, part: str, shows_list: bool, accept: int | None, back_to: int | None, by: str, even_if_worse: bool
    ) -> None:
        if shows_list + (accept is not None) + (back_to is not None) > 1:
            raise click.UsageError("--list, --accept and --back-to are three things: give one at a time.")
        db = parts.database()
        try:
            _check(db)
            if shows_list:
                click.echo(_list(learning.versions(db)))
            elif accept is not None:
                learning.accept(db, accept, _named(by), utc_now(), even_if_worse=even_if_worse)
                click.echo(f"Version {accept} is accepted by {by}. {FROM_NEXT_START}")
            elif back_to is not None:
                learning.go_back(db, back_to, _named(by), utc_now())
                what = "What was shipped" if back_to == AS_SHIPPED else f"Version {back_to}"
                click.echo(f"{what} is in use again, by {by}. {FROM_NEXT_START}")
            else:
                rows = _kept_out(on, part)
                lexicon = load_lexicon(db, load_catalog())
                click.echo(_told(learning.propose(db, lexicon, rows, utc_now(), parts.train)))
        except ModuleNotFoundError as error:
            _refuse(f"Learning needs a library that reading does not ({error.name}): pip install 'tawar[learn]'.")
        except LearningError as error:
            raise click.ClickException(str(error)) from error
        except DatabaseAway as error:
            raise click.ClickException("The database does not answer: check TAWAR_DATABASE_URL.") from error
        finally:
            db.close()

    return [learn]


def _check(db: Database) -> None:
    if not migrate.is_current(db):
        _refuse("The database has another version's form: run `tawar migrate`.")


def _named(by: str) -> str:
    if not by:
        _refuse("Nobody is named who decides: add --by USERNAME, an administrator. Nothing has changed.")
    return by


def _refuse(message: str) -> NoReturn:
    raise click.ClickException(message)


def _kept_out(file: Path, part: str) -> list[Mapping[str, str]]:
    """The rows to measure on. Ends the command where there are none."""
    try:
        rows = [row for row in parse_rows(file.read_text(encoding="utf-8-sig")) if row.get("part", "") == part]
    except OSError as error:
        raise click.ClickException(f"{file} cannot be opened: give a labelled file with --on FILE.") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise click.ClickException(f"{file} cannot be read: {error}") from error
    return rows or _refuse(
        f"{file} has no row of the part {part!r}: give another with --part, or another file with --on."
    )


def _told(proposal: Proposal) -> str:
    before, after, version = proposal.before, proposal.after, proposal.version
    sources = ", ".join(f"{count} by {source}" for source, count in sorted(proposal.sources.items()))
    lines = [f"Put right: {sources}. Learnt from {proposal.examples}, left out {proposal.left_out}."]
    lines += [f"{'':28}{'messages':>10}{'before':>9}{'after':>9}"]
    lines += _figures("all", before, after)
    for way in sorted(after["by_language"]):
        lines += _figures(way, before["by_language"][way], after["by_language"][way])
    if worse := worse_in(before, after):
        lines.append(f"WORSE than what is in use: {', '.join(worse)}.")
    lines.append(f"Version {version} is proposed; nothing has changed. An administrator puts it into use with")
    lines.append(f"  tawar learn --accept {version} --by USERNAME{' --even-if-worse' if worse else ''}")
    return "\n".join(lines)


def _figures(way: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [
        f"{way:12}{name:16}{after['rows']:>10}{_share(before[name]):>9}{_share(after[name]):>9}"
        for name in MEASURES
        if after[name] is not None
    ]


def _list(models: Sequence[Any]) -> str:
    in_use = any(model.state == "accepted" for model in models)
    lines = [f"0\tas shipped\t{'not in use' if in_use else 'in use'}"]
    for model in models:
        shares = f"top1 {_share(model.before['category_top1'])} -> {_share(model.after['category_top1'])}"
        decided = f"accepted {_day(model.accepted_at)} by {model.accepted_by}" if model.accepted_at else "not accepted"
        ended = f"\tretired {_day(model.retired_at)} by {model.retired_by}" if model.retired_at else ""
        state = "in use" if model.state == "accepted" else model.state
        made = f"made {_day(model.made_at)}\t{len(model.examples)} examples\t{shares}"
        lines.append(f"{model.version}\t{state}\t{made}\t{decided}{ended}")
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _day(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
