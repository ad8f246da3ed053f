"""A file's address from an SMS, opened by itself in a citizen's browser: a voice answer plays, a photo shows, a paper is saved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from bot.services.media import links_of
from bot.store.media import keep
from bot.store.tickets import tickets
from tests.browser.test_voice import LOADED, PLAYED
from tests.chromium import opened
from tests.media import samples
from tests.street import Street, street
from tests.support import sqlite

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("door")
    with sqlite(folder) as db, street(db, files=folder / "files") as road:
        road.says("No water in Gwadar for 3 days, the pipe is broken")
        yield road


def address(road: Street, data: bytes, kind: str) -> str:
    """Of an official's file."""
    assert road.hands.media
    now, key = road.hands.now(), road.hands.media.shelf.put(data)
    with road.hands.db.write() as tx:
        ticket_id = tx.execute(select(tickets.c.id)).scalar_one()
        media_id = keep(tx, ticket_id, now, kind=kind, key=key, bytes=len(data), sha256="0" * 64)
        row = type("Row", (), {"media": [media_id], "created_at": now})
        return links_of(tx, road.hands, row)[0].url


@pytest.fixture
def page(chromium: Browser) -> Page:
    return opened(chromium, "phone")


def test_a_voice_answer_plays(door: Street, page: Page) -> None:
    page.goto(address(door, samples.voice(3.0), "audio/ogg"))
    player: Any = page.locator("audio, video").element_handle()
    assert player.evaluate(LOADED) == pytest.approx(3.0, abs=0.1)
    assert player.evaluate(PLAYED) > 0.3


def test_a_photo_shows(door: Street, page: Page) -> None:
    page.goto(address(door, samples.jpeg(), "image/jpeg"))
    assert page.locator("img").evaluate("image => image.naturalWidth") == 640


def test_a_paper_is_saved(door: Street, page: Page, tmp_path: Path) -> None:
    url = address(door, samples.PDF, "application/pdf")
    with page.expect_download() as saved:
        page.evaluate("url => { location.href = url }", url)
    saved.value.save_as(tmp_path / "saved.pdf")
    assert (tmp_path / "saved.pdf").read_bytes() == samples.PDF
