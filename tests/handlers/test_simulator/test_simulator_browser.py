"""The phone page in a real browser, with its script and without."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        why = "Chromium is missing: apt-get install chromium"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, simulator: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    opened, wrong = context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    opened.goto(simulator.url)
    yield opened
    context.close()
    assert wrong == []


def test_a_tapped_sample_is_sent_and_the_answer_appears(page: Page, simulator: Any, web: Any) -> None:
    page.get_by_text("No water in Gwadar for 3 days").first.click()
    expect(page.locator(".bubble.mine .text")).to_have_text("No water in Gwadar for 3 days")
    sent = simulator.send("شکایت درج ہو گئی")
    expect(page.locator(".bubble.theirs .text")).to_have_text("شکایت درج ہو گئی")
    expect(page.locator(".bubble.theirs .ticks.read")).to_be_visible()
    assert sent.fetch().status == "read"
    assert web.messages()[0]["Body"] == "No water in Gwadar for 3 days"


def test_enter_sends_and_a_button_answers(page: Page, simulator: Any, web: Any) -> None:
    page.fill("#text", "سلام")
    page.press("#text", "Enter")
    expect(page.locator(".bubble.mine")).to_have_count(1)
    expect(page.locator("#text")).to_have_value("")
    types = {"twilio/quick-reply": {"body": "?", "actions": [{"title": "ہاں", "id": "yes"}]}}
    wanted = {"friendly_name": "x", "language": "ur", "types": types}
    made = simulator.http.post(f"{simulator.url}/v1/Content", json=wanted, auth=simulator.twilio.auth, timeout=5)
    simulator.send(content_sid=made.json()["sid"])
    page.get_by_role("button", name="ہاں").click()
    expect(page.locator(".bubble.mine")).to_have_count(2)
    assert web.messages()[1]["ButtonPayload"] == "yes"


def test_the_counter_counts_sms(page: Page, simulator: Any) -> None:
    page.goto(f"{simulator.url}/?channel=sms")
    page.fill("#text", "ا" * 71)
    expect(page.locator("#count")).to_have_text("71 characters · 2 SMS · UCS-2")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_nothing_is_wider_than_a_small_phone(page: Page, simulator: Any, language: str) -> None:
    simulator.say("بہت لمبا پیغام " * 20 + "x" * 200)
    page.goto(f"{simulator.url}/?lang={language}")
    width = page.locator("html").evaluate("element => element.scrollWidth")
    assert width == 320


def test_without_a_script_forms_do_it_all(browser: Browser, simulator: Any, web: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(simulator.url)
    page.fill("#text", "no script")
    page.click(".send")
    expect(page.locator(".bubble.mine .text")).to_have_text("no script")
    page.locator(".faults summary").click()
    page.locator("[name=loss]").fill("40")
    page.locator(".faults button").first.click()
    expect(page.locator("[name=loss]")).to_have_value("40")
    context.close()
    assert web.messages()[0]["Body"] == "no script"
