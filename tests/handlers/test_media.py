"""Files at the desk: seen by whoever sees the ticket, played in parts, never run; an answer's file goes out by a signed link."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from bot.services.hands import Hands
from bot.store import events
from bot.store.media import media
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from tests import visitors
from tests.media import samples
from tests.media.room import kept, media_links, refs, reports_with, rows, with_room
from tests.media.servers import Server, serving
from tests.support import Citizen, Clock
from tests.visitors import Office, Page, Visitor, does, put, ticket_page


@pytest.fixture
def carrier() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def hands(hands: Hands, carrier: Server, tmp_path: Path) -> Hands:
    return with_room(hands, tmp_path, carrier)


@pytest.fixture
def number(hands: Hands, carrier: Server) -> str:
    """A complaint with a photo, a voice note and a paper."""
    files = [(samples.jpeg(), "image/jpeg"), (samples.voice(), "audio/ogg"), (samples.PDF, "application/pdf")]
    return reports_with(hands, carrier, files)


def opens(visitor: Visitor, which: int, variant: str, **headers: str) -> Page:
    return visitor.opens(f"/desk/media/{which}/{variant}", **headers)


def answers(visitor: Visitor, number: str, data: bytes, name: str = "notice.pdf", text: str = "See the paper") -> Page:
    """Sends a reply with a file, as a browser does."""
    form = ticket_page(visitor, number).form("/reply")
    fields: dict[str, Any] = form.fields | {"text": text, "file": FileStorage(io.BytesIO(data), name)}
    return posts(visitor, form.action, fields)


def posts(visitor: Visitor, path: str, fields: dict[str, Any]) -> Page:
    """Sends fields and files; encoded here, because the test client leaves a large form's temporary file open."""
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return Page(visitor.client.post(path, data=body, content_type=kind, buffered=True))


def test_the_ticket_shows_plays_and_offers_what_came(gul: Visitor, number: str) -> None:
    page = ticket_page(gul, number)
    assert (
        '<img src="/desk/media/1/small" width="240" height="150" loading="lazy" alt="Photo: open it large">'
        in page.html
    )
    assert 'href="/desk/media/1/view"' in page.html
    assert '<audio controls preload="none" src="/desk/media/2/view"' in page.html
    assert "Voice message · 0:02 · Download" in page.text
    assert 'href="/desk/media/3/file"' in page.html
    assert "/desk/media/3/view" not in page.html
    assert "media-src 'self'" in page.answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("which", "variant", "kind", "how"),
    [
        (1, "view", "image/jpeg", "inline"),
        (1, "small", "image/webp", "inline"),
        (1, "file", "image/jpeg", "attachment"),
        (2, "view", "audio/ogg", "inline"),
        (2, "file", "audio/ogg", "attachment"),
        (3, "file", "application/pdf", "attachment"),
    ],
)
def test_a_file_can_run_nothing(gul: Visitor, number: str, which: int, variant: str, kind: str, how: str) -> None:
    answer = opens(gul, which, variant).answer
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["Content-Disposition"].startswith(f"{how}; filename={number}-{which}.")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.content_length == len(answer.data)
    assert samples.SECRET not in answer.data


@pytest.mark.parametrize(
    "path", ["3/view", "2/small", "1/x", "99/view", "0/view", f"{2**64}/view", "-1/view", "1", "x/view", "1/view/x"]
)
def test_what_is_no_file_is_not_found(gul: Visitor, number: str, path: str) -> None:
    assert gul.opens(f"/desk/media/{path}").status == 404


@pytest.mark.parametrize("variant", ["view", "small", "file"])
def test_another_departments_file_does_not_exist(
    office: Office, number: str, variant: str, caplog: pytest.LogCaptureFixture
) -> None:
    for stranger in ("nadeem", "mahnaz", "yousaf", "shari"):
        assert opens(office.visitor(stranger), 1, variant).status == 404
    for insider in ("gul", "ahmed", "akbar", "root"):
        assert opens(office.visitor(insider), 1, variant).status == 200
    nobody = opens(office.visitor(), 1, variant)
    assert (nobody.status, nobody.answer.location) == (303, f"/sign-in?next=/desk/media/1/{variant}")
    assert caplog.messages == []


