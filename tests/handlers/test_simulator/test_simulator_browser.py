"""The phone page in a real browser, with its script and without."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser_arguments() -> list[str]:
    return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]  # a microphone that hums


@pytest.fixture
def page(chromium: Browser, simulator: Any) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
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


def test_without_a_script_forms_do_it_all(chromium: Browser, simulator: Any, web: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
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


@pytest.mark.parametrize("show", ["channels", "people"])
def test_several_phones_fit_a_small_one(page: Page, simulator: Any, show: str) -> None:
    simulator.say("بہت لمبا پیغام " * 20 + "x" * 200)
    page.goto(f"{simulator.url}/?lang=ur&show={show}")
    assert page.locator("html").evaluate("element => element.scrollWidth") == 320
    assert page.locator(".phone").first.evaluate("element => element.clientWidth") <= 320


def test_three_people_write_on_one_page(page: Page, simulator: Any, web: Any) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{simulator.url}/?show=people")
    for name in ("Zarina", "Ahmed", "Bakht"):
        phone = page.get_by_role("region", name=name)
        phone.get_by_role("textbox", name="Message").fill(f"I am {name}")
        phone.get_by_role("textbox", name="Message").press("Enter")
        expect(phone.locator(".bubble.mine .text")).to_have_text(f"I am {name}")
    assert [form["From"][-3:] for form in web.messages()] == ["101", "102", "103"]
    simulator.send("Jawab", to="+923000000102")
    expect(page.get_by_role("region", name="Ahmed").locator(".bubble.theirs")).to_have_text(re.compile("Jawab"))


def test_a_list_opens_and_stays_open(page: Page, simulator: Any, web: Any) -> None:
    items = [{"item": "پانی", "id": "water"}, {"item": "بجلی", "id": "power"}]
    types = {"twilio/list-picker": {"body": "?", "button": "چنیں", "items": items}}
    wanted = {"friendly_name": "x", "language": "ur", "types": types}
    made = simulator.http.post(f"{simulator.url}/v1/Content", json=wanted, auth=simulator.twilio.auth, timeout=5)
    simulator.send(content_sid=made.json()["sid"])
    page.locator(".list summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="بجلی")).to_be_visible()
    simulator.send("something else")
    expect(page.get_by_text("something else")).to_be_visible()
    page.get_by_role("button", name="بجلی").click()
    expect(page.locator(".bubble.mine")).to_have_count(1)
    assert web.messages()[0]["ListId"] == "power"


def test_a_voice_note_is_recorded(chromium: Browser, simulator: Any, web: Any) -> None:
    context = chromium.new_context(permissions=["microphone"])
    page = context.new_page()
    page.goto(simulator.url)
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.locator("#count")).to_have_text(re.compile("Recording"))
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Stop and send").click()
    expect(page.locator(".bubble.mine audio")).to_be_visible()
    context.close()
    form = web.messages()[0]
    assert form["MediaContentType0"].startswith("audio/")
    assert len(requests.get(form["MediaUrl0"], auth=simulator.twilio.auth, timeout=5).content) > 100


SLOW_QUESTION = """
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.streams = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    await new Promise((done) => setTimeout(done, 400));
    const stream = await ask(wanted);
    window.streams.push(stream);
    return stream;
  };
"""


def test_a_second_tap_while_the_microphone_is_asked_for_starts_no_second_recording(
    chromium: Browser, simulator: Any, web: Any
) -> None:
    context = chromium.new_context(permissions=["microphone"])
    context.add_init_script(SLOW_QUESTION)
    page = context.new_page()
    page.goto(simulator.url)
    page.get_by_role("button", name="Record a voice note").dblclick()
    expect(page.locator("#count")).to_have_text(re.compile("Recording"))
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Stop and send").click()
    expect(page.locator(".bubble.mine audio")).to_be_visible()
    states = page.evaluate("window.streams.flatMap((one) => one.getTracks()).map((track) => track.readyState)")
    assert states == ["ended"]
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.locator("#count")).to_have_text(re.compile("Recording"))
    context.close()
    assert len(web.messages()) == 1


def test_a_phone_that_is_cut_off_says_so(chromium: Browser, simulator: Any) -> None:
    simulator.faults(numbers={"+923000000101": {"whatsapp": "down"}})
    context = chromium.new_context()
    page = context.new_page()
    page.goto(simulator.url)
    expect(page.locator(".down")).to_be_visible()
    page.fill("#text", "Salaam")
    page.press("#text", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("whatsapp is down")
    expect(page.locator("#text")).to_have_value("Salaam")
    context.close()
