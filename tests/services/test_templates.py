"""Templates: fit for Meta, handed in once, asked after, and chosen by the reader's language."""

from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from bot.carriers.port import Carriers
from bot.carriers.templates import TemplateError
from bot.carriers.wording import as_json, faults, plain
from bot.catalog import load_catalog
from bot.services import templates
from bot.services.hands import Hands
from bot.store import templates as stored
from bot.store.templates import StoredContents
from handlers.cli import Parts, build_cli
from tests.street import Street
from tests.twilio_api import CONTENT, Api, Call, twilio_api

STATES = {"HX1": "approved", "HX2": "rejected"}


class Meta:
    """Twilio's Content API with a reviewer behind it."""

    def __init__(self, api: Api) -> None:
        self.api, self.made = api, []  # type: ignore[var-annotated]
        self.fails: list[Any] = []
        api.answer = self.answer  # type: ignore[method-assign]

    def answer(self, call: Call) -> Any:
        if call.path == CONTENT:
            self.made.append(call.sent)
            return 201, {"sid": f"HX{len(self.made)}"}
        sid = call.path.split("/")[3]
        if call.path.endswith("/ApprovalRequests/whatsapp"):
            return self.fails.pop() if self.fails else (201, {"status": "received", "category": call.sent["category"]})
        reason = "too open" if STATES.get(sid) == "rejected" else ""
        return 200, {"sid": sid, "whatsapp": {"status": STATES.get(sid, "pending"), "rejection_reason": reason}}


@pytest.fixture
def meta() -> Any:
    with twilio_api() as api:
        yield Meta(api)


def with_twilio(hands: Hands, meta: Meta) -> Hands:
    return replace(hands, carriers=Carriers({"twilio": meta.api.carrier()}))


@pytest.mark.parametrize("template", templates.shipped(), ids=lambda t: f"{t.name}-{t.language}")
def test_every_shipped_template_keeps_metas_rules(template: templates.Template) -> None:
    assert faults(template.body, template.samples) == []
    assert template.category in ("UTILITY", "MARKETING")
    assert template.language in ("ur", "en"), "Meta's list has no Balochi and no Urdu in Roman letters"
    assert template.public_name.replace("_", "").isalnum()
    assert template.public_name.isascii()


def test_each_name_has_both_languages_and_the_same_variables() -> None:
    names = {template.name for template in templates.shipped()}
    assert names == {"answer_waiting", "reminder", "campaign"}
    for name in names:
        same = [template for template in templates.shipped() if template.name == name]
        assert [template.language for template in same] == ["en", "ur"]
        assert len({(template.category, len(template.samples)) for template in same}) == 1


@pytest.mark.parametrize(
    ("body", "samples"),
    [
        ("{{1}} is the number you wanted", ("a",)),
        ("the number you wanted is {{1}}", ("a",)),
        ("the number you wanted is {{1}}.", ("a",)),
        ("the number you wanted is {{1}} {{2}} as we said before now", ("a", "b")),
        ("here {{1}} now", ("a",)),
        ("the number {{2}} is what you wanted", ("a",)),
        ("the number {{name}} is what you wanted", ("a",)),
        ("the number {{1}} is what you wanted", ()),
        ("the number {{1}} is what you wanted", ("a\nb",)),
        ("the number {{1}} is what you wanted " + "x" * 1024, ("a",)),
    ],
)
def test_what_meta_would_refuse_is_named(body: str, samples: tuple[str, ...]) -> None:
    assert faults(body, samples)


def test_values_are_made_plain() -> None:
    assert plain(" a\n\nb\t c      d'e ") == "a b c d\u2019e"
    assert as_json({"1": "\n"}) == '{"1": "-"}'


