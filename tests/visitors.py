"""Visitors without a browser: pages are fetched, their forms read from the real HTML, filled in and sent as a browser does."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select, update
from werkzeug.test import TestResponse

from bot.config import Settings
from bot.services.hands import Hands
from bot.services.passwords import hash_password
from bot.store import accounts
from handlers.web import Web, create_web

PASSWORD = "a long password of the tests"
PEOPLE = {
    "gul": ("Gul Bibi", "official", "PHED"),
    "ahmed": ("Ahmed Kakar", "official", "PHED"),
    "nadeem": ("Nadeem Kakar", "official", "QESCO"),
    "akbar": ("Akbar Jan", "supervisor", ""),
    "mahnaz": ("Mahnaz Hazara", "campaign_manager", ""),
    "yousaf": ("Yousaf Achakzai", "approver", ""),
    "shari": ("Banuk Shari", "reviewer", ""),
    "zarina": ("Zarina Marri", "referee", ""),
    "root": ("Operator", "admin", ""),
}


@cache
def shared_hash() -> str:
    """One costly hash for all tests."""
    return hash_password(PASSWORD)


@dataclass
class Form:
    """A form of a page: where it goes and what its fields hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.text += "" if tag in ("bdi", "time") else " "
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "textarea" and self.forms and given.get("name"):
            self._area = given["name"]
            self.forms[-1].fields[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            fields = self.forms[-1].fields
            fields[self._area] = fields[self._area].removeprefix("\n")  # as a browser does
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].fields[self._area] += data
        self.text += data


@dataclass(frozen=True)
class Page:
    """What came back."""

    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def html(self) -> str:
        return self.answer.get_data(as_text=True)

    @property
    def text(self) -> str:
        """The words a reader sees, white space made plain."""
        reader = _Reader()
        reader.feed(re.sub(r"<(script|style)\b.*?</\1>", "", self.html, flags=re.DOTALL))
        return " ".join(reader.text.split())

    def form(self, action: str) -> Form:
        """The form whose action ends so."""
        reader = _Reader()
        reader.feed(self.html)
        return next(form for form in reader.forms if form.action.endswith(action))


class Visitor:
    """One browser: keeps cookies, follows a redirect after a form."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def opens(self, path: str, **headers: str) -> Page:
        return Page(self.client.get(path, headers=headers, buffered=True))

    def sends(self, form: Form, headers: dict[str, str] | None = None, **fields: str) -> Page:
        """Sends a form with some fields filled in; what came back, not followed."""
        return Page(self.client.post(form.action, data=form.fields | fields, headers=headers, buffered=True))

    def follows(self, page: Page) -> Page:
        assert page.status == 303, page.text
        return self.opens(page.answer.location)

    def signs_in(self, username: str, password: str = PASSWORD, path: str = "/sign-in") -> Page:
        form = self.opens(path).form("/sign-in")
        return self.sends(form, username=username, password=password)


@dataclass(frozen=True)
class Office:
    """The web with its people; `woken` holds the ids of outbox rows the worker was told of."""

    hands: Hands
    app: Flask
    woken: list[Sequence[int]]

    def visitor(self, username: str = "") -> Visitor:
        """A fresh browser, of somebody signed in or of anybody."""
        client = self.app.test_client()
        if username:
            client.set_cookie("tawar", self._session(username))
        return Visitor(client)

    def _session(self, username: str) -> str:
        """A session opened past the sign-in form, whose password check is slow on purpose."""
        token = f"session of {username}"
        with self.hands.db.write() as tx:
            account = accounts.find(tx, username)
            assert account
            digest = hashlib.sha256(token.encode()).hexdigest()
            if not accounts.find_session(tx, digest):
                accounts.open_session(tx, digest, account.id, self.hands.now())
        return token


def open_office(hands: Hands, **settings: object) -> Office:
    """Real web, real database, nine people with one password."""
    with hands.db.write() as tx:
        for username, (name, role, department) in PEOPLE.items():
            fields = {"name": name, "role": role, "department": department, "password_hash": shared_hash()}
            accounts.add(tx, username=username, language="en", created_at=hands.now(), **fields)
    woken: list[Sequence[int]] = []
    known = {"demo": True, "public_url": "http://localhost", "secret_key": "k" * 40} | settings
    app = create_web(Web(hands, Settings(**known), woken.append, lambda: None))  # type: ignore[arg-type]
    return Office(hands, app, woken)


def ticket_page(visitor: Visitor, number: str) -> Page:
    return visitor.opens(f"/desk/tickets/{number}")


def does(visitor: Visitor, number: str, action: str, **fields: str) -> Page:
    """Opens the ticket, fills in the form of one action and sends it."""
    return visitor.sends(ticket_page(visitor, number).form(f"/{action}"), **fields)


def rows(hands: Hands, table: Table) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(table).order_by(table.c.id)))


def put(hands: Hands, table: Table, **fields: object) -> None:
    """Sets fields of every row."""
    with hands.db.write() as tx:
        tx.execute(update(table).values(**fields))
