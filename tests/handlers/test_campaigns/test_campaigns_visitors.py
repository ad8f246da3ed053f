"""Who may see campaigns, in which language, and what no form may do."""

import re

import pytest

from bot.services.hands import Hands
from bot.store.campaigns import campaigns
from handlers.campaigns import OFFERED
from tests.handlers.test_campaigns.stage import DRAFT, Manager, put, rows
from tests.visitors import Office


def test_with_no_campaign_the_list_says_so_and_offers_one_filled_button(manager: Manager) -> None:
    page = manager.sees()
    assert "There is no campaign yet" in page
    assert re.findall(r'class="[^"]*primary[^"]*" href="([^"]+)"', page) == ["/campaigns/new"]


@pytest.mark.parametrize("username", ["mahnaz", "yousaf", "root"])
def test_campaign_managers_approvers_and_admins_see_campaigns(office: Office, username: str) -> None:
    client = Manager(office, username).client
    assert {client.get(path).status_code for path in ("/campaigns", "/campaigns/new")} == {200}


@pytest.mark.parametrize("username", ["gul", "akbar", "shari"])
def test_for_others_they_do_not_exist(office: Office, hands: Hands, manager: Manager, username: str) -> None:
    path, other = manager.drafts(), Manager(office, username)
    assert {other.client.get(one).status_code for one in ("/campaigns", "/campaigns/new", path)} == {404}
    for one in ("/campaigns/new", f"{path}/schedule", f"{path}/stop"):
        fields = other.hidden("/account") | {"when": "now"}
        assert other.client.post(one, data=fields).status_code == 404
    assert [row.state for row in rows(hands, campaigns)] == ["draft"]


def test_nobody_signed_in_is_sent_to_the_sign_in_page(office: Office) -> None:
    assert "/sign-in" in office.visitor().client.get("/campaigns").location


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
