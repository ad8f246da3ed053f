"""Several workers claim from one outbox: every message is claimed once, and a person's messages in their order."""

import multiprocessing
import time
from collections import Counter
from datetime import datetime, timedelta
from multiprocessing.pool import Pool, ThreadPool

import pytest
from sqlalchemy import select, update

from bot.delivery import LEASE
from bot.outbox import Lane
from bot.services.hands import Hands
from bot.store import contacts
from bot.store import outbox as store
from bot.store.database import Database
from bot.store.outbox import outbox
from tests.support import START, vault

WORKERS, MESSAGES, PEOPLE, BATCH = 4, 500, 60, 17
Claimed = tuple[float, int, int]
"""(when, contact, message)"""


def fill(db: Database, messages: int = MESSAGES, people: int = PEOPLE, lane: Lane = Lane.REPLY) -> list[int]:
    with db.write() as tx:
        ids = [int(contacts.lock_by_phone(tx, vault(), f"+92300{n:07d}", START).id) for n in range(people)]
        return store.put(tx, [row(f"r{n}", ids[n * 7 % people], lane) for n in range(messages)])


def row(ref: str, contact_id: int, lane: Lane = Lane.REPLY, **more: object) -> dict[str, object]:
    instants = dict.fromkeys(("due_at", "created_at", "updated_at"), START)
    fixed = {"carrier": "twilio", "channel": "sms", "text": ref, "state": "waiting", **instants}
    return {"ref": ref, "contact_id": contact_id, "lane": int(lane), **fixed, **more}


def work(url: str) -> list[Claimed]:
    """What one worker process does: claims, sends (here: nothing) and writes the outcome down, until none is left."""
    db, done = Database(url), []
    try:
        while True:
            with db.write() as tx:
                taken = store.claim(tx, START, START + LEASE, BATCH)
                done += [(time.monotonic(), int(r.contact_id), int(r.id)) for r in taken]
            with db.write() as tx:
                for claimed in taken:
                    assert store.change(tx, claimed.id, START, states=("sending",), state="accepted", lease_until=None)
            if not taken and not _waiting(db):
                return done
    finally:
        db.close()


def _waiting(db: Database) -> bool:
    with db.read() as tx:
        return store.oldest_waiting(tx) is not None


def url_of(db: Database) -> str:
    return db.engine.url.render_as_string(hide_password=False)


def claims(db: Database, pool: Pool) -> list[Claimed]:
    return sorted(claim for claims in pool.map(work, [url_of(db)] * WORKERS, chunksize=1) for claim in claims)


def check(db: Database, wanted: list[int], claimed: list[Claimed]) -> None:
    assert [i for i, times in Counter(i for _, _, i in claimed).items() if times > 1] == []
    assert sorted(i for _, _, i in claimed) == wanted
    for person in {contact for _, contact, _ in claimed}:
        own = [i for _, contact, i in claimed if contact == person]
        assert own == sorted(own)
    with db.read() as tx:
        assert store.counts_by_state(tx) == {"accepted": len(wanted)}
        assert set(tx.execute(select(outbox.c.attempts)).scalars()) == {1}


def test_four_processes_claim_each_message_once_and_in_order(db: Database) -> None:
    wanted = fill(db)
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        claimed = claims(db, pool)
    check(db, wanted, claimed)


def test_four_threads_claim_each_message_once_and_in_order(db: Database) -> None:
    wanted = fill(db)
    with ThreadPool(WORKERS) as pool:
        check(db, wanted, claims(db, pool))


def claim(db: Database, now: datetime = START, limit: int = 100, ids: list[int] | None = None) -> list[str]:
    with db.write() as tx:
        return [str(r.ref) for r in store.claim(tx, now, now + LEASE, limit, ids)]


@pytest.fixture
def people(db: Database) -> list[int]:
    with db.write() as tx:
        return [int(contacts.lock_by_phone(tx, vault(), f"+92300000000{n}", START).id) for n in range(3)]


def put(db: Database, *rows: dict[str, object]) -> list[int]:
    with db.write() as tx:
        return store.put(tx, rows)


def test_answers_go_before_announcements_and_a_person_s_own_one_by_one(db: Database, people: list[int]) -> None:
    one, two, three = people
    put(
        db,
        row("news 1", one, Lane.BROADCAST),
        row("news 2", two, Lane.BROADCAST),
        row("reply 1", one),
        row("reply 1b", one),
        row("note 3", three, Lane.NOTICE),
    )
    assert claim(db) == ["reply 1", "note 3", "news 1", "news 2"]
    assert claim(db) == [], "a person's next answer waits for the one under way"


def test_an_answer_does_not_wait_behind_an_announcement(db: Database, people: list[int]) -> None:
    put(db, row("news", people[0], Lane.BROADCAST, due_at=START + timedelta(hours=9)), row("reply", people[0]))
    assert claim(db) == ["reply"]


def test_a_later_message_waits_for_an_earlier_one_that_is_to_be_tried_again(db: Database, people: list[int]) -> None:
    put(
        db,
        row("first", people[0], due_at=START + timedelta(minutes=5)),
        row("second", people[0]),
        row("other", people[1]),
    )
    assert claim(db) == ["other"]
    assert claim(db, START + timedelta(minutes=5)) == ["first"]


def test_an_unknown_outcome_holds_nobody_up(db: Database, people: list[int]) -> None:
    put(db, row("lost", people[0], state="unknown"), row("next", people[0]))
    assert claim(db) == ["next"]


def test_a_claim_may_be_limited_to_ids_and_in_number(db: Database, people: list[int]) -> None:
    ids = put(db, *(row(f"m{n}", person) for n, person in enumerate(people)))
    assert claim(db, ids=[ids[2], 999_999]) == ["m2"]
    assert claim(db, ids=[]) == []
    assert claim(db, limit=1) == ["m0"]


def test_nothing_is_claimed_before_it_is_due(db: Database, people: list[int]) -> None:
    put(db, row("later", people[0], due_at=START + timedelta(microseconds=1)))
    assert claim(db) == []
    assert claim(db, START + timedelta(microseconds=1)) == ["later"]


def test_a_lease_that_ran_out_makes_the_message_unknown_never_waiting(hands: Hands, people: list[int]) -> None:
    put(hands.db, row("held", people[0]))
    assert claim(hands.db) == ["held"]
    with hands.db.write() as tx:
        assert store.expire_leases(tx, START + LEASE, START) == 0
        assert store.expire_leases(tx, START + LEASE + timedelta(seconds=1), START) == 1
        assert store.counts_by_state(tx) == {"unknown": 1}


def test_a_change_happens_only_in_the_states_it_is_meant_for(db: Database, people: list[int]) -> None:
    (own,) = put(db, row("m", people[0]))
    with db.write() as tx:
        assert not store.change(tx, own, START, states=("sending", "unknown"), state="accepted")
        assert store.change(tx, own, START, states=("waiting",), state="skipped")
        tx.execute(update(outbox).values(state="waiting"))