def test_who_lost_the_ticket_lost_its_files(office: Office, gul: Visitor, number: str) -> None:
    assert opens(gul, 1, "view").status == 200
    put(office.hands, tickets, department="QESCO")
    etag = opens(office.visitor("nadeem"), 1, "view").answer.headers["ETag"]
    assert opens(gul, 1, "view").status == 404
    assert opens(gul, 1, "view", **{"If-None-Match": etag}).status == 404


def test_a_file_of_a_message_without_a_ticket_is_nobodys(office: Office, hands: Hands, carrier: Server) -> None:
    Citizen(hands).says("", media=refs(carrier, (samples.jpeg(), "image/jpeg")))
    assert len(rows(hands)) == 1
    for name in ("gul", "akbar", "root"):
        assert opens(office.visitor(name), 1, "file").status == 404


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=10-999999", 10, None)],
)
def test_sound_is_wound_by_parts(gul: Visitor, number: str, asked: str, first: int, last: int | None) -> None:
    whole = opens(gul, 2, "view").answer.data
    part = opens(gul, 2, "view", Range=asked).answer
    assert part.status_code == 206
    assert part.data == whole[first : None if last is None else last + 1]
    start = first % len(whole)
    assert part.headers["Content-Range"] == f"bytes {start}-{start + len(part.data) - 1}/{len(whole)}"
    assert part.content_length == len(part.data)


def test_odd_parts_are_the_whole_or_refused(gul: Visitor, number: str) -> None:
    whole = opens(gul, 2, "view").answer
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert opens(gul, 2, "view", Range=f"bytes={whole.content_length}-").status == 416
    for asked in ("bytes=0-1,5-9", "x", "bytes=9-1", "letters=0-1", ""):
        assert opens(gul, 2, "view", Range=asked).status in (200, 416)
    changed = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert opens(gul, 2, "view", **changed).status == 200
    assert opens(gul, 2, "view", **(changed | {"If-Range": whole.headers["ETag"]})).status == 206
    assert opens(gul, 2, "view", **{"If-None-Match": whole.headers["ETag"]}).status == 304
    assert gul.client.head("/desk/media/2/view").content_length == whole.content_length


def test_a_file_that_is_gone_from_the_shelf_is_not_found(gul: Visitor, number: str, tmp_path: Path) -> None:
    for path in kept(tmp_path):
        path.unlink()
    assert opens(gul, 1, "view").status == 404


@pytest.mark.parametrize("language", ["en", "ur", "bal"])
@pytest.mark.parametrize("reason", ["missing", "away", "slow", "denied", "address", "big", "kind", "broken", "room"])
def test_why_there_is_no_file_is_said_in_words(
    gul: Visitor, hands: Hands, number: str, language: str, reason: str
) -> None:
    put(hands, media, state="failed" if reason == "missing" else "refused", reason=reason)
    page = gul.opens(f"/desk/tickets/{number}?lang={language}")
    assert page.status == 200
    assert hands.catalog.text(language, f"desk.media.reason.{reason}") in page.text
    assert "<img" not in page.html
    assert "<audio" not in page.html


def test_what_the_citizen_says_becomes_the_tickets_words(gul: Visitor, hands: Hands, carrier: Server) -> None:
    number = speaks(hands, carrier)
    assert "what the citizen says" in ticket_page(gul, number).text.lower()
    page = gul.follows(does(gul, number, "hear", text="The well is dry, we walk two hours"))
    assert "The citizen's words are saved" in page.text
    assert "written down by Gul Bibi" in page.text
    (ticket,) = rows_of(hands, tickets)
    assert (ticket.words, ticket.state, ticket.owner_id) == ("The well is dry, we walk two hours", "new", None)
    assert "The well is dry" in gul.opens("/desk").text
    assert page.form("/hear").fields["text"] == ticket.words
    does(gul, number, "hear", text="The well is dry, we walk three hours")
    with hands.db.read() as tx:
        heard = [event.text for event in events.of_ticket(tx, ticket.id) if event.action == "hear"]
    assert heard == ["The well is dry, we walk two hours", "The well is dry, we walk three hours"]
    assert all("The well is dry" not in row.text for row in rows_of(hands, outbox))


def speaks(hands: Hands, carrier: Server) -> str:
    citizen = Citizen(hands, "+923000000177")
    citizen.says("English")
    citizen.says("", media=refs(carrier, (samples.voice(), "audio/ogg")))
    for answer in ("1", "1", "Gwadar"):
        citizen.says(answer)
    return citizen.tickets()[0]


def rows_of(hands: Hands, table: Any) -> list[Any]:
    return visitors.rows(hands, table)


