"""The administrator's pages: the audit log, read by people in their language."""

import ast
import re
from pathlib import Path

import pytest

from bot.catalog import load_catalog
from bot.services.hands import Hands
from bot.services.inspection import PAGE
from bot.store import accounts, audit
from tests.visitors import Office, Visitor

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(office: Office) -> Visitor:
    return office.visitor("root")


def write(
    hands: Hands, count: int, username: str = "gul", action: str = "sign_in", subject: str = "account:gul"
) -> None:
    with hands.db.write() as tx:
        account = accounts.find(tx, username)
        for n in range(count):
            audit.note(tx, hands.now(), account.id if account else None, action, f"{subject}{n or ''}", how="password")


def subjects(html: str) -> list[str]:
    return re.findall(r'<bdi dir="ltr">(account:\w+)</bdi></a>', html)


def test_administrators_find_the_log_from_any_page(root: Visitor, gul: Visitor) -> None:
    assert '<a href="/admin">Administration</a>' in root.opens("/desk").html
    assert 'href="/admin/audit"' in root.opens("/admin").html
    assert "/admin" not in gul.opens("/desk").html


def test_a_line_says_who_what_how_and_to_whom(root: Visitor, hands: Hands) -> None:
    write(hands, 1, "root", "account_disabled", "account:nadeem")
    write(hands, 1, "", "sign_in_failed", "account:gul")
    page = root.opens("/admin/audit")
    assert "today 14:00 Operator root Account shut by password account:nadeem" in page.text
    assert "The service or an operator Sign-in refused by password account:gul" in page.text
    assert page.text.index("Sign-in refused by") < page.text.index("Account shut by"), "newest first"


def test_pages_are_turned_by_the_id_of_the_last_line(root: Visitor, hands: Hands) -> None:
    write(hands, PAGE + 3)
    first = root.opens("/admin/audit?person=gul")
    assert len(subjects(first.html)) == PAGE
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first.html)
    write(hands, 2, subject="account:later")  # what comes meanwhile moves no line to another page
    second = root.opens(older.replace("&amp;", "&"))
    assert subjects(second.html) == ["account:gul2", "account:gul1", "account:gul"]
    assert 'rel="next"' not in second.html
    assert "Newest" in second.text


@pytest.mark.parametrize(
    ("query", "found"),
    [("person=GUL", ["account:gul"]), ("action=sign_out", ["account:ahmed"]), ("subject=account:ahmed", ["account:ahmed"]),
     ("person=gul&action=sign_out", []), ("person=nobody", []), ("before=2", ["account:gul"]), ("before=-5", []),
     ("before=99999999999999999999", ["account:ahmed", "account:gul"]), ("before=x", ["account:ahmed", "account:gul"]),
     ("subject=%3Cscript%3E", []), ("", ["account:ahmed", "account:gul"])],
)  # fmt: skip
def test_lines_are_found_by_person_action_and_subject(
    root: Visitor, hands: Hands, query: str, found: list[str]
) -> None:
    write(hands, 1)
    write(hands, 1, "ahmed", "sign_out", "account:ahmed")
    page = root.opens(f"/admin/audit?{query}")
    assert subjects(page.html) == found
    assert ("No such line" in page.text) == (not found)
    assert "<script>" not in page.html


def test_an_action_of_a_newer_version_is_shown_by_its_code(root: Visitor, hands: Hands) -> None:
    write(hands, 1, action="moon_painted")
    assert "moon_painted" in root.opens("/admin/audit").text


@pytest.mark.parametrize("language", ["ur", "bal"])
def test_the_log_speaks_the_readers_language(root: Visitor, hands: Hands, language: str) -> None:
    write(hands, 1)
    page = root.opens(f"/admin/audit?lang={language}")
    assert "لاگ اِن کیا پاس ورڈ سے" in page.text
    assert 'dir="rtl"' in page.html


def written_actions() -> set[str]:
    """The actions that the code writes into the log, read from its calls."""
    found = set()
    for path in [*ROOT.glob("bot/services/*.py"), *ROOT.glob("handlers/**/*.py")]:
        writers = ("audit.note", "_note") if path.name == "people.py" else ("audit.note",)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in writers:
                found |= {
                    one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


@pytest.mark.parametrize("language", ["en", "ur", "bal"])
def test_every_action_has_its_words(language: str) -> None:
    texts, actions = load_catalog().domain(language, "desk"), written_actions()
    assert actions >= {"sign_in", "sign_out", "sign_in_failed", "account_added", "account_disabled", "password_changed"}
    assert {action for action in actions if f"audit.action.{action}" not in texts} == set()
