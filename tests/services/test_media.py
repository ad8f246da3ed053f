"""Files of messages: written down with the message, fetched once, tried again, and given up with a reason."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.carriers.port import MediaRef
from bot.media.fetch import CONNECT_S, TOTAL_S
from bot.media.shelf import Folder
from bot.media.sounds import TIME_S
from bot.services.hands import Hands
from bot.services.media import LEASE, WAITS_S, NoRoomError, claim_due, fetch
from bot.store import media as store
from bot.store.messages import inbound
from bot.store.migrate import downgrade, upgrade
from bot.store.tickets import tickets
from tests.media import samples
from tests.media.room import fetch_due, kept, media_links, refs, reports_with, rows, with_room
from tests.media.servers import Server, moves, says, serving
from tests.support import Citizen, Clock


@pytest.fixture
def carrier() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def room(hands: Hands, carrier: Server, tmp_path: Path) -> Hands:
    return with_room(hands, tmp_path, carrier)


def test_files_are_written_down_with_the_message_and_fetched_later(
    room: Hands, carrier: Server, tmp_path: Path
) -> None:
    files = refs(carrier, (samples.jpeg(), "image/jpeg"), (samples.PDF, "application/pdf"))
    message = Citizen(room).message("No water in Gwadar for 3 days", media=files)
    assert [Citizen(room).says(message.text, media=files, provider_id=message.provider_id).outcome for _ in "12"] == [
        "answered",
        "repeated",
    ]
    assert carrier.asked == [], "nothing is fetched in the webhook"
    assert [(row.position, row.url, row.told_kind, row.state) for row in rows(room)] == [
        (n, ref.url, ref.kind, "waiting") for n, ref in enumerate(files)
    ]
    assert fetch_due(room) == 2
    photo, paper = rows(room)
    assert (photo.state, photo.kind, photo.width, photo.height) == ("ready", "image/jpeg", 640, 400)
    assert (paper.state, paper.kind, paper.bytes, paper.small_key) == ("ready", "application/pdf", len(samples.PDF), "")
    assert len(kept(tmp_path)) == 3
    assert samples.SECRET not in b"".join(path.read_bytes() for path in kept(tmp_path))
    assert fetch_due(room) == 0


def test_a_message_without_files_writes_none(room: Hands) -> None:
    Citizen(room).reports()
    assert rows(room) == []


def test_what_is_not_there_yet_is_tried_again_and_then_given_up(room: Hands, carrier: Server, clock: Clock) -> None:
    Citizen(room).says("No water in Gwadar for 3 days", media=(MediaRef(f"{carrier.url}/late", "image/jpeg"),))
    for tries, wait in enumerate(WAITS_S, 1):
        assert fetch_due(room) == 1
        assert fetch_due(room) == 0
        assert [(row.state, row.reason, row.attempts) for row in rows(room)] == [("waiting", "missing", tries)]
        clock.passes(seconds=wait)
    assert fetch_due(room) == 1
    assert [(row.state, row.reason) for row in rows(room)] == [("failed", "missing")]
    clock.passes(days=9)
    assert fetch_due(room) == 0


def test_a_file_that_comes_late_is_there_in_the_end(room: Hands, carrier: Server, clock: Clock) -> None:
    Citizen(room).says("No water in Gwadar for 3 days", media=(MediaRef(f"{carrier.url}/late", "image/jpeg"),))
    fetch_due(room)
    carrier.talks["/late"] = says(samples.jpeg())
    clock.passes(seconds=WAITS_S[0])
    fetch_due(room)
    assert [(row.state, row.reason) for row in rows(room)] == [("ready", "")]


@pytest.mark.parametrize(
    ("data", "told", "reason"),
    [
        (samples.GIF_HTML, "image/gif", "kind"),
        (b"\xff\xd8\xff\xe0" + samples.HTML * 9, "image/jpeg", "broken"),
        (samples.HTML * 9, "image/jpeg", "kind"),
        (samples.jpeg() + bytes(6 << 20), "image/jpeg", "big"),
        (samples.bomb(), "image/png", "broken"),
    ],
    ids=["gif and page", "page as photo", "page", "too big", "bomb"],
)
def test_what_may_do_harm_is_not_kept(
    room: Hands, carrier: Server, tmp_path: Path, data: bytes, told: str, reason: str
) -> None:
    reports_with(room, carrier, [(data, told)])
    assert [(row.state, row.reason) for row in rows(room)] == [("refused", reason)]
    assert kept(tmp_path) == []


def test_what_a_file_is_its_content_says_and_not_the_carrier(room: Hands, carrier: Server) -> None:
    reports_with(room, carrier, [(samples.PDF, "image/jpeg"), (samples.jpeg(), "text/html")])
    assert [row.kind for row in rows(room)] == ["application/pdf", "image/jpeg"]


def test_an_address_that_is_not_the_carriers_is_not_asked(room: Hands, carrier: Server) -> None:
    carrier.talks["/away"] = moves("http://169.254.169.254/latest/meta-data/")
    urls = ["http://169.254.169.254/x", "http://[::1]:1/x", f"{carrier.url}/away", "https://api.twilio.com/x"]
    files = tuple(MediaRef(url, "image/jpeg") for url in urls)
    Citizen(room).says("No water in Gwadar for 3 days", media=files)
    fetch_due(room)
    assert [(row.state, row.reason) for row in rows(room)] == [("refused", "address")] * len(urls)


def test_a_file_that_kills_its_worker_does_so_a_few_times_only(room: Hands, carrier: Server, clock: Clock) -> None:
    Citizen(room).says("No water in Gwadar for 3 days", media=refs(carrier, (samples.jpeg(), "image/jpeg")))
    for _ in range(len(WAITS_S) + 1):
        with room.db.write() as tx:
            assert len(store.claim(tx, clock.now, clock.now + LEASE, 4)) == 1  # and dies
        clock.passes(seconds=LEASE.total_seconds() + 1)
    assert fetch_due(room) == 1
    assert [(row.state, row.reason) for row in rows(room)] == [("refused", "broken")]
    assert carrier.asked == []


def test_a_lease_that_ran_out_leaves_the_file_to_the_other_worker(
    room: Hands, carrier: Server, clock: Clock, tmp_path: Path
) -> None:
    citizen, data = Citizen(room), samples.jpeg()

    def slow(wire: Any, path: str) -> None:
        clock.passes(seconds=LEASE.total_seconds() + 1)
        with room.db.write() as tx:
            assert store.claim(tx, clock.now, clock.now + LEASE, 4)
        says(data)(wire, path)

    carrier.talks["/slow"] = slow
    citizen.says("No water in Gwadar for 3 days", media=(MediaRef(f"{carrier.url}/slow", "image/jpeg"),))
    assert fetch_due(room) == 1
    assert [(row.state, row.attempts) for row in rows(room)] == [("waiting", 2)]
    assert kept(tmp_path) == []


def test_many_workers_fetch_every_file_once(room: Hands, carrier: Server) -> None:
    files = refs(carrier, *[(samples.PDF, "application/pdf")] * 10)
    for n in range(3):
        Citizen(room, f"+9230000003{n:02}").says("No water in Gwadar for 3 days", media=files)
    barrier = threading.Barrier(4)

    def work(_: int) -> int:
        barrier.wait(10)
        total = 0
        while done := fetch_due(room):
            total += done
        return total

    with ThreadPoolExecutor(4) as pool:
        totals = list(pool.map(work, range(4)))
    assert sum(totals) == len(carrier.asked) == 30
    assert {(row.state, row.attempts) for row in rows(room)} == {("ready", 1)}


def test_no_room_on_the_shelf_is_tried_again(room: Hands, carrier: Server, clock: Clock, tmp_path: Path) -> None:
    class Full(Folder):
        def put(self, data: bytes) -> str:
            raise OSError(28, "No space left on device")

    assert room.media
    full = replace(room, media=replace(room.media, shelf=Full(tmp_path)))
    reports_with(full, carrier, [(samples.jpeg(), "image/jpeg")])
    assert [(row.state, row.reason) for row in rows(room)] == [("waiting", "room")]
    clock.passes(hours=1)
    fetch_due(room)
    assert rows(room)[0].state == "ready"


def test_a_file_that_takes_all_the_time_there_is_stays_its_workers(room: Hands, carrier: Server, clock: Clock) -> None:
    """The longest download, two pictures before it, and ffmpeg to its end."""
    longest, others = TOTAL_S + CONNECT_S + 2 * 30 + TIME_S, []

    def slow(wire: Any, path: str) -> None:
        clock.passes(seconds=longest)
        others.extend(claim_due(room, 4))
        says(samples.PDF)(wire, path)

    carrier.talks["/slow"] = slow
    Citizen(room).says("No water in Gwadar", media=(MediaRef(f"{carrier.url}/slow", "application/pdf"),))
    assert fetch_due(room) == 1
    assert others == []
    assert [(row.state, row.attempts) for row in rows(room)] == [("ready", 1)]


def test_files_of_messages_from_before_are_expected_too(hands: Hands, clock: Clock) -> None:
    """The migration writes down what earlier messages named."""
    Citizen(hands).says(
        "No water in Gwadar", media=(MediaRef("https://a.example/1", "image/jpeg"), MediaRef("x", "audio/ogg"))
    )
    Citizen(hands, "+923000000102").says("No water in Gwadar")
    before = [(row.inbound_id, row.position, row.url, row.told_kind, row.due_at) for row in rows(hands)]
    downgrade(hands.db, "0004", vault=hands.vault)
    upgrade(hands.db, vault=hands.vault)
    assert [(row.inbound_id, row.position, row.url, row.told_kind, row.due_at) for row in rows(hands)] == before
    assert len(before) == 2


def test_a_part_without_a_place_for_files_says_so(hands: Hands) -> None:
    with pytest.raises(NoRoomError):
        fetch(hands, None)
    row = type("Row", (), {"media": []})
    assert media_links(hands, row) == ()


def test_a_voice_note_alone_is_a_complaint(room: Hands, carrier: Server) -> None:
    citizen = Citizen(room)
    citizen.says("English")
    citizen.says("", media=refs(carrier, (samples.voice(), "audio/ogg; codecs=opus")))
    for answer in ("1", "1", "Gwadar"):
        citizen.says(answer)
    fetch_due(room)
    with room.db.read() as tx:
        ticket = tx.execute(tickets.select()).one()
        (file,) = store.of_ticket(tx, ticket.id)
        said = tx.execute(inbound.select().where(inbound.c.id == file.inbound_id)).one()
    assert (ticket.words, ticket.category, ticket.state) == ("", "water_none", "new")
    assert said.ticket_id == ticket.id
    assert (file.state, file.kind) == ("ready", "audio/ogg")
    assert file.seconds == pytest.approx(2.0, abs=0.05)


def test_links_of_an_answer(room: Hands, clock: Clock) -> None:
    number = Citizen(room).reports()
    with room.db.write() as tx:
        ticket_id = tx.execute(tickets.select()).one().id
        fields = {"kind": "image/jpeg", "key": "k"}
        first, second = (store.keep(tx, ticket_id, clock.now, **fields) for _ in "12")
    row = type("Row", (), {"media": [second, first], "created_at": clock.now})
    links = media_links(room, row)
    assert [(link.kind, link.url.rpartition("/")[0]) for link in links] == [
        ("image/jpeg", "https://bot.example.pk/media")
    ] * 2
    assert links[0] != links[1]
    clock.passes(hours=30)
    assert media_links(room, row) == links
    assert number not in str(links)
    clock.now += timedelta(days=90)
    assert media_links(room, row) != links
