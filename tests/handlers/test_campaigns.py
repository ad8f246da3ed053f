"""A campaign manager's day: write, count, schedule, watch, stop; and everything that must not happen meanwhile."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from bot.config import Settings
from bot.outbox import Lane
from bot.services import outreach
from bot.services.hands import Hands
from bot.services.sign_in import add_account, sign_in
from bot.store.campaigns import campaigns
from bot.store.contacts import contacts
from bot.store.outbox import outbox
from handlers.campaigns import OFFERED, PARTS
from handlers.web import Web, create_web
from tests.support import Citizen, Clock

PASSWORD = "a long enough password"
URDU = "پولیو کے قطرے پلائیں، کل صبح آپ کے گھر ٹیم آئے گی۔"
ENGLISH = "Polio drops tomorrow: a team comes to your home."
DRAFT = {"title": "Polio", "languages": ["ur", "en"], "text-ur": URDU, "text-en": ENGLISH, "do": "save"}


class Manager:
    """Somebody signed in who fills in forms as a browser does: with the fields of the page they were shown."""

    def __init__(self, client: FlaskClient, hands: Hands, role: str = "campaign_manager", language: str = "en") -> None:
        self.client, self.hands = client, hands
        with hands.db.write() as tx:
            add_account(hands, tx, username=role, name=role, role=role, department="", password=PASSWORD)
        client.set_cookie("tawar", sign_in(hands, role, PASSWORD) or "")
        client.set_cookie("tawar-lang", language)

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


@pytest.fixture
def client(hands: Hands) -> Iterator[FlaskClient]:
    settings = Settings(demo=True, public_url="http://localhost", secret_key="s" * 40)
    app = create_web(Web(hands, settings, wake=lambda _ids: None, broker_ok=lambda: None))
    with app.test_client() as client:
        yield client


@pytest.fixture
def manager(client: FlaskClient, hands: Hands) -> Manager:
    return Manager(client, hands)


@pytest.fixture
def people(hands: Hands) -> None:
    """Two who write Urdu, one Balochi, one English from Gwadar, and one in Urdu who said STOP."""
    Citizen(hands, "+923000000201").says("السلام علیکم، ہمارے محلے میں پانی نہیں آ رہا")
    Citizen(hands, "+923000000202").says("ہماری گلی میں کچرا پڑا ہے، کوئی نہیں اٹھاتا")
    balochi = Citizen(hands, "+923000000203", "sms")
    balochi.says("سلام")
    balochi.says("بلوچی")
    Citizen(hands, "+923000000204").reports("No water in Gwadar for 3 days, the pipe is broken")
    silent = Citizen(hands, "+923000000205")
    silent.says("بجلی نہیں ہے، ٹرانسفارمر جل گیا ہے")
    silent.says("STOP")


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


def test_with_no_campaign_the_list_says_so_and_offers_one_filled_button(manager: Manager) -> None:
    page = manager.sees()
    assert "There is no campaign yet" in page
    assert re.findall(r'class="[^"]*primary[^"]*" href="([^"]+)"', page) == ["/campaigns/new"]


@pytest.mark.usefixtures("people")
def test_people_are_counted_by_language_before_anything_is_stored(manager: Manager, hands: Hands) -> None:
    page = manager.sends("/campaigns/new", DRAFT | {"do": "count"}).get_data(as_text=True)
    # Urdu: 2 people, 1 part each; English: 1 person, 1 part; together 3 people and 3 parts.
    assert numbers(page) == [2, 1, 2, 1, 1, 1, 3, 3]
    assert re.search(r'Left out because they sent STOP: <bdi dir="ltr">1<', page)
    assert re.search(r'another language and get nothing: <bdi dir="ltr">1<', page)
    assert URDU in page
    assert ENGLISH in page
    assert 'value="Polio"' in page
    assert rows(hands, campaigns) == []


@pytest.mark.usefixtures("people")
def test_a_district_narrows_the_audience(manager: Manager) -> None:
    page = manager.sends("/campaigns/new", DRAFT | {"do": "count", "districts": ["GWD"]}).get_data(as_text=True)
    assert numbers(page)[-2] == 1
    assert re.search(r'value="GWD" checked', page)


def test_a_district_nobody_knows_is_refused_because_without_it_the_whole_province_would_be_meant(
    manager: Manager, hands: Hands
) -> None:
    assert manager.sends("/campaigns/new", DRAFT | {"districts": ["XXX"]}).status_code == 400
    assert manager.sends("/campaigns/new", DRAFT | {"languages": ["xx"]}).status_code == 400
    assert rows(hands, campaigns) == []


def test_counting_then_saving_uses_one_key(manager: Manager, hands: Hands) -> None:
    hidden = manager.hidden()
    counted = manager.client.post("/campaigns/new", data=hidden | DRAFT | {"do": "count"})
    assert hidden["key"] in counted.get_data(as_text=True)
    assert manager.client.post("/campaigns/new", data=hidden | DRAFT).status_code == 303
    assert len(rows(hands, campaigns)) == 1


def test_a_double_tap_makes_one_campaign(manager: Manager, hands: Hands) -> None:
    hidden = manager.hidden()
    first, second = (manager.client.post("/campaigns/new", data=hidden | DRAFT) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == "/campaigns?done=repeated"
    assert len(rows(hands, campaigns)) == 1


def test_a_draft_keeps_only_the_texts_of_ticked_languages(manager: Manager, hands: Hands) -> None:
    manager.drafts(languages=["ur"])
    (campaign,) = rows(hands, campaigns)
    assert (campaign.state, campaign.texts, campaign.districts) == ("draft", {"ur": URDU}, [])


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"title": "  "}, "title", "Give the campaign a title of at most 80 characters."),
        ({"title": "x" * 81}, "title", "Give the campaign a title of at most 80 characters."),
        ({"languages": []}, "languages", "Choose at least one language."),
        ({"text-ur": "\u202e \n"}, "text-ur", "<bdi>اردو</bdi>: Write the text in every language you chose."),
        ({"text-en": "y" * 1001}, "text-en", "<bdi>English</bdi>: A text is too long: at most 1000 characters."),
    ],
)
def test_what_is_wrong_is_said_with_a_link_to_it_and_every_word_stays(
    manager: Manager, hands: Hands, fields: dict[str, Any], field: str, words: str
) -> None:
    answer = manager.sends("/campaigns/new", DRAFT | fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<a href="#{field}">{words}</a>' in page
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page)
    for kept in (DRAFT | fields)["text-en"], (DRAFT | fields)["title"]:
        assert kept in page
    assert rows(hands, campaigns) == []


def test_all_that_is_wrong_is_said_at_once_and_the_form_can_be_sent_again(manager: Manager, hands: Hands) -> None:
    hidden = manager.hidden()
    page = manager.client.post("/campaigns/new", data=hidden | {"languages": ["ur", "en"]}).get_data(as_text=True)
    assert re.findall(r'<a href="#((?:title|text|lang)[^"]*)">', page) == ["title", "text-ur", "text-en"]
    assert manager.client.post("/campaigns/new", data=hidden | DRAFT).status_code == 303
    assert len(rows(hands, campaigns)) == 1


def test_the_cost_of_a_text_in_sms_stands_under_it(manager: Manager) -> None:
    page = manager.sends("/campaigns/new", DRAFT | {"do": "count", "text-ur": "پ" * 71}).get_data(as_text=True)
    assert re.search(r"<span data-chars>71</span> / 1000</bdi> [a-z]+ · .*<span data-parts>2<", page)


def test_a_line_break_costs_one_character(manager: Manager, hands: Hands) -> None:
    manager.drafts(**{"text-en": "one\r\ntwo"})
    assert rows(hands, campaigns)[0].texts["en"] == "one\ntwo"


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
    phones = {row.id: row.phone for row in rows(hands, contacts)}
    assert sorted(phones[row.contact_id] for row in sent) == [f"+92300000020{n}" for n in (1, 2, 4)]
    assert {(row.lane, row.state) for row in sent} == {(Lane.BROADCAST, "waiting")} == {(9, "waiting")}
    assert len({(row.campaign_id, row.contact_id) for row in sent}) == len({row.ref for row in sent}) == 3


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


@pytest.mark.parametrize("role", ["campaign_manager", "approver", "admin"])
def test_who_may_see_campaigns(client: FlaskClient, hands: Hands, role: str) -> None:
    Manager(client, hands, role)
    assert {client.get(path).status_code for path in ("/campaigns", "/campaigns/new")} == {200}


@pytest.mark.parametrize("role", ["official", "supervisor", "reviewer"])
def test_for_others_they_do_not_exist(client: FlaskClient, hands: Hands, role: str) -> None:
    path = Manager(client, hands).drafts()
    csrf = re.search(r'name="csrf" value="([^"]+)"', Manager(client, hands, role).sees("/account"))
    assert csrf
    assert {client.get(one).status_code for one in ("/campaigns", "/campaigns/new", path)} == {404}
    for one in ("/campaigns/new", f"{path}/schedule", f"{path}/stop"):
        assert client.post(one, data={"csrf": csrf[1], "when": "now"}).status_code == 404
    assert [row.state for row in rows(hands, campaigns)] == ["draft"]


def test_nobody_signed_in_is_sent_to_the_sign_in_page(client: FlaskClient) -> None:
    assert "/sign-in" in client.get("/campaigns").location


@pytest.mark.parametrize("action", ["schedule", "pause", "resume", "stop"])
def test_a_campaign_there_is_not(manager: Manager, action: str) -> None:
    assert manager.client.get("/campaigns/77").status_code == 404
    assert manager.client.get("/campaigns/99999999999999999999").status_code == 404
    assert manager.sends(f"/campaigns/77/{action}", {"when": "now"}).status_code == 404
    assert manager.sends(f"/campaigns/77/{action}").status_code == 404


def test_a_form_without_our_token_changes_nothing(manager: Manager, hands: Hands) -> None:
    path = manager.drafts()
    for one, fields in (("/campaigns/new", DRAFT), (f"{path}/schedule", {"when": "now"}), (f"{path}/stop", {})):
        assert manager.client.post(one, data=fields | {"key": "k" * 20}).status_code == 403
        assert manager.client.post(one, data=fields | {"csrf": "0" * 64, "key": "k" * 20}).status_code == 403
    assert [row.state for row in rows(hands, campaigns)] == ["draft"]


def test_what_a_manager_types_is_shown_as_text(manager: Manager) -> None:
    path = manager.drafts(title="<b>x</b>", **{"text-en": "</textarea><script>1</script>"})
    for page in (manager.sees(path), manager.sees()):
        assert "<script>1" not in page
        assert "<b>x" not in page


@pytest.mark.parametrize(("language", "direction"), [("ur", "rtl"), ("bal", "rtl"), ("en", "ltr")])
def test_pages_speak_the_readers_language_in_its_direction(
    manager: Manager, hands: Hands, language: str, direction: str
) -> None:
    path = manager.drafts()
    for state in OFFERED:
        put(hands, 1, state)
        for one in ("/campaigns", "/campaigns/new", path, f"{path}?ask=stop"):
            answer = manager.client.get(f"{one}{'&' if '?' in one else '?'}lang={language}")
            assert answer.status_code == 200
            assert re.search(rf'<html lang="{language}" dir="{direction}">', answer.get_data(as_text=True))


def test_desk_languages_have_every_word_of_campaigns(hands: Hands) -> None:
    keys = {key for key in hands.catalog.domain("en", "desk") if key.startswith("campaigns.")}
    for language in ("ur", "bal"):
        assert keys <= hands.catalog.domain(language, "desk").keys()
