"""The crossing of every route and every role: what the table beside it expects, and fresh things for each visitor to try on."""

import csv
import hashlib
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl

from bot.permissions import ROLES
from bot.store import accounts, campaigns, media, second_steps, tickets, unsealings
from bot.store.database import Database
from tests.media.room import with_room
from tests.support import Citizen, Clock, make_hands
from tests.visitors import Form, Office, Page, Visitor, open_office, shared_hash

TABLE = Path(__file__).with_name("matrix.csv")
OWN, OTHER = "PHED", "QESCO"
"""The ticket is PHED's. Officials are of one or the other; the own of those whose role sees all is no department."""
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_numbers = count(1)


@dataclass(frozen=True)
class Route:
    """One row: how a route is tried, and the answer each visitor must get; `role` or `role/other` -> status."""

    method: str
    rule: str
    path: str
    fields: dict[str, str]
    expected: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def read_table() -> list[Route]:
    with TABLE.open(encoding="utf-8") as stream:
        return [_route(row) for row in csv.DictReader(stream)]


def _route(row: dict[str, str]) -> Route:
    expected = {}
    for who in ("anybody", *ROLES):
        own, _, other = row[who].partition("/")
        expected[who] = int(own)
        if who in ROLES:
            expected[f"{who}/other"] = int(other or own)
    return Route(row["method"], row["rule"], row["path"], dict(parse_qsl(row["form"])), expected)


class Crossing:
    """The web with two people of every role, and things for them to try on."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.hands = with_room(make_hands(db, Clock()), folder)
        self.office: Office = open_office(self.hands)
        with self.hands.db.write() as tx:
            for role in ROLES:
                for username, department in ((role, OWN if role == "official" else ""), (f"{role}/other", OTHER)):
                    accounts.add(
                        tx, username=username, name=username, role=role, department=department, language="en",
                        password_hash=shared_hash(), created_at=self.hands.now(),
                    )  # fmt: skip

    def visitor(self, who: str) -> Visitor:
        return self.office.visitor("" if who == "anybody" else who)

    def tries(self, visitor: Visitor, route: Route, path: str, **fields: str) -> Page:
        """Sends what the row says, with a form token of the visitor's own."""
        if route.method == "GET":
            return visitor.opens(path)
        whole = {"csrf": form_token(visitor), "key": new_key()} | route.fields | fields
        return visitor.sends(Form(path, "post", whole))

    def path(self, route: Route, who: str) -> str:
        """The row's path, with things nobody touched yet."""
        wanted = {
            name: getattr(self, f"_new_{name}")
            for name in ("number", "campaign", "media", "token", "session", "passkey", "unsealing")
        }
        found = {name: make(who) for name, make in wanted.items() if f"{{{name}}}" in route.path}
        return route.path.format(**found)

    def _new_number(self, _: str) -> str:
        return Citizen(self.hands, f"+92300{next(_numbers):07}").reports()

    def _new_campaign(self, _: str) -> int:
        fields = {"title": "Polio", "texts": {"en": "Drops"}, "districts": [], "languages": ["en"], "state": "draft"}
        with self.hands.db.write() as tx:
            return campaigns.add(tx, created_by=1, created_at=self.hands.now(), **fields)

    def _new_media(self, who: str) -> int:
        assert self.hands.media
        data = b"%PDF-1.4"
        fields = {"kind": "application/pdf", "bytes": len(data), "sha256": "0" * 64, "name": "notice.pdf"}
        key, number = self.hands.media.shelf.put(data), self._new_number(who)
        with self.hands.db.write() as tx:
            ticket = tickets.find(tx, number)
            assert ticket
            return media.keep(tx, ticket.id, self.hands.now(), key=key, **fields)

    def _new_session(self, who: str) -> int:
        """Another session of this visitor's own."""
        with self.hands.db.write() as tx:
            account = accounts.find(tx, who)
            token = new_key()
            accounts.open_session(tx, token, account.id if account else 1, self.hands.now())
            found = accounts.find_session(tx, token)
            return int(found.session_id) if found else 0

    def _new_passkey(self, who: str) -> int:
        with self.hands.db.write() as tx:
            account, id_ = accounts.find(tx, who), new_key().encode()
            owner = account.id if account else 1
            fields = {"credential_id": id_, "public_key": b"key", "sign_count": 0, "device": "Chrome, Android"}
            assert second_steps.add_passkey(tx, owner, self.hands.now(), **fields)
            return int(second_steps.passkeys_of(tx, owner)[-1].id)

    def _new_unsealing(self, _: str) -> int:
        """Asked for by an official of the ticket's department, who decides nothing."""
        number = self._new_number(_)
        with self.hands.db.write() as tx:
            ticket, account = tickets.find(tx, number), accounts.find(tx, "official")
            assert ticket
            assert account
            asked = unsealings.ask(tx, ticket.id, account.id, "They asked to be called", self.hands.now())
            assert asked
            return asked

    def _new_token(self, _: str) -> str:
        return "A" * 43


def form_token(visitor: Visitor) -> str:
    """The token of a form this visitor was shown."""
    page = visitor.opens("/account")
    if page.status == 200:
        return page.form("/sign-out").fields["csrf"]
    return visitor.opens("/sign-in").form("/sign-in").fields["csrf"]


def new_key() -> str:
    return hashlib.sha256(str(next(_numbers)).encode()).hexdigest()[:22]
