"""Helps the tests of campaigns: a manager with a browser, and eyes on what was stored."""

import re
from typing import Any

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from bot.services.hands import Hands
from bot.store.campaigns import campaigns
from bot.store.outbox import outbox
from tests.visitors import Office

URDU = "پولیو کے قطرے پلائیں، کل صبح آپ کے گھر ٹیم آئے گی۔"
ENGLISH = "Polio drops tomorrow: a team comes to your home."
DRAFT = {"title": "Polio", "languages": ["ur", "en"], "text-ur": URDU, "text-en": ENGLISH, "do": "save"}


class Manager:
    """A browser of somebody signed in, who fills in forms with the fields of the page they were shown."""

    def __init__(self, office: Office, username: str = "mahnaz") -> None:
        self.client = office.visitor(username).client

    def sees(self, path: str = "/campaigns") -> str:
        return self.client.get(path).get_data(as_text=True)

    def hidden(self, path: str = "/campaigns/new") -> dict[str, str]:
        return dict(re.findall(r'type="hidden" name="(csrf|key)" value="([^"]+)"', self.sees(path)))

    def sends(self, path: str, fields: dict[str, Any] | None = None) -> TestResponse:
        return self.client.post(path, data=self.hidden() | (fields or {}))

    def drafts(self, **fields: Any) -> str:
        """Saves a draft; the path of its page."""
        answer = self.sends("/campaigns/new", DRAFT | fields)
        assert answer.status_code == 303
        return answer.location.partition("?")[0]

    def schedules(self, path: str) -> None:
        assert self.sends(f"{path}/schedule", {"when": "now"}).status_code == 303


def rows(hands: Hands, table: Any) -> list[Any]:
    with hands.db.read() as tx:
        return list(tx.execute(select(table).order_by(table.c.id)))


def broadcasts(hands: Hands) -> list[Any]:
    return [row for row in rows(hands, outbox) if row.campaign_id]


def numbers(page: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(r'<td><bdi dir="ltr">([\d,]+)</bdi></td>', page)]


def put(hands: Hands, campaign_id: int, state: str) -> None:
    with hands.db.write() as tx:
        tx.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(state=state, starts_at=hands.now()))
