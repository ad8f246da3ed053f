"""tawar learn at a shell: a table without a single text, and refusals that say what to do."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.services.setup import load_directory
from bot.store import accounts, learning
from bot.store.database import Database
from bot.store.tickets import tickets
from handlers.cli import build_cli
from handlers.cli.learning import LABELLED
from tests.support import START, Citizen, make_hands, train_few
from tests.visitors import rows
from workers.training.reading import shipped_lines
from wsgi import parts

NEWS = "zorgalo phatalo kal se"


@pytest.fixture
def kept(tmp_path: Path) -> str:
    file = tmp_path / "kept.tsv"
    lines = ["part\ttext\tlanguage\tintent\tcategory", "kept\tzorgalo phatalo aaj\tur_Latn\tcomplaint\tgarbage"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


@pytest.fixture
def learnt(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with an administrator, an official and one ticket that was put right."""
    monkeypatch.setenv("TAWAR_DATABASE_URL", db.engine.url.render_as_string(hide_password=False))
    load_directory(db)
    hands = make_hands(db)
    Citizen(hands).reports()
    with db.write() as tx:
        for username, role in (("root", "admin"), ("gul", "official")):
            person = {"username": username, "name": username, "role": role, "password_hash": "x", "language": "en"}
            accounts.add(tx, created_at=START, **person)
        fields = {"category": "garbage", "text": NEWS, "source": "transfer", "at": START}
        learning.keep_example(tx, rows(hands, tickets)[0].id, **fields)
    return db


def tawar(*words: str) -> Result:
    return CliRunner().invoke(build_cli(replace(parts(), train=train_few)), ["learn", *words])


def test_learn_accept_and_back(learnt: Database, kept: str) -> None:
    assert tawar("--list").output == "0\tas shipped\tin use\n"
    proposed = tawar("--on", kept)
    assert proposed.exit_code == 0, proposed.output
    assert "1 by transfer. Learnt from 1, left out 0." in proposed.output
    assert any(
        line.split() == ["ur_Latn", "category_top1", "1", "0.0000", "1.0000"] for line in proposed.output.splitlines()
    )
    assert "tawar learn --accept 1 --by USERNAME" in proposed.output
    assert "zorgalo" not in proposed.output
    assert "1\tproposed\t" in tawar("--list").output
    accepted = tawar("--accept", "1", "--by", "root")
    assert "next start" in accepted.output
    assert "0\tas shipped\tnot in use\n1\tin use\t" in tawar("--list").output
    assert "by root" in tawar("--list").output
    assert "What was shipped is in use again" in tawar("--back-to", "0", "--by", "root").output
    assert "1\tretired\t" in tawar("--list").output
    assert "Version 1 is in use again" in tawar("--back-to", "1", "--by", "root").output


def test_what_the_command_runs_with_is_the_real_training(
    learnt: Database, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The composition root finds it by name; only the lines shipped with it are fewer here."""
    few = shipped_lines()[::40]
    monkeypatch.setattr("workers.training.reading.shipped_lines", lambda: few)
    proposed = CliRunner().invoke(build_cli(parts()), ["learn", "--on", kept])
    assert proposed.exit_code == 0, proposed.output
    assert "Version 1 is proposed" in proposed.output


def test_a_worse_one_is_told_plainly(learnt: Database, kept: str) -> None:
    tawar("--on", kept)
    tawar("--accept", "1", "--by", "root")
    with learnt.write() as tx:
        tx.exec_driver_sql("UPDATE examples SET category = 'sewerage'")
    assert "WORSE than what is in use: category_top1" in tawar("--on", kept).output
    refused = tawar("--accept", "2", "--by", "root")
    assert refused.exit_code == 1
    assert "--even-if-worse" in refused.output
    assert tawar("--accept", "2", "--by", "root", "--even-if-worse").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--accept", "1"], "--by USERNAME"),
        (["--back-to", "0"], "--by USERNAME"),
        (["--accept", "1", "--by", "gul"], "no administrator but official"),
        (["--accept", "1", "--by", "nobody"], "tawar user list"),
        (["--accept", "9", "--by", "root"], "tawar learn --list"),
        (["--list", "--accept", "1"], "one at a time"),
        (["--on", "/nowhere.tsv"], "--on FILE"),
        (["--on", str(LABELLED), "--part", "lost"], "--part"),
    ],
)
def test_a_refusal_says_what_to_do(learnt: Database, words: list[str], said: str) -> None:
    result = tawar(*words)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_file_of_another_kind_is_told(learnt: Database, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("words\nx\n")
    assert "no column `text`" in tawar("--on", str(tmp_path / "a.tsv")).output
    (tmp_path / "b.tsv").write_bytes(b"text\n\xff\n")
    assert "cannot be read" in tawar("--on", str(tmp_path / "b.tsv")).output


def test_an_older_database_is_sent_to_migrate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAWAR_DATABASE_URL", f"sqlite:///{tmp_path / 'fresh.db'}")
    assert "tawar migrate" in tawar("--list").output
    monkeypatch.setenv("TAWAR_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "does not answer" in tawar("--list").output
