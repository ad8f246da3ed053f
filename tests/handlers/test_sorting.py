"""The form that says what a ticket is really about: on its page, once, and gone with the ticket."""

import pytest

from bot.services.hands import Hands
from bot.store.events import events
from bot.store.tickets import tickets
from tests.visitors import Office, Visitor, does, put, rows, ticket_page


def test_the_form_offers_every_other_category_under_its_sector(gul: Visitor, hands: Hands, number: str) -> None:
    html = ticket_page(gul, number).html
    html = html[html.index('details class="fold sort') :].partition("</details>")[0]
    assert html.count("<option value=") == len(hands.directory.categories)  # one is "choose", one is missing
    assert 'value="water_none"' not in html
    assert html.count("<optgroup") == len(hands.directory.sectors)


def test_a_transferred_ticket_is_told_in_the_queue_and_by_its_new_department(
    office: Office, gul: Visitor, hands: Hands, number: str
) -> None:
    form = ticket_page(gul, number).form("/sort")
    answers = [gul.sends(form, category="power_outage") for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert "with the department that answers" in gul.follows(answers[0]).text
    assert "nothing was done twice" in gul.follows(answers[1]).text
    assert ticket_page(gul, number).status == 404
    page = ticket_page(office.visitor("nadeem"), number).text
    assert "Gul Bibi changed what it is about; Q" in page
    assert [event.action for event in rows(hands, events)] == ["open", "sort"]


def test_a_corrected_ticket_stays_on_its_page(gul: Visitor, number: str) -> None:
    answer = does(gul, number, "sort", category="water_dirty")
    assert f"/desk/tickets/{number}" in (answer.answer.location or "")
    assert "Changed." in gul.follows(answer).text


@pytest.mark.parametrize("category", ["", "water_none", "nothing_of_ours"])
def test_no_choice_is_said_at_the_form(gul: Visitor, number: str, category: str) -> None:
    page = does(gul, number, "sort", category=category)
    assert page.status == 422
    assert 'href="#text-sort"' in page.html
    assert "Choose something other" in page.text


def test_an_answered_ticket_has_no_such_form(gul: Visitor, hands: Hands, number: str) -> None:
    put(hands, tickets, state="answered")
    assert "/sort" not in ticket_page(gul, number).html


def test_nothing_odd_is_said_in_the_queue(gul: Visitor) -> None:
    assert gul.opens("/desk?done=<b>x").status == 200
    assert "flash" not in gul.opens("/desk?done=reply").html
