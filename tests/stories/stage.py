"""Days of service in seconds: the real web and simulator, with one clock for us and one for the carriers, moved together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.services import desk, templates
from bot.services.orders import Done, Official, Order
from bot.services.waiting import fall_back, wake_held
from bot.services.watch import watch
from bot.store import tickets
from bot.store.contacts import contacts
from bot.store.database import Database
from bot.store.outbox import outbox
from tests.street import Street, street, wait_for
from tests.support import Clock

PHONE = "+923000000101"
WELL = {"whatsapp": "up", "kannel": "up", "kannel_answer": None, "numbers": {}, "whatsapp_window": True}
REPORT = "No water in Gwadar for 3 days, the pipe is broken"


@dataclass
class Days:
    """`street` with time that passes when a story says so."""

    street: Street
    clock: Clock
    ahead_s: float = 0.0
    orders: int = 0

    def pass_(self, **span: float) -> None:
        """Time passes for us and for the carriers; what a clock and a worker do is done."""
        before = self.clock.now
        self.clock.passes(**span)
        self.ahead_s += (self.clock.now - before).total_seconds()
        self.street.fault(clock_ahead_s=self.ahead_s)
        self.work()

    def bad(self, **faults: Any) -> None:
        """What is wrong from now on; all else is well again."""
        self.street.fault(clock_ahead_s=self.ahead_s, **(WELL | faults))

    def work(self) -> None:
        wake_held(self.street.hands)
        while watch(self.street.hands):
            pass
        fall_back(self.street.hands)
        self.street.deliver()

    def says(self, text: str, channel: str = "whatsapp") -> None:
        assert self.street.says(text, PHONE, channel)["status"] == 200
        self.work()

    def heard(self, channel: str = "whatsapp") -> list[str]:
        return self.street.heard(PHONE, channel)

    def number(self) -> str:
        with self.street.hands.db.read() as tx:
            return str(tx.execute(select(tickets.tickets.c.number)).scalars().first())

    def state(self) -> str:
        with self.street.hands.db.read() as tx:
            return str(tx.execute(select(tickets.tickets.c.state)).scalars().first())

    def official_does(self, action: str, text: str) -> None:
        """An official with every department answers or resolves."""
        hands, number = self.street.hands, self.number()
        self.orders += 1
        with hands.db.read() as tx:
            ticket = tickets.find(tx, number)
        order = Order(
            number, action, f"key-of-the-story-number-{self.orders:04}", ticket.version if ticket else 0, text
        )
        assert isinstance(desk.act(hands, Official(1, "Gul Bibi", None), order), Done)
        self.work()

    def rows(self) -> Sequence[Any]:
        with self.street.hands.db.read() as tx:
            return tx.execute(select(outbox).order_by(outbox.c.id)).all()

    def contact(self) -> Any:
        with self.street.hands.db.read() as tx:
            return tx.execute(select(contacts)).one()

    def settle(self) -> None:
        """Until every receipt that is on its way has come."""
        wait_for(lambda: all(r.status in ("delivered", "read") for r in self.rows() if r.state == "accepted"))


@contextmanager
def days(db: Database, start: datetime | None = None) -> Iterator[Days]:
    """From `start` on, or from now, a service with approved templates; the carriers judge WhatsApp's window themselves."""
    clock = Clock(start or datetime.now(UTC))
    with street(db, clock, two_way_sms=True) as road:
        told = Days(road, clock)
        told.bad(approval={"status": "approved", "after_s": 0})
        with db.write() as tx:
            tx.exec_driver_sql(
                "INSERT INTO accounts (id, username, name, role, department, password_hash, language, created_at)"
                " VALUES (1, 'gul', 'Gul Bibi', 'supervisor', '', 'x', 'en', '2026-11-01T00:00:00.000000')"
            )
        templates.submit(road.hands)
        templates.fetch(road.hands)
        yield told
