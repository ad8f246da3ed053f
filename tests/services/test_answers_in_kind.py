"""What the department says comes to the citizen in the digits the citizen wrote last, days before."""

from typing import Any

from sqlalchemy import insert, select

from bot.services.desk import act
from bot.services.hands import Hands
from bot.services.orders import Done, Official, Order
from bot.store.accounts import accounts
from bot.store.contacts import contacts
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from tests.support import Citizen


def rows(hands: Hands, table: Any) -> Any:
    with hands.db.read() as tx:
        return tx.execute(select(table).order_by(*table.primary_key)).all()


def resolves(hands: Hands) -> None:
    """An official of the department says that it is solved."""
    person = {"username": "asma", "name": "Asma", "role": "official", "department": "PHED", "password_hash": "x"}
    with hands.db.write() as tx:
        tx.execute(insert(accounts).values(person | {"created_at": hands.now()}))
    ticket, account = rows(hands, tickets)[-1], rows(hands, accounts)[-1]
    order = Order(ticket.number, "resolve", "key", ticket.version, "پائپ 21 نومبر کو بدل دیا")
    assert isinstance(act(hands, Official(account.id, "Asma", None), order), Done)


def test_the_department_s_answer_brings_choices_in_the_citizen_s_digits(citizen: Citizen, hands: Hands) -> None:
    number = citizen.reports("گوادر میں ۳ دن سے پانی نہیں آ رہا")
    resolves(hands)
    told = str(rows(hands, outbox)[-1].text)
    assert "\n۱ " in told
    assert "\n۲ " in told
    assert number in told
    assert "پائپ 21 نومبر کو بدل دیا" in told


def test_a_conversation_of_before_is_answered_in_the_language_s_own_digits(citizen: Citizen, hands: Hands) -> None:
    """The column as an earlier version of the service wrote it."""
    citizen.says("گوادر میں پانی نہیں آ رہا")
    with hands.db.write() as tx:
        tx.execute(contacts.update().values(conversation='{"language":"ur","step":"menu"}'))
    citizen.says("مینو")
    assert "\n1 " in str(rows(hands, outbox)[-1].text)
