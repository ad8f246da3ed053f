"""An official's day: the queue, a ticket, an answer sent once; and everything that must not happen meanwhile."""

import secrets
from typing import Any

import pytest

from bot.services.desk import PAGE
from bot.services.hands import Hands
from bot.services.orders import MAX_REPLY
from bot.store.events import events
from bot.store.outbox import outbox
from bot.store.tickets import tickets
from bot.views import BY_NAME
from handlers.officials import ACTIONS
from tests.support import Citizen, Clock
from tests.visitors import Form, Office, Visitor, does, put, rows, ticket_page


def replies(hands: Hands, text: str) -> list[Any]:
    return [row for row in rows(hands, outbox) if text in row.text]


def test_the_queue_tells_what_burns(gul: Visitor, number: str, clock: Clock) -> None:
    row = gul.opens("/desk").text
    for word in ("4 days left", "No water", "the pipe is broken", "Gwadar", "ago", "Nobody yet", "Not read yet"):
        assert word in row
    clock.passes(days=3, hours=4)
    assert "22 hours left" in office_page(gul)
    clock.passes(days=3)
    assert "2 days late" in office_page(gul)


def office_page(visitor: Visitor) -> str:
    """The queue, however long ago its visitor signed in."""
    visitor.client.set_cookie("tawar", "")
    visitor.signs_in("gul")
    return visitor.opens("/desk").text


def test_a_row_is_one_link_and_a_page_has_its_next(office: Office, gul: Visitor, hands: Hands) -> None:
    for n in range(PAGE + 1):
        Citizen(hands, f"+9230000004{n:02}").reports(f"No water in Gwadar, house {n}")
    first, second = gul.opens("/desk").html, gul.opens("/desk?state=open&page=2").html
    assert (first.count('class="row'), second.count('class="row')) == (PAGE, 1)
    assert 'rel="next" href="/desk?page=2&amp;state=open"' in first
    assert 'rel="prev" href="/desk?page=1&amp;state=open"' in second
    assert "This page is empty" in gul.opens("/desk?page=3").text


@pytest.mark.parametrize("state", BY_NAME)
def test_every_state_has_a_chip_and_an_empty_page_that_says_what_to_do(gul: Visitor, state: str) -> None:
    page = gul.opens(f"/desk?state={state}")
    assert page.status == 200
    assert 'aria-current="true"' in page.html
    assert 'class="empty"' in page.html


@pytest.mark.parametrize("query", ["state=secret", "state="])
def test_a_state_nobody_knows_is_no_page(gul: Visitor, query: str) -> None:
    assert gul.opens(f"/desk?{query}").status == 404


@pytest.mark.parametrize("page", ["-1", "0", "x", "9" * 30, "1e9"])
def test_a_mad_page_number_does_no_harm(gul: Visitor, number: str, page: str) -> None:
    assert gul.opens(f"/desk?page={page}").status == 200


def test_a_supervisor_sees_all_departments_and_which_is_meant(office: Office, hands: Hands, number: str) -> None:
    Citizen(hands, "+923000000501").reports("No electricity in Quetta, the transformer is burnt")
    queue = office.visitor("akbar").opens("/desk").text
    assert "PHED" in queue
    assert "QESCO" in queue
    assert "No water" not in office.visitor("nadeem").opens("/desk").text


def test_a_sensitive_ticket_is_marked_and_its_words_stay_out_of_the_queue(
    gul: Visitor, hands: Hands, number: str
) -> None:
    put(hands, tickets, sensitive=True)
    queue = gul.opens("/desk").text
    assert "Sensitive" in queue
    assert "pipe is broken" not in queue
    assert "pipe is broken" in ticket_page(gul, number).text


def test_to_look_at_a_ticket_is_to_have_read_it(gul: Visitor, citizen: Citizen, hands: Hands, number: str) -> None:
    ticket_page(gul, number)
    assert "Not read yet" not in gul.opens("/desk").text
    version = rows(hands, tickets)[0].version
    ticket_page(gul, number)
    assert rows(hands, tickets)[0].version == version  # looking is no change: a colleague's form stays good


