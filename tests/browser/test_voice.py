"""A voice note and a photo, from the phone through the whole service to the official's browser, which plays and shows them."""

import base64
import os
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from tests.chromium import opened, signs_in
from tests.media import samples
from tests.service import Service
from tests.street import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.round]
PERSON = "+923000000141"
LOADED = """element => new Promise((done, fail) => {
  element.onloadedmetadata = () => done(element.duration);
  element.onerror = () => fail(element.error.message);
  element.load();
})"""
PLAYED = """element => new Promise((done, fail) => {
  element.muted = true;
  element.ontimeupdate = () => element.currentTime > 0.3 && done(element.currentTime);
  element.play().catch(fail);
})"""


def as_file(data: bytes, kind: str) -> dict[str, str]:
    return {"file": f"data:{kind};base64,{base64.b64encode(data).decode()}", "type": kind}


def test_an_official_hears_sees_and_answers_with_a_file(everything: Service, chromium: Browser, tmp_path: Path) -> None:
    everything.says("اردو", PERSON)
    everything.says(
        "", PERSON, media=[as_file(samples.voice(3.0), "audio/ogg"), as_file(samples.jpeg(1600, 1200), "image/jpeg")]
    )
    for answer in ("1", "1", "گوادر"):
        everything.says(answer, PERSON)
    everything.hears(5, PERSON)
    page = opened(chromium, "phone")
    signs_in(page, everything, "phed", "ur")
    errors: list[Any] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.locator("a.row").first.click()
    page.wait_for_url(re.compile("/tickets/"))
    wait_for(
        lambda: page.reload() and page.locator("audio").count() == 1 and page.locator(".media img").count() == 1, 20
    )

    sound: Any = page.locator("audio").element_handle()
    assert sound.evaluate(LOADED) == pytest.approx(3.0, abs=0.1)
    assert sound.evaluate(PLAYED) > 0.3
    photo: Any = page.locator(".media img").element_handle()
    photo.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.media img').naturalWidth > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert errors == []
    if folder := os.environ.get("TAWAR_SHOTS"):  # to be looked at by a person
        page.screenshot(path=f"{folder}/voice-ur-320.png", full_page=True)

    page.fill("form.hear textarea", "کنواں خشک ہے، دو گھنٹے پیدل جاتے ہیں")
    page.click("form.hear button")
    page.wait_for_url(re.compile("done=hear"))
    assert "کنواں خشک ہے" in page.locator(".line.note").inner_text()

    paper = tmp_path / "نوٹس.pdf"
    paper.write_bytes(samples.PDF)
    page.locator("details.attach summary").click()
    page.set_input_files("#file", paper)
    page.fill("form.reply textarea", "یہ نوٹس دیکھیں")
    page.click("form.reply button")
    page.wait_for_url(re.compile("done=reply"))
    assert page.locator(".line.out .media a").count() == 1
    if folder:
        page.screenshot(path=f"{folder}/answer-ur-320.png", full_page=True)
    said = everything.hears(7, PERSON)
    assert "یہ نوٹس دیکھیں" in said[-2]
    file = everything.thread(PERSON)[-1]["media"]
    assert len(file) == 1, "the file follows the words, as a message of its own"

    page.locator(".media a:has(img)").click()
    page.wait_for_url(re.compile("/desk/media/[0-9]+/view"))
    assert page.locator("img").evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1600, 1200]
    nobody = requests.get(page.url, timeout=10, allow_redirects=False)
    assert nobody.status_code == 303
    files = [path for path in (everything.var / "media").rglob("*") if path.is_file()]
    assert len(files) == 4
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
