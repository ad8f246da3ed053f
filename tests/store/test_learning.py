"""Examples: one a ticket, the newest. Versions: never two in use, whoever comes at once."""

import threading

import pytest
from sqlalchemy.exc import IntegrityError

from bot.services.hands import Hands
from bot.store import learning
from bot.store.database import Database
from bot.store.tickets import tickets
from tests.support import START, Citizen
from tests.visitors import rows

NEW = {
    "made_at": START,
    "examples": [{"category": "garbage", "text": "کچرا پڑا ہے"}],
    "before": {},
    "after": {},
    "weights": b"w",
}


def test_the_newest_label_of_a_ticket_wins(citizen: Citizen, hands: Hands) -> None:
    citizen.reports()
    ticket_id = rows(hands, tickets)[0].id
    for category in ("garbage", "sewerage"):
        with hands.db.write() as tx:
            learning.keep_example(tx, ticket_id, category=category, text="x y", source="citizen", at=START)
    with hands.db.read() as tx:
        (example,) = learning.all_examples(tx)
    assert (example.ticket_id, example.category, example.at) == (ticket_id, "sewerage", START)
    with hands.db.write() as tx:
        learning.forget_example(tx, ticket_id)
        learning.forget_example(tx, ticket_id)
        assert learning.all_examples(tx) == []


def test_versions_count_up_and_one_is_in_use(db: Database) -> None:
    with db.write() as tx:
        assert [learning.propose(tx, **NEW), learning.propose(tx, **NEW)] == [1, 2]
        assert learning.examples_in_use(tx) == []
        assert learning.weights_in_use(tx) is None
    with db.write() as tx:
        learning.accept(tx, 2, START, "root")
        assert learning.examples_in_use(tx) == NEW["examples"]
        assert learning.weights_in_use(tx) == b"w"
    with pytest.raises(IntegrityError), db.write() as tx:
        learning.accept(tx, 1, START, "root")
    with db.write() as tx:
        learning.retire(tx, START, "root")
        learning.accept(tx, 1, START, "root")
    with db.read() as tx:
        assert [(m.version, m.state, m.accepted_by, m.retired_by) for m in learning.all_models(tx)] == [
            (1, "accepted", "root", ""),
            (2, "retired", "root", "root"),
        ]


def test_two_who_accept_at_once_queue_up(db: Database) -> None:
    with db.write() as tx:
        versions = [learning.propose(tx, **NEW) for _ in range(4)]

    def takes(version: int) -> None:
        with db.write() as tx:
            learning.lock_models(tx)
            learning.retire(tx, START, "root")
            learning.accept(tx, version, START, "root")

    threads = [threading.Thread(target=takes, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as tx:
        states = [model.state for model in learning.all_models(tx)]
    assert sorted(states) == ["accepted", "retired", "retired", "retired"]
