"""The system's own Chromium, as the tests use it: no network of its own, nobody signed in."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.service import Service

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
SIZES: dict[str, Any] = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 320, "height": 640}}


def path() -> str | None:
    """Where the browser is; None if this system has none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def launched(executable: str, more: Sequence[str] = ()) -> Iterator[Browser]:
    """`more`: arguments besides the usual ones."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *more])
        yield browser
        browser.close()


def opened(browser: Browser, size: str = "desk", *, scripts: bool = True) -> Page:
    """A page of a browser nobody is signed in with, in one of SIZES."""
    page = browser.new_context(viewport=SIZES[size], java_script_enabled=scripts).new_page()
    page.set_default_timeout(15_000)
    return page


def signs_in(page: Page, running: Service, username: str, language: str) -> None:
    """A demo person signs in, and reads in `language` from then on."""
    page.goto(f"{running.web_url}/sign-in?lang={language}")
    page.fill("#username", username)
    page.fill("#password", running.login(username))
    page.press("#password", "Enter")
    page.wait_for_url(re.compile("/(desk|campaigns)"))
    page.click(f"footer button[value={language}]")
    page.wait_for_selector(f"html[lang^={language}]", state="attached")
