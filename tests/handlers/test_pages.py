"""What every page has: headers, a language, plain words when something is wrong; and the pages anybody may read."""

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.exc import OperationalError

from bot.catalog import load_catalog
from bot.services import desk
from bot.services.hands import Hands
from bot.services.verifying import code_of
from bot.store.database import Database
from handlers import mishaps
from tests.support import Citizen, sqlite
from tests.visitors import Office, Visitor

LANGUAGES = [("en", "ltr"), ("ur", "rtl"), ("bal", "rtl")]
PUBLIC = ("/", "/status", "/sign-in", "/no-such-page")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@pytest.fixture
def anybody(office: Office) -> Visitor:
    return office.visitor()


@pytest.mark.parametrize("path", [*PUBLIC, "/desk", "/healthz", "/static/tawar.css", "/carriers/twilio/messages"])
def test_every_answer_is_guarded_by_its_headers(office: Office, path: str) -> None:
    for visitor in (office.visitor(), office.visitor("gul")):
        headers = visitor.opens(path).answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]


def test_pages_of_the_signed_in_are_kept_nowhere(gul: Visitor, number: str) -> None:
    for path in ("/desk", f"/desk/tickets/{number}", "/account", "/desk/tickets/1", "/sign-in"):
        assert gul.opens(path).answer.headers["Cache-Control"] == "no-store"


def test_the_style_sheet_is_small_named_by_its_content_and_kept(anybody: Visitor) -> None:
    (address,) = re.findall(r'href="(/static/tawar\.css\?v=\w+)"', anybody.opens("/").html)
    sheet = anybody.opens(address).answer
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in anybody.opens("/static/tawar.css").answer.headers["Cache-Control"]


def test_pages_ask_nothing_of_other_sites_and_hold_no_inline_script_or_style(gul: Visitor, number: str) -> None:
    for path in ("/", "/sign-in", "/desk", f"/desk/tickets/{number}"):
        html = gul.opens(path).html
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', html)
        assert not re.findall(r"<style|\sstyle=|\son\w+=|<script(?! src)", html)


@pytest.mark.parametrize(("language", "direction"), LANGUAGES)
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_speak_every_language_and_remember_it(
    anybody: Visitor, path: str, language: str, direction: str
) -> None:
    html = anybody.opens(f"{path}?lang={language}").html
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert anybody.opens(path).html.count(f'<html lang="{language}"') == 1


@pytest.mark.parametrize(("language", "direction"), LANGUAGES)
@pytest.mark.parametrize("path", ["/desk", "/desk?state=closed", "/desk/tickets/{number}", "/account", "/desk/x"])
def test_the_desk_speaks_every_language(gul: Visitor, number: str, path: str, language: str, direction: str) -> None:
    gul.sends(gul.opens("/desk").form("/language"), language=language)
    assert f'<html lang="{language}" dir="{direction}">' in gul.opens(path.format(number=number)).html


@pytest.mark.parametrize(
    ("accept", "language"),
    [("en-US,en;q=0.9", "en"), ("ur-PK,en;q=0.5", "ur"), ("de", "ur"), ("", "ur"), ("\x00;q=z", "ur")],
)
def test_a_browsers_own_language_is_asked_for_first(anybody: Visitor, accept: str, language: str) -> None:
    assert f'<html lang="{language}"' in anybody.opens("/", **{"Accept-Language": accept.replace("\x00", "?")}).html