def test_two_who_listen_do_not_undo_each_other(office: Office, gul: Visitor, hands: Hands, carrier: Server) -> None:
    number = speaks(hands, carrier)
    late = ticket_page(office.visitor("ahmed"), number).form("/hear")
    does(gul, number, "hear", text="The well is dry")
    refused = office.visitor("ahmed").sends(late, text="The wheel is dry")
    assert refused.status in (403, 409)
    assert rows_of(hands, tickets)[0].words == "The well is dry"


def test_a_citizens_own_words_are_never_written_over(gul: Visitor, hands: Hands, number: str) -> None:
    page = ticket_page(gul, number)
    assert not [form for form in forms_of(page) if form.endswith("/hear")]
    form = page.form("/note")
    form.action = form.action.replace("/note", "/hear")
    assert gul.sends(form, text="Something else").status == 422
    assert rows_of(hands, tickets)[0].words.startswith("No water in Gwadar")


def test_an_empty_hearing_is_refused(gul: Visitor, hands: Hands, carrier: Server) -> None:
    assert does(gul, speaks(hands, carrier), "hear", text="  ").status == 422
    assert rows_of(hands, tickets)[0].words == ""


def forms_of(page: Page) -> list[str]:
    reader = visitors._Reader()
    reader.feed(page.html)
    return [form.action for form in reader.forms]


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (samples.PDF, "Notice of May.pdf", "application/pdf"),
        (samples.jpeg(), "../../x.html", "image/jpeg"),
        (samples.picture("WEBP", mode="RGB"), "x.webp", "image/jpeg"),
        (samples.voice(), "voice.ogg", "audio/ogg"),
    ],
    ids=["paper", "photo", "webp", "voice"],
)
def test_an_answer_takes_a_file_along(
    office: Office, gul: Visitor, hands: Hands, number: str, data: bytes, name: str, kind: str
) -> None:
    page = gul.follows(answers(gul, number, data, name))
    assert "See the paper" in page.text
    assert 'href="/desk/media/4/file"' in page.html
    words, sent = rows_of(hands, outbox)[-2:]
    assert ("See the paper" in words.text, words.media, sent.text, sent.media) == (True, [], "", [4])
    assert office.woken[-1] == [words.id, sent.id] or office.woken[-1] == (words.id, sent.id)
    assert page.html.count('<p class="who">Gul Bibi</p>') == 2
    (link,) = media_links(hands, sent)
    assert link.kind == kind
    assert link.url.startswith("https://bot.example.pk/media/")
    anybody = office.visitor().opens(link.url.removeprefix("https://bot.example.pk"))
    assert (anybody.status, anybody.answer.mimetype) == (200, kind)
    assert samples.SECRET not in anybody.answer.data
    assert anybody.answer.headers["Cache-Control"] == "private, no-store"
    policy = anybody.answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy
    assert policy.endswith("sandbox") or kind == "audio/ogg"
    assert anybody.answer.headers["X-Content-Type-Options"] == "nosniff"
    assert number not in anybody.answer.headers["Content-Disposition"]
    assert "tawar" not in anybody.answer.headers.get("Set-Cookie", "")


def test_by_sms_the_file_goes_with_the_words(gul: Visitor, hands: Hands) -> None:
    number = Citizen(hands, "+923000000602", "sms").reports()
    answers(gul, number, samples.PDF)
    sent = rows_of(hands, outbox)[-1]
    assert ("See the paper" in sent.text, sent.media) == (True, [1])


def test_a_link_ends_and_opens_nothing_else(
    office: Office, gul: Visitor, hands: Hands, number: str, clock: Clock
) -> None:
    answers(gul, number, samples.PDF)
    sent = rows_of(hands, outbox)[-1]
    nobody = office.visitor()
    (link,) = media_links(hands, sent)
    path = link.url.removeprefix("https://bot.example.pk")
    for wrong in (
        path[:-4] + "AAAA",
        "/media/",
        "/media/4",
        "/media/x",
        "/media/" + "A" * 43,
        "/media/..%2f..%2fetc",
        "/media/%00",
    ):
        assert nobody.opens(wrong).status == 404
    of_citizen = type("Row", (), {"media": [1, 2], "created_at": clock.now})
    assert media_links(hands, of_citizen) == (), "what a citizen sent is linked to nobody"
    clock.passes(days=15)
    assert nobody.opens(path).status == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (samples.HTML, "This kind of file cannot be sent"),
        (samples.GIF_HTML, "This kind of file cannot be sent"),
        (b"\xff\xd8\xff" + samples.HTML, "The file is damaged"),
        (samples.jpeg() + bytes(5 << 20), "The file is too large"),
        (b"", "This kind of file cannot be sent"),
        (samples.bomb(), "The file is damaged"),
    ],
    ids=["page", "gif", "page as photo", "big photo", "empty", "bomb"],
)
def test_a_file_that_cannot_go_keeps_the_words(
    gul: Visitor, hands: Hands, number: str, tmp_path: Path, data: bytes, words: str
) -> None:
    before, files = len(rows_of(hands, outbox)), len(kept(tmp_path))
    page = answers(gul, number, data, "x.jpg")
    assert page.status == 422
    assert words in page.text
    assert page.form("/reply").fields["text"] == "See the paper"
    assert (len(rows_of(hands, outbox)), len(kept(tmp_path))) == (before, files)


