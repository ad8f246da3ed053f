"""The form of a new campaign: counted before it is stored, stored once, and no word lost."""

import re
from typing import Any

import pytest

from bot.services.hands import Hands
from bot.store.campaigns import campaigns
from tests.handlers.test_campaigns.stage import DRAFT, ENGLISH, URDU, Manager, numbers, rows


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
    assert manager.sends("/campaigns/new", DRAFT | {"districts": ["NOWHERE"]}).status_code == 400
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