def test_an_unknown_language_changes_nothing(anybody: Visitor) -> None:
    answer = anybody.opens("/?lang=<script>").answer
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "<script>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/", "/status"])
def test_how_to_complain_is_there_without_personal_data(office: Office, citizen: Citizen, path: str) -> None:
    number = citizen.reports()
    office.app.extensions["tawar"] = replace(
        office.app.extensions["tawar"],
        settings=office.app.extensions["tawar"].settings.model_copy(
            update={"whatsapp_from": "whatsapp:+923000000001", "sms_from": "+923000000002"}
        ),
    )
    page = office.visitor().opens(f"{path}?lang=en")
    assert "+92 300 0000001" in page.text
    assert 'href="sms:+923000000002"' in page.html
    assert number not in page.html
    assert citizen.phone not in page.html


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [("GET", "/no-such-page", 404, "Page not found"), ("DELETE", "/desk", 405, "cannot be opened"),
     ("POST", "/no-such-page", 404, "Page not found"), ("GET", "/desk/tickets/12345678/reply", 405, "belongs to a form")],
)  # fmt: skip
def test_what_is_wrong_is_told_in_plain_words(
    anybody: Visitor, method: str, path: str, status: int, words: str
) -> None:
    answer = anybody.client.open(f"{path}?lang=en", method=method)
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
    assert (status != 405) or answer.headers["Allow"]


@pytest.mark.parametrize("code", mishaps.EXPLAINED)
@pytest.mark.parametrize("part", ["title", "text", "do"])
def test_every_explained_error_has_its_words(code: int, part: str) -> None:
    assert load_catalog().text("en", f"error.{code}.{part}")


def test_machines_get_one_line(anybody: Visitor) -> None:
    answer = anybody.client.get("/carriers/twilio/messages")
    assert (answer.status_code, answer.mimetype) == (405, "text/plain")
    assert len(answer.get_data(as_text=True).splitlines()) == 1


def test_while_the_database_is_away_a_page_says_so(gul: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("SELECT", None, Exception("gone"))

    monkeypatch.setattr("bot.services.sign_in.session_of", away)
    page = gul.opens("/desk?lang=en")
    assert (page.status, page.answer.headers["Retry-After"]) == (503, "10")
    assert "Try again in a minute" in page.text
    assert "SELECT" not in page.html


def test_a_bug_shows_no_trace_and_logs_no_words(
    gul: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the words of a citizen")

    monkeypatch.setattr(desk, "count_queue", broken)
    page = gul.opens("/desk")
    assert page.status == 500
    assert "Something went wrong on our side" in page.text
    assert "Traceback" not in page.html
    assert "handlers.officials:" in caplog.text
    assert "the words of a citizen" not in page.html + caplog.text


def test_the_desks_words_agree_in_every_language() -> None:
    catalog = load_catalog()
    english = catalog.domain("en", "desk")
    for code in ("ur", "bal"):
        own = catalog.domain(code, "desk")
        assert own.keys() == english.keys()
        assert {k for k in own if gaps(own[k]) != gaps(english[k])} <= {"desk.event.open"}, code


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_words_a_template_asks_for_are_there() -> None:
    keys = load_catalog().domain("en", "desk")
    for path in sorted((ROOT / "handlers" / "templates").rglob("*.html")):
        if "simulator" in path.parts or "campaigns" in path.parts:
            continue
        for key in re.findall(r"""\bt\(['"]([\w.]+[\w])['"][,)]""", path.read_text(encoding="utf-8")):
            assert key in keys, f"{path.name} asks for {key!r}"


def test_balochi_says_which_of_its_texts_await_a_reader() -> None:
    source = (ROOT / "translations" / "bal" / "desk.po").read_text(encoding="utf-8")
    entries = source.split("\n\n")[1:]
    assert all("#, fuzzy" in entry and "await" in entry for entry in entries)


def test_anybody_compares_the_code_of_a_history(anybody: Visitor, number: str, hands: Hands) -> None:
    found = code_of(hands, number)
    assert found is not None
    arabic = number.translate({48 + n: 0x6F0 + n for n in range(10)})
    for asked in (number, f"{number[:4]} {number[4:]}", arabic):
        page = anybody.opens(f"/status?lang=en&number={quote(asked)}")
        assert page.answer.status_code == 200
        assert found[1] in page.text
        assert "No water" not in page.text
    for odd in ("1", "<b>", "12345678", "x" * 900):
        page = anybody.opens(f"/status?lang=en&number={quote(odd)}")
        assert "No complaint has this number" in page.text
        assert "<b>" not in page.html
