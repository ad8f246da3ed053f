"""The whole round in a real Chromium: phone, desk, phone again, and a broadcast; with and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import opened, signs_in
from tests.service import Service, first_number

pytestmark = [pytest.mark.browser, pytest.mark.round]


def writes(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.click("button.send")


@pytest.mark.parametrize(
    ("language", "size", "scripts", "person"),
    [
        ("en", "desk", True, "+923000000101"),
        ("ur", "phone", False, "+923000000102"),
        ("bal", "phone", True, "+923000000103"),
    ],
)
def test_round(everything: Service, chromium: Browser, language: str, size: str, scripts: bool, person: str) -> None:
    phone = opened(chromium, size, scripts=scripts)
    address = f"{everything.phone_url}/?person={person.replace('+', '%2B')}&channel=whatsapp"
    phone.goto(address)
    writes(phone, "پانی نہیں آ رہا، تربت میں تین دن سے")
    ticket = first_number(everything.hears(1, person)[-1])
    phone.goto(address)
    writes(phone, "شکریہ")
    everything.hears(2, person)

    desk = opened(chromium, size, scripts=scripts)
    signs_in(desk, everything, "phed", language)
    assert desk.locator("html").get_attribute("dir") == ("ltr" if language == "en" else "rtl")
    _fits(desk, scripts)
    desk.locator(f"a[href*='{ticket}']").first.click()
    _fits(desk, scripts)
    answer = f"The tanker comes today. ٹینکر آج آئے گا۔ {language}"
    desk.fill("form.reply textarea", answer)
    desk.click("form.reply button")
    desk.wait_for_url(re.compile(ticket))
    assert answer in desk.content()

    assert answer in everything.hears(3, person)[-1]
    phone.goto(address)
    assert answer in phone.content()


def test_a_broadcast_reaches_those_who_want_it(everything: Service, chromium: Browser) -> None:
    """Two people of Khuzdar, one of whom said STOP; nobody gets it twice."""
    listening, silent = "+923000000121", "+923000000122"
    for person in (listening, silent):
        everything.says("No water in Khuzdar for 3 days", person)
        everything.hears(1, person)
    everything.says("STOP", silent)
    everything.hears(2, silent)

    page = opened(chromium, "desk", scripts=False)
    signs_in(page, everything, "campaigns", "en")
    page.goto(f"{everything.web_url}/campaigns/new?lang=en")
    page.fill("#title", "Polio week")
    for box in page.locator("input[name=languages]").all():
        box.set_checked(box.get_attribute("value") == "en")
    page.fill("#text-en", "Polio drops on Monday. Please bring your children.")
    page.locator("details.districts summary").click()
    page.check("input[name=districts][value=KZD]")
    page.click("button[value=count]")
    assert _row(page, "English") == "1"
    page.click("button[value=save]")
    page.check("input[name=when][value=now]")
    page.click("details.schedule button")
    assert "Polio drops on Monday" in everything.hears(2, listening)[-1]
    page.goto(f"{page.url.split('?')[0]}?lang=en")
    assert "Polio week" in page.content()
    assert len(everything.heard(silent)) == 2
    assert len(everything.heard(listening)) == 2


def _fits(page: Page, scripts: bool) -> None:
    """Nothing is wider than the screen."""
    if scripts:
        width: Any = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"  # type: ignore[index]


def _row(page: Page, name: str) -> str:
    """The number in the table's row of that name."""
    cells = page.locator("tr", has_text=name).first.locator("td, th").all_inner_texts()
    return next(cell.strip() for cell in cells[1:] if cell.strip())