def test_what_does_not_leave_leaves_no_file_behind(
    office: Office, gul: Visitor, hands: Hands, number: str, tmp_path: Path
) -> None:
    files = len(kept(tmp_path))
    assert answers(gul, number, samples.PDF, text=" ").status == 422
    form = ticket_page(gul, number).form("/reply")
    fields: dict[str, Any] = form.fields | {"text": "Twice"}

    def twice() -> int:
        data = fields | {"file": FileStorage(io.BytesIO(samples.PDF), "a.pdf")}
        return posts(gul, form.action, data).status

    assert (twice(), twice()) == (303, 303)
    assert len(kept(tmp_path)) == files + 1
    assert len([row for row in rows_of(hands, outbox) if row.media]) == 1
    stale = fields | {"key": "k" * 22, "text": "Late", "file": FileStorage(io.BytesIO(samples.PDF), "a.pdf")}
    assert posts(gul, form.action, stale).status == 409
    nadeem = office.visitor("nadeem")
    token = nadeem.opens("/desk").form("/sign-out").fields["csrf"]
    theirs = fields | {"csrf": token, "key": "n" * 22, "file": FileStorage(io.BytesIO(samples.PDF), "a.pdf")}
    assert posts(nadeem, form.action, theirs).status == 404
    assert len(kept(tmp_path)) == files + 1


def test_a_reply_without_a_file_is_as_ever(gul: Visitor, hands: Hands, number: str) -> None:
    assert answers(gul, number, b"", "").status == 303
    assert rows_of(hands, outbox)[-1].media == []
    assert "See the paper" in rows_of(hands, outbox)[-1].text


def test_only_a_signed_in_officials_reply_may_be_large(office: Office, gul: Visitor, number: str) -> None:
    form = ticket_page(gul, number).form("/reply")

    def sends(visitor: Visitor, action: str, size: int) -> int:
        fields: dict[str, Any] = form.fields | {"text": "x", "file": FileStorage(io.BytesIO(bytes(size)), "x.pdf")}
        return posts(visitor, action, fields).status

    assert sends(gul, form.action, 18 << 20) == 413
    assert sends(gul, form.action, 15 << 20) == 422
    for other in (form.action.replace("/reply", "/note"), "/sign-out", "/carriers/twilio/messages"):
        assert sends(gul, other, 1 << 20) == 413
    assert posts(gul, form.action, form.fields | {"text": "x" * 70_000}).status == 413
    assert sends(office.visitor(), form.action, 1 << 20) == 413
    assert sends(office.visitor("mahnaz"), form.action, 1 << 20) == 413


def test_a_form_with_a_file_needs_its_token_too(gul: Visitor, hands: Hands, number: str) -> None:
    form = ticket_page(gul, number).form("/reply")
    fields: dict[str, Any] = form.fields | {
        "csrf": "x",
        "text": "x",
        "file": FileStorage(io.BytesIO(samples.PDF), "x.pdf"),
    }
    assert posts(gul, form.action, fields).status == 403


def test_a_picture_an_official_sends_tells_no_place(gul: Visitor, hands: Hands, number: str, tmp_path: Path) -> None:
    answers(gul, number, samples.jpeg(turned=True), "IMG.jpg")
    row = rows(hands)[-1]
    with Image.open(tmp_path / "media" / row.key) as stored:
        assert not stored.getexif()
        assert stored.size == (400, 640)
    assert (row.name, row.inbound_id, row.state) == ("IMG.jpg", None, "ready")