def test_handed_in_once_and_asked_after(hands: Hands, meta: Meta) -> None:
    hands = with_twilio(hands, meta)
    assert {row.state for row in templates.standing(hands)} == {templates.NEW}
    assert len(templates.submit(hands)) == len(templates.shipped())
    assert templates.submit(hands) == []
    assert [made["types"]["twilio/text"]["body"] for made in meta.made] == [t.body for t in templates.shipped()]
    assert {made["language"] for made in meta.made} == {"en", "ur"}
    assert meta.made[0]["variables"] == {"1": "48213905"}
    assert {row.state for row in templates.standing(hands)} == {"received"}
    assert templates.fetch(hands) == len(templates.shipped())
    states = {(row.name, row.language): (row.state, row.reason) for row in templates.standing(hands)}
    assert states["answer_waiting", "en"] == ("approved", "")
    assert states["answer_waiting", "ur"] == ("rejected", "too open")
    assert states["campaign", "ur"] == ("pending", "")


def test_only_the_approved_may_be_used_and_balochi_readers_get_urdu_first(hands: Hands, meta: Meta) -> None:
    hands = with_twilio(hands, meta)
    templates.submit(hands)
    templates.fetch(hands)
    with hands.db.read() as tx:
        assert stored.approved(tx) == {("answer_waiting", "en"): "HX1"}
    assert hands.catalog.chain("bal") == ("bal", "ur", "en")
    assert hands.catalog.chain("ur_Latn") == ("ur_Latn", "en")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_ledger_shows_what_the_person_reads(language: str) -> None:
    (body,) = (t.body for t in templates.shipped() if (t.name, t.language) == ("answer_waiting", language))
    assert body.replace("{{1}}", "48213905") == load_catalog().text(
        language, "notice.answer_waiting", number="48213905"
    )


def test_what_was_made_but_not_handed_in_is_not_made_twice(hands: Hands, meta: Meta) -> None:
    hands = with_twilio(hands, meta)
    meta.fails.append((500, {"code": 20500, "message": "later"}))
    with pytest.raises(TemplateError, match="20500"):
        templates.submit(hands)
    assert templates.standing(hands)[0].state == "unsubmitted"
    templates.submit(hands)
    assert len(meta.made) == len(templates.shipped())


def test_changed_words_are_handed_in_under_a_new_name(
    hands: Hands, meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = with_twilio(hands, meta)
    templates.submit(hands)
    first, *rest = templates.shipped()
    changed = replace(first, body=first.body.replace("An answer", "The answer"))
    monkeypatch.setattr(templates, "shipped", lambda: (changed, *rest))
    assert templates.standing(hands)[0].state == templates.CHANGED
    assert templates.submit(hands) == ["answer_waiting en"]
    assert meta.made[-1]["friendly_name"] != meta.made[0]["friendly_name"]


def test_without_a_carrier_that_has_templates_it_says_what_to_do(hands: Hands) -> None:
    with pytest.raises(TemplateError, match="TAWAR_TWILIO"):
        templates.submit(hands)


def test_made_lists_are_remembered_in_the_database(hands: Hands) -> None:
    shelf = StoredContents(hands.db, "twilio", hands.now)
    assert shelf.find("k") == ""
    assert shelf.keep("k", "HX1") == "HX1"
    assert shelf.keep("k", "HX2") == "HX1", "another process was quicker"
    assert StoredContents(hands.db, "kannel", hands.now).find("k") == ""
    shelf.forget("k")
    assert shelf.find("k") == ""


def test_over_the_simulator_a_template_is_approved(road: Street) -> None:
    templates.submit(road.hands)
    templates.fetch(road.hands)
    with road.hands.db.read() as tx:
        assert len(stored.approved(tx)) == len(templates.shipped())


def test_the_command_lists_states_and_reasons(hands: Hands, meta: Meta) -> None:
    hands = with_twilio(hands, meta)
    parts = Parts(**dict.fromkeys(Parts.__dataclass_fields__, None) | {"benches": ()})  # type: ignore[arg-type]
    parts = replace(parts, settings=lambda: None, hands=lambda _: hands)  # type: ignore[arg-type,return-value]
    said = CliRunner().invoke(build_cli(parts), ["templates", "--submit", "--fetch"])
    assert said.exit_code == 0, said.output
    assert "answer_waiting\ten\tapproved\t-" in said.output
    assert "answer_waiting\tur\trejected\ttoo open" in said.output
    assert "handed in: campaign ur" in said.output
