"""Learning from what was put right: a candidate is built and measured, and nothing changes until an administrator accepts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.directory import Directory, Row, read_directory
from bot.evaluation import evaluate
from bot.learning import distinct, figures_of, teachable, worse_in
from bot.lexicon import shipped_weights
from bot.store import accounts, learning
from bot.store import directory as directory_rows
from bot.store.database import Database
from bot.text.answers import Lexicon
from bot.text.reading import read_message
from bot.text.weights import read_weights

AS_SHIPPED = 0
"""The version that learnt nothing."""
Train = Callable[[Sequence[Row], Directory, Sequence[Row]], bytes]
"""(learnt examples, directory, its rows of categories) -> weights, as bot/text/weights.py reads them"""


class LearningError(Exception):
    """What was asked cannot be done; the message says to what, why, and what helps."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version nobody has accepted. `sources`: how many examples by who put them right; `left_out`: how many repeat
    others, stand in the kept-out set or may no longer be learnt."""

    version: int
    examples: int
    sources: Mapping[str, int]
    left_out: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def propose(db: Database, lexicon: Lexicon, kept_out: Sequence[Row], now: datetime, train: Train) -> Proposal:
    """Trains on what is shipped and on all learnt examples, measures that and what is in use on the `kept_out` rows (see
    bot/evaluation.py), and stores it as a proposed version. `lexicon`: as it is in use.

    Raises LearningError where there is nothing to learn, nothing new, or nothing to measure on.
    """
    with db.read() as tx:
        rows, in_use, noted = directory_rows.all_rows(tx), learning.examples_in_use(tx), learning.all_examples(tx)
    learnt = _taught(rows, noted, kept_out)
    if learnt == list(in_use) and lexicon.weights != shipped_weights():
        raise LearningError("Nothing was put right since the version in use was made: there is nothing new to learn.")
    directory = read_directory(rows)
    # Trained and measured outside any transaction: it takes a minute.
    before = _measure(directory, lexicon, kept_out)
    if before["category_top1"] is None:
        raise LearningError("No row of the labelled file complains and names a category: give another with --on FILE.")
    weights = train(learnt, directory, rows["categories"])
    after = _measure(directory, replace(lexicon, weights=read_weights(weights)), kept_out)
    with db.write() as tx:
        version = learning.propose(tx, made_at=now, examples=learnt, before=before, after=after, weights=weights)
    sources = Counter(row.source for row in noted)
    return Proposal(version, len(learnt), sources, len(noted) - len(learnt), before, after)


def accept(db: Database, version: int, username: str, now: datetime, *, even_if_worse: bool = False) -> None:
    """Puts a proposed version into use from each process's next start. Raises LearningError."""
    with db.write() as tx:
        name = _administrator(tx, username)
        model = _find(tx, version)
        if model.state != "proposed":
            raise LearningError(_not_proposed(model))
        if (worse := worse_in(model.before, model.after)) and not even_if_worse:
            raise LearningError(
                f"Version {version} is worse than what was in use when it was made ({', '.join(worse)}): nothing has"
                " changed. To use it all the same add --even-if-worse."
            )
        learning.retire(tx, now, name)
        learning.accept(tx, version, now, name)


def go_back(db: Database, version: int, username: str, now: datetime) -> None:
    """Puts a version that was in use before into use again, or AS_SHIPPED. Raises LearningError."""
    with db.write() as tx:
        name = _administrator(tx, username)
        model = _find(tx, version) if version != AS_SHIPPED else None
        if model and model.state != "retired":
            raise LearningError(_not_retired(model))
        if model is None and not learning.examples_in_use(tx):
            raise LearningError("What was shipped is in use already: nothing has changed.")
        learning.retire(tx, now, name)
        if model:
            learning.accept(tx, version, now, name)


def versions(db: Database) -> Sequence[Any]:
    """Every version, oldest first."""
    with db.read() as tx:
        return learning.all_models(tx)


def _taught(rows: Mapping[str, Sequence[Row]], noted: Sequence[Any], kept_out: Sequence[Row]) -> list[Row]:
    if not rows:
        raise LearningError("The database has no directory yet: start the service once, then learn.")
    labelled = distinct([{"category": n.category, "text": n.text} for n in noted], [row["text"] for row in kept_out])
    learnt = teachable(labelled, rows["categories"])
    if not learnt:
        raise LearningError(
            "No labelled example is there: one comes when an official sorts a ticket or a citizen corrects a complaint."
        )
    return learnt


def _measure(directory: Directory, lexicon: Lexicon, kept_out: Sequence[Row]) -> dict[str, Any]:
    return figures_of(evaluate(kept_out, lambda text: read_message(text, lexicon, directory)))


def _administrator(tx: Connection, username: str) -> str:
    """The username as it is kept, if that is somebody who may decide."""
    account = accounts.find(tx, username.casefold())
    if account is None or account.disabled_at is not None:
        raise LearningError(f"Nobody active is called {username!r}: see `tawar user list`. Nothing has changed.")
    if account.role != "admin":
        raise LearningError(
            f"{username!r} is no administrator but {account.role}: one who is must decide (--by). Nothing has changed."
        )
    return str(account.username)


def _find(tx: Connection, version: int) -> Any:
    found = {model.version: model for model in learning.lock_models(tx)}
    if version not in found:
        raise LearningError(f"There is no version {version}: see `tawar learn --list`. Nothing has changed.")
    return found[version]


def _not_proposed(model: Any) -> str:
    if model.state == "accepted":
        return f"Version {model.version} is in use already: nothing has changed."
    return f"Version {model.version} was in use before: use --back-to {model.version}. Nothing has changed."


def _not_retired(model: Any) -> str:
    if model.state == "accepted":
        return f"Version {model.version} is in use already: nothing has changed."
    return f"Version {model.version} was never accepted: use --accept {model.version}. Nothing has changed."
