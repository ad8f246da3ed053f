"""The number on the ticket's page and the page of those who decide: who sees what, in which order, and who never."""

import pytest

from bot.sealing import MAX_REASON
from bot.services.hands import Hands
from bot.store import audit
from bot.store.unsealings import unsealings
from tests.support import PHONE, Clock
from tests.visitors import Office, Page, Visitor, rows, ticket_page

REASON = "The pump team must find the house <b>behind</b> the mosque"
SHOWN = "+92 300 0000101"
PAGE = "/desk/unsealings"


@pytest.fixture
def akbar(office: Office) -> Visitor:
    """A supervisor of all departments."""
    return office.visitor("akbar")


def asks(visitor: Visitor, number: str, reason: str = REASON) -> Page:
    return visitor.sends(ticket_page(visitor, number).form("/unseal"), text=reason)


def test_the_whole_way(gul: Visitor, akbar: Visitor, number: str, clock: Clock) -> None:
    page = ticket_page(gul, number)
    assert "The citizen's number" in page.text
    assert "0000101" not in page.html
    told = gul.follows(asks(gul, number))
    assert "Your request is saved" in told.text
    assert "You asked for the number" in told.text
    assert "/unseal" not in told.html, "one request waits at a time"
    requests = akbar.opens(PAGE)
    assert "&lt;b&gt;behind" in requests.html
    assert "Gul Bibi" in requests.text
    assert "Granted. Whoever asked" in akbar.follows(akbar.sends(requests.form("/grant"))).text
    open_ = ticket_page(gul, number)
    assert SHOWN in open_.text
    assert f'href="tel:{PHONE}"' in open_.html
    assert "Granted by Akbar Jan" in open_.text
    assert open_.answer.headers["Cache-Control"] == "no-store"
    assert "0000101" not in ticket_page(akbar, number).html, "who granted sees nothing"
    assert "Granted by Akbar Jan" in akbar.opens(PAGE).text
    clock.passes(minutes=31)
    over = ticket_page(gul, number)
    assert "0000101" not in over.html
    assert "You could see the number until" in over.text
    assert over.form("/unseal")


def test_a_refusal_is_told_and_may_be_asked_again(gul: Visitor, akbar: Visitor, number: str) -> None:
    asks(gul, number)
    akbar.sends(akbar.opens(PAGE).form("/refuse"))
    page = ticket_page(gul, number)
    assert "Refused by Akbar Jan" in page.text
    assert page.form("/unseal")


@pytest.mark.parametrize(("reason", "told"), [("call", "at least 10"), ("x" * (MAX_REASON + 1), "at most 500")])
def test_an_unfit_reason_comes_back_to_be_mended(
    gul: Visitor, hands: Hands, number: str, reason: str, told: str
) -> None:
    page = asks(gul, number, reason)
    assert page.status == 422
    assert told in page.text
    assert 'href="#reason"' in page.html
    assert page.form("/unseal").fields["text"] == reason
    assert rows(hands, unsealings) == []
    assert gul.sends(page.form("/unseal"), text=REASON).status == 303


def test_nobody_grants_their_own_request(office: Office, akbar: Visitor, hands: Hands, number: str) -> None:
    asks(akbar, number)
    page = akbar.opens(PAGE)
    assert "This is your own request" in page.text
    assert "/grant" not in page.html
    request = rows(hands, unsealings)[0].id
    root = office.visitor("root")
    form = root.opens(PAGE).form("/grant")
    forged = {**form.fields, "csrf": akbar.opens("/account").form("/sign-out").fields["csrf"]}
    assert akbar.client.post(f"{PAGE}/{request}/grant", data=forged).status_code == 403
    assert "0000101" not in ticket_page(akbar, number).html
    assert root.sends(form).status == 303
    assert SHOWN in ticket_page(akbar, number).text


@pytest.mark.parametrize("username", ["gul", "nadeem", "mahnaz", "yousaf", "shari"])
def test_others_have_no_page_to_decide_on(
    office: Office, gul: Visitor, hands: Hands, number: str, username: str
) -> None:
    asks(gul, number)
    visitor = office.visitor(username)
    assert visitor.opens(PAGE).status == 404
    token = visitor.opens("/account").form("/sign-out").fields["csrf"]
    request = rows(hands, unsealings)[0].id
    assert visitor.client.post(f"{PAGE}/{request}/grant", data={"csrf": token}).status_code == 404
    assert rows(hands, unsealings)[0].decision == ""
    assert PAGE not in visitor.opens("/account").html


@pytest.mark.parametrize("username", ["nadeem", "mahnaz", "shari"])
def test_only_who_may_see_a_ticket_asks(office: Office, hands: Hands, number: str, username: str) -> None:
    visitor = office.visitor(username)
    token = visitor.opens("/account").form("/sign-out").fields["csrf"]
    answer = visitor.client.post(f"/desk/tickets/{number}/unseal", data={"csrf": token, "text": REASON})
    assert answer.status_code == 404
    assert rows(hands, unsealings) == []


@pytest.mark.parametrize("path", ["/0/grant", "/999/refuse", "/1/burn", "/x/grant"])
def test_what_is_no_request_is_no_page(akbar: Visitor, path: str) -> None:
    token = akbar.opens("/account").form("/sign-out").fields["csrf"]
    assert akbar.client.post(PAGE + path, data={"csrf": token}).status_code == 404


def test_a_form_without_its_token_changes_nothing(gul: Visitor, akbar: Visitor, hands: Hands, number: str) -> None:
    asks(gul, number)
    request = rows(hands, unsealings)[0].id
    assert akbar.client.post(f"{PAGE}/{request}/grant", data={}).status_code == 403
    assert akbar.opens(f"{PAGE}/{request}/grant").status == 405
    assert rows(hands, unsealings)[0].decision == ""


def test_a_double_tap_is_told_as_such(office: Office, gul: Visitor, akbar: Visitor, hands: Hands, number: str) -> None:
    form = ticket_page(gul, number).form("/unseal")
    assert "nothing was done twice" in [gul.follows(gul.sends(form, text=REASON)) for _ in range(2)][1].text
    form = akbar.opens(PAGE).form("/grant")
    assert "nothing was done twice" in [akbar.follows(akbar.sends(form)) for _ in range(2)][1].text
    with hands.db.read() as tx:
        assert [row.action for row in audit.newest(tx, 10)] == ["unseal.grant", "unseal.ask"]


@pytest.mark.parametrize("language", ["ur", "bal"])
def test_it_is_said_in_every_language(gul: Visitor, akbar: Visitor, number: str, language: str) -> None:
    asks(gul, number)
    english = akbar.opens(f"{PAGE}?lang=en").text
    page = akbar.opens(f"{PAGE}?lang={language}")
    assert page.status == 200
    assert page.text != english
    assert 'dir="rtl"' in page.html
    assert gul.opens(f"/desk/tickets/{number}?lang={language}").status == 200


@pytest.mark.parametrize("username", ["akbar", "root"])
def test_who_decides_finds_the_page_by_its_link(office: Office, username: str) -> None:
    assert f'href="{PAGE}"' in office.visitor(username).opens("/account").html


def test_an_empty_page_says_what_will_come(akbar: Visitor) -> None:
    page = akbar.opens(f"{PAGE}?done=<b>")
    assert "Nobody waits for a number" in page.text
    assert "flash" not in page.html