@pytest.mark.parametrize("wrong", ["1234567", "123456789", "abcdefgh", "٤٨٢٧١٩٣٦", "0" * 320, "12345678", "%00%00"])
def test_what_is_no_ticket_is_not_found(gul: Visitor, wrong: str) -> None:
    assert ticket_page(gul, wrong).status == 404
    assert gul.sends(Form(f"/desk/tickets/{wrong}/note", "post", sealed(gul)), text="x").status == 404


def sealed(visitor: Visitor) -> dict[str, str]:
    """Hidden fields good enough for any ticket's form."""
    csrf = visitor.opens("/desk").form("/sign-out").fields["csrf"]
    return {"csrf": csrf, "key": secrets.token_urlsafe(16), "version": "1"}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("text", ["Not mine", ""])
def test_another_departments_ticket_does_not_exist(
    office: Office, hands: Hands, number: str, action: str, text: str
) -> None:
    nadeem = office.visitor("nadeem")
    before = len(rows(hands, outbox))
    assert ticket_page(nadeem, number).status == 404
    form = Form(f"/desk/tickets/{number}/{action}", "post", sealed(nadeem))
    assert nadeem.sends(form, text=text).status == 404
    assert len(rows(hands, outbox)) == before
    assert [event.action for event in rows(hands, events)] == ["open"]


@pytest.mark.parametrize("action", ["confirm", "write", "close", "x"])
def test_what_is_no_action_of_an_official_is_no_page(gul: Visitor, number: str, action: str) -> None:
    assert gul.sends(Form(f"/desk/tickets/{number}/{action}", "post", sealed(gul)), text="x").status == 404


def test_a_reply_leaves_once_in_the_citizens_way(office: Office, gul: Visitor, hands: Hands, number: str) -> None:
    form = ticket_page(gul, number).form("/reply")
    answers = [gul.sends(form, text="Our team comes on Monday.\r\nPlease wait.") for _ in range(3)]
    assert [answer.status for answer in answers] == [303, 303, 303]
    (sent,) = replies(hands, "Our team comes on Monday.\nPlease wait.")
    assert (sent.carrier, sent.channel) == ("twilio", "whatsapp")
    assert office.woken == [(sent.id,)]
    assert "on its way" in gul.follows(answers[0]).text
    assert "nothing was done twice" in gul.follows(answers[1]).text
    page = ticket_page(gul, number).text
    assert "Waiting to be sent" in page
    assert "Handled by Gul Bibi" in page


@pytest.mark.parametrize("key", ["", "short", "with spaces in it and more", "k" * 65])
def test_a_form_without_a_key_of_ours_is_refused(gul: Visitor, hands: Hands, number: str, key: str) -> None:
    assert does(gul, number, "reply", text="Twice?", key=key).status == 400
    assert not replies(hands, "Twice?")


def test_words_that_cross_a_colleagues_are_kept_and_shown_beside_what_is_new(
    office: Office, gul: Visitor, hands: Hands, clock: Clock, number: str
) -> None:
    mine = ticket_page(gul, number).form("/reply")
    clock.passes(minutes=5)
    assert does(office.visitor("ahmed"), number, "reply", text="Ahmed was first").status == 303
    page = gul.sends(mine, text="Gul's <b>careful</b> words")
    assert page.status == 409
    assert not replies(hands, "careful")
    summary = page.html.partition("</header>")[2].partition('<header class="headline">')[0]
    assert "Ahmed was first" in summary
    again = page.form("/reply")
    assert again.fields["text"] == "Gul's <b>careful</b> words"
    assert again.fields["key"] != mine.fields["key"]
    assert gul.sends(again).status == 303
    assert len(replies(hands, "Gul's <b>careful</b> words")) == 1


