"""Mobile data is cut for two days: SMS carries on, nothing is sent twice, and WhatsApp takes over again afterwards."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bot.store.database import Database
from tests.stories.stage import REPORT, Days, days
from tests.street import wait_for

DURING, LATER, AFTER = "We are looking at it.", "The pipe was mended.", "Thank you for telling us."


@pytest.fixture
def story(db: Database) -> Iterator[Days]:
    with days(db) as told:
        told.says(REPORT)
        told.settle()
        yield told


def test_two_days_without_whatsapp(story: Days) -> None:
    story.bad(whatsapp="down")
    story.official_does("reply", DURING)
    story.pass_(hours=1)
    assert story.heard("kannel") == [], "a telephone may be off for an hour"
    story.pass_(hours=2)
    wait_for(lambda: story.work() or story.heard("kannel"))  # a receipt in hand keeps its message until the next round
    assert [DURING in text for text in story.heard("kannel")] == [True]
    assert story.contact().prefers == "sms"

    story.pass_(hours=3)
    story.official_does("resolve", LATER)
    wait_for(lambda: story.work() or len(story.heard("kannel")) > 1)
    assert [LATER in text for text in story.heard("kannel")] == [False, True], "it does not wait for WhatsApp again"
    story.says("3", "kannel")
    assert story.state() == "disputed"
    assert len(story.heard("kannel")) == 3, "the bot answers where it was written to"

    story.pass_(hours=42)
    assert len(story.heard("kannel")) == 3, "nothing is sent again in two days"
    story.bad()
    wait_for(lambda: any(row.state == "replaced" and row.status == "delivered" for row in story.rows()))
    assert story.contact().prefers == ""

    story.says("thank you", "whatsapp")
    story.official_does("reply", AFTER)
    assert AFTER in story.heard()[-1], "back again"
    ways = Counter((row.channel, row.text) for row in story.rows())
    assert set(ways.values()) == {1}, "no channel got any message twice"


def test_what_the_carrier_gives_up_on_goes_by_sms_at_once(story: Days) -> None:
    story.bad(numbers={"+923000000101": {"code": 63024, "status": "undelivered"}})
    story.official_does("reply", DURING)
    wait_for(lambda: story.work() or story.heard("kannel"))
    story.pass_(hours=12)
    assert [DURING in text for text in story.heard("kannel")] == [True]
    original, copy = (row for row in story.rows() if DURING in row.text)
    assert (original.state, copy.replaces_id, copy.created_at) == ("replaced", original.id, original.created_at)


def test_a_copy_that_has_not_left_stays_when_the_original_arrives(story: Days) -> None:
    story.bad(whatsapp="down", kannel="down")
    story.official_does("reply", DURING)
    story.bad(kannel_answer="503", whatsapp="down")
    story.pass_(hours=3)
    wait_for(
        lambda: story.work() or [row.state for row in story.rows() if DURING in row.text] == ["replaced", "waiting"]
    )
    story.bad(kannel_answer="503")
    wait_for(lambda: [row.state for row in story.rows() if DURING in row.text] == ["accepted", "skipped"])
    story.bad()
    story.pass_(hours=3)
    assert story.heard("kannel") == []
