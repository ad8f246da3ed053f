"""A campaign's own page: scheduled, watched, paused, resumed and stopped."""

import re

import pytest
from sqlalchemy import update

from bot.outbox import Lane
from bot.services import outreach
from bot.services.hands import Hands
from bot.store.campaigns import campaigns
from bot.store.contacts import contacts
from bot.store.outbox import outbox
from handlers.campaigns import OFFERED, PARTS
from tests.handlers.test_campaigns.stage import ENGLISH, URDU, Manager, broadcasts, numbers, put, rows
from tests.support import Clock, phone_of


@pytest.mark.usefixtures("people")
def test_the_page_shows_each_text_in_its_direction_and_the_count_before_the_button(manager: Manager) -> None:
    page = manager.sees(manager.drafts())
    assert re.search(rf'lang="ur" dir="rtl">{URDU}<', page)
    assert re.search(rf'lang="en" dir="ltr">{ENGLISH}<', page)
    assert "The whole province" in page
    assert page.index("people would get it now") < page.index("Schedule it")


@pytest.mark.usefixtures("people")
def test_scheduled_now_it_reaches_everybody_once_in_the_lowest_lane_and_not_who_said_stop(
    manager: Manager, hands: Hands
) -> None:
    path = manager.drafts()
    manager.schedules(path)
    assert "Refresh" in manager.client.get(path).headers, "its time has come: the clock is next"
    assert [outreach.start_due(hands) for _ in range(2)] == [1, 0]
    sent = broadcasts(hands)
    phones = {row.id: phone_of(row) for row in rows(hands, contacts)}
    assert sorted(phones[row.contact_id] for row in sent) == [f"+92300000020{n}" for n in (1, 2, 4)]
    assert {(row.lane, row.state) for row in sent} == {(Lane.BROADCAST, "waiting")} == {(9, "waiting")}
    assert len({(row.campaign_id, row.contact_id) for row in sent}) == len({row.ref for row in sent}) == 3
    assert [row.audience for row in rows(hands, campaigns)] == [3]


@pytest.mark.usefixtures("people")
def test_while_it_is_sent_the_rows_add_up_and_the_page_renews_itself(manager: Manager, hands: Hands) -> None:
    path = manager.drafts()
    manager.schedules(path)
    outreach.start_due(hands)
    for row, fields in zip(
        broadcasts(hands), ({"state": "accepted", "status": "read"}, {"state": "refused"}), strict=False
    ):
        with hands.db.write() as tx:
            tx.execute(update(outbox).where(outbox.c.id == row.id).values(**fields))
    answer = manager.client.get(path)
    *parts, together = numbers(answer.get_data(as_text=True))
    assert (parts, together) == ([1, 0, 0, 1, 1, 0, 0], 3)
    assert sum(parts) == together
    assert len(parts) == len(PARTS)
    assert answer.headers["Refresh"] == f"5; url={path}"
    assert re.search(rf'<a href="{path}">Refresh</a>', answer.get_data(as_text=True))
    assert '<progress class="bar" max="3" value="2"' in manager.sees()


@pytest.mark.usefixtures("people")
def test_pause_resume_and_stop(manager: Manager, hands: Hands) -> None:
    path = manager.drafts()
    manager.schedules(path)
    outreach.start_due(hands)
    for action, state in (("pause", "paused"), ("resume", "sending"), ("stop", "stopped")):
        answer = manager.sends(f"{path}/{action}")
        assert (answer.status_code, answer.location) == (303, f"{path}?done={action}")
        assert rows(hands, campaigns)[0].state == state
    assert {(row.state, row.reason) for row in broadcasts(hands)} == {("skipped", "campaign_stopped")}
    page = manager.sees(f"{path}?done=stop")
    assert "It is stopped. Nothing more will be sent." in page
    assert numbers(page) == [0, 0, 0, 0, 0, 3, 0, 3]


def test_a_discarded_draft_says_that_nobody_got_it(manager: Manager) -> None:
    path = manager.drafts()
    assert manager.sends(f"{path}/stop").status_code == 303
    assert "Nobody got it." in manager.sees(path)


def test_to_stop_is_asked_first_and_the_question_does_not_run_away(manager: Manager, hands: Hands) -> None:
    path = manager.drafts()
    put(hands, 1, "sending")
    assert f'action="{path}/stop"' not in manager.sees(path)
    asked = manager.client.get(f"{path}?ask=stop")
    assert f'action="{path}/stop"' in asked.get_data(as_text=True)
    assert "Refresh" not in asked.headers


@pytest.mark.parametrize("state", OFFERED)
def test_the_buttons_of_a_state_are_those_that_work_and_the_others_say_why_not(
    manager: Manager, hands: Hands, state: str
) -> None:
    path = manager.drafts()
    for action in ("schedule", "pause", "resume", "stop"):
        put(hands, 1, state)
        answer = manager.sends(f"{path}/{action}", {"when": "now"})
        assert answer.status_code == (303 if action in OFFERED[state] else 409)
        if answer.status_code == 409:
            assert "Nothing was changed" in answer.get_data(as_text=True)
            assert rows(hands, campaigns)[0].state == state


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose “Now”, or give a date and a time."),
        ({"when": "at"}, "Choose “Now”, or give a date and a time."),
        ({"when": "at", "at": "30/11/2026 9:00"}, "Choose “Now”, or give a date and a time."),
        ({"when": "at", "at": "2026-02-30T09:00"}, "Choose “Now”, or give a date and a time."),
        ({"when": "at", "at": "2026-11-21T14:00"}, "This time has passed. Give a later one."),
        ({"when": "at", "at": "0001-01-01T00:00"}, "This time has passed. Give a later one."),
        ({"when": "at", "at": "2062-11-21T14:00"}, "This is more than a year away. Give an earlier time."),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(
    manager: Manager, hands: Hands, fields: dict[str, str], words: str
) -> None:
    answer = manager.sends(f"{manager.drafts()}/schedule", fields)
    assert answer.status_code == 422
    assert f'<a href="#at">{words}</a>' in answer.get_data(as_text=True)
    assert fields.get("at", "") in answer.get_data(as_text=True)
    assert rows(hands, campaigns)[0].state == "draft"


@pytest.mark.usefixtures("people")
def test_a_set_time_is_read_as_the_time_of_balochistan(manager: Manager, hands: Hands, clock: Clock) -> None:
    path = manager.drafts()
    assert manager.sends(f"{path}/schedule", {"when": "at", "at": "2026-11-21T14:30"}).status_code == 303
    assert rows(hands, campaigns)[0].starts_at.isoformat() == "2026-11-21T09:30:00+00:00"
    assert "Refresh" not in manager.client.get(path).headers
    assert outreach.start_due(hands) == 0
    clock.passes(minutes=30)
    assert outreach.start_due(hands) == 1
    assert len(broadcasts(hands)) == 3