def test_words_that_cross_a_citizens_are_kept_too(gul: Visitor, citizen: Citizen, clock: Clock, number: str) -> None:
    form = ticket_page(gul, number).form("/resolve")
    clock.passes(minutes=5)
    citizen.says("The water came back by itself")
    page = gul.sends(form, text="Repaired")
    assert page.status == 409
    assert page.form("/resolve").fields["text"] == "Repaired"
    assert "came back by itself" in page.text


def test_a_solution_whose_step_is_gone_stays_in_the_reply_box(office: Office, gul: Visitor, number: str) -> None:
    form = ticket_page(gul, number).form("/resolve")
    does(office.visitor("ahmed"), number, "resolve", text="Pipe mended")
    stale = gul.sends(form, text="I mended it as well")
    assert (stale.status, stale.form("/reply").fields["text"]) == (409, "I mended it as well")
    fresh = form.fields | {"version": stale.form("/reply").fields["version"], "key": "k" * 20}
    refused = gul.sends(Form(form.action, "post", fresh), text="I mended it as well")
    assert (refused.status, refused.form("/reply").fields["text"]) == (409, "I mended it as well")
    assert "This cannot be done now" in refused.text
    assert "The state is now: Answered" in refused.text


@pytest.mark.parametrize("action", ["reply", "resolve", "note"])
@pytest.mark.parametrize(
    ("text", "why"), [("", "Write something first"), (" \u200b\n", "first"), ("x" * (MAX_REPLY + 1), "too long")]
)
def test_a_text_unfit_to_send_comes_back(
    gul: Visitor, hands: Hands, number: str, action: str, text: str, why: str
) -> None:
    before = len(rows(hands, outbox))
    page = does(gul, number, action, text=text)
    assert page.status == 422
    assert f'href="#text-{action}"' in page.html
    assert why in page.text
    assert page.form(f"/{action}").fields["text"].strip() == text.strip()
    assert len(rows(hands, outbox)) == before


def test_the_longest_reply_passes(gul: Visitor, hands: Hands, number: str) -> None:
    assert does(gul, number, "reply", text="ب" * MAX_REPLY).status == 303
    assert len(replies(hands, "ب" * MAX_REPLY)[0].text) <= 1600


def test_a_body_too_large_is_refused_in_words(gul: Visitor, number: str) -> None:
    page = does(gul, number, "reply", text="x" * 70_000)
    assert page.status == 413
    assert "64 KB" in page.text


def test_a_note_is_for_colleagues_and_never_leaves(office: Office, gul: Visitor, hands: Hands, number: str) -> None:
    before = len(rows(hands, outbox))
    assert does(gul, number, "note", text="Ask the store in Turbat").status == 303
    assert len(rows(hands, outbox)) == before
    assert office.woken == []
    page = ticket_page(office.visitor("ahmed"), number).text
    assert "Internal note by Gul Bibi Ask the store in Turbat" in page


def test_taking_and_taking_over(office: Office, gul: Visitor, number: str) -> None:
    assert does(gul, number, "take").status == 303
    assert 'action="/desk/tickets/' + number + '/take"' not in ticket_page(gul, number).html
    ahmed = office.visitor("ahmed")
    assert "Take it over from Gul Bibi" in ticket_page(ahmed, number).text
    does(ahmed, number, "take")
    assert "Handled by Ahmed Kakar" in ticket_page(gul, number).text


def test_the_citizen_has_the_last_word(gul: Visitor, citizen: Citizen, hands: Hands, number: str) -> None:
    does(gul, number, "resolve", text="Pipe mended")
    page = ticket_page(gul, number)
    assert "Gul Bibi says it is solved" in page.text
    assert 'class="primary"' not in page.html  # nothing is the official's turn now
    assert "/resolve" not in page.html
    citizen.says("3")
    assert "The citizen says it is not solved" in ticket_page(gul, number).text
    assert rows(hands, tickets)[0].state == "disputed"
