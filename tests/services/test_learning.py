"""Learning: measured before it is offered, used only after an administrator's word, and taken back as easily."""

import pytest
from sqlalchemy import update

from bot.evaluation import parse_rows
from bot.services.hands import Hands
from bot.services.learning import AS_SHIPPED, LearningError, Proposal, accept, go_back, propose, versions
from bot.services.setup import load_directory, load_lexicon, shipped_rows
from bot.store import accounts, directory, learning
from bot.store.tickets import tickets
from bot.text.reading import read_message
from tests.support import START, Citizen, train_few
from tests.visitors import rows

KEPT = parse_rows(
    "text\tlanguage\tintent\tcategory\n"
    "zorgalo phatalo aaj bhi\tur_Latn\tcomplaint\tgarbage\n"
    "No electricity in Quetta since morning\ten\tcomplaint\tpower_outage\n"
)
NEWS = "zorgalo phatalo kal se"


@pytest.fixture(autouse=True)
def people(hands: Hands) -> None:
    with hands.db.write() as tx:
        for username, role in (("root", "admin"), ("gone", "admin"), ("akbar", "supervisor")):
            person = {"username": username, "name": username, "role": role, "password_hash": "x", "language": "en"}
            accounts.add(tx, created_at=START, **person)
        accounts.disable(tx, "gone", START)


def teach(hands: Hands, *lessons: tuple[str, str], source: str = "transfer") -> None:
    """Tickets of as many citizens as there are lessons, sorted by an official."""
    for n, (category, text) in enumerate(lessons):
        Citizen(hands, f"+9230000006{n:02}").reports()
        with hands.db.write() as tx:
            fields = {"category": category, "text": text, "source": source, "at": START}
            learning.keep_example(tx, rows(hands, tickets)[n].id, **fields)


def proposes(hands: Hands) -> Proposal:
    return propose(hands.db, load_lexicon(hands.db, hands.catalog), KEPT, START, train_few)


def first_of(hands: Hands) -> str:
    """What a process that starts now takes the odd words for."""
    ranked = read_message("zorgalo phatalo", load_lexicon(hands.db, hands.catalog), load_directory(hands.db)).categories
    return ranked[0] if ranked else ""


def test_a_proposal_changes_nothing_until_it_is_accepted(hands: Hands) -> None:
    teach(hands, ("garbage", NEWS))
    before = first_of(hands)
    proposal = proposes(hands)
    assert (proposal.version, proposal.examples, proposal.sources) == (1, 1, {"transfer": 1})
    assert (proposal.before["category_top1"], proposal.after["category_top1"]) == (0.5, 1.0)
    assert (proposal.after["by_language"]["ur_Latn"]["category_top1"], proposal.after["rows"]) == (1.0, 2)
    assert first_of(hands) == before != "garbage"
    accept(hands.db, 1, "Root", START)
    assert first_of(hands) == "garbage"
    (model,) = versions(hands.db)
    assert (model.state, model.accepted_by, model.accepted_at) == ("accepted", "root", START)
    assert model.examples == [{"category": "garbage", "text": NEWS}]


def test_every_version_can_be_gone_back_to(hands: Hands) -> None:
    teach(hands, ("garbage", NEWS))
    proposes(hands)
    accept(hands.db, 1, "root", START)
    teach(hands, ("garbage", NEWS), ("power_outage", "wire burnt in our street"))
    proposes(hands)
    accept(hands.db, 2, "root", START)
    assert [model.state for model in versions(hands.db)] == ["retired", "accepted"]
    go_back(hands.db, 1, "root", START)
    assert [model.state for model in versions(hands.db)] == ["accepted", "retired"]
    go_back(hands.db, AS_SHIPPED, "root", START)
    assert [(model.state, model.retired_by) for model in versions(hands.db)] == [("retired", "root")] * 2
    assert load_lexicon(hands.db, hands.catalog).weights == hands.lexicon.weights


def test_a_worse_one_needs_one_more_word(hands: Hands) -> None:
    teach(hands, ("garbage", NEWS))
    proposes(hands)
    accept(hands.db, 1, "root", START)
    teach(hands, ("sewerage", NEWS))
    assert proposes(hands).after["category_top1"] == 0.5
    with pytest.raises(LearningError, match=r"worse .*category_top1.*--even-if-worse"):
        accept(hands.db, 2, "root", START)
    assert first_of(hands) == "garbage"
    accept(hands.db, 2, "root", START, even_if_worse=True)
    assert first_of(hands) == "sewerage"


@pytest.mark.parametrize(
    ("username", "said"), [("nobody", "Nobody"), ("gone", "Nobody"), ("akbar", "no administrator")]
)
def test_only_an_active_administrator_decides(hands: Hands, username: str, said: str) -> None:
    teach(hands, ("garbage", NEWS))
    proposes(hands)
    with pytest.raises(LearningError, match=said):
        accept(hands.db, 1, username, START)
    with pytest.raises(LearningError, match=said):
        go_back(hands.db, AS_SHIPPED, username, START)
    assert versions(hands.db)[0].state == "proposed"


def test_what_makes_no_sense_is_refused_and_says_what_helps(hands: Hands) -> None:
    teach(hands, ("garbage", NEWS))
    proposes(hands)
    with pytest.raises(LearningError, match="no version 7"):
        accept(hands.db, 7, "root", START)
    with pytest.raises(LearningError, match="use --accept 1"):
        go_back(hands.db, 1, "root", START)
    with pytest.raises(LearningError, match="in use already"):
        go_back(hands.db, AS_SHIPPED, "root", START)
    accept(hands.db, 1, "root", START)
    for again in (accept, go_back):
        with pytest.raises(LearningError, match="in use already"):
            again(hands.db, 1, "root", START)
    with pytest.raises(LearningError, match="nothing new"):
        proposes(hands)
    go_back(hands.db, AS_SHIPPED, "root", START)
    with pytest.raises(LearningError, match="--back-to 1"):
        accept(hands.db, 1, "root", START)


def test_nothing_to_learn_and_nothing_to_measure_on(hands: Hands) -> None:
    with pytest.raises(LearningError, match="No labelled example"):
        proposes(hands)
    teach(hands, ("garbage", NEWS))
    with pytest.raises(LearningError, match="--on FILE"):
        propose(hands.db, hands.lexicon, parse_rows("text\thello\nhi\t\n"), START, train_few)
    assert versions(hands.db) == []


def test_what_is_asked_is_not_taught_and_what_became_sensitive_is_left_out(hands: Hands) -> None:
    lessons = [
        ("garbage", KEPT[0]["text"] + "!"),
        ("women_violence", "he beats her"),
        ("garbage", NEWS),
        ("garbage", NEWS),
    ]
    teach(hands, *lessons)
    proposal = proposes(hands)
    assert (proposal.examples, proposal.left_out) == (1, 3)


def test_a_category_that_is_gone_later_does_no_harm(hands: Hands) -> None:
    teach(hands, ("garbage", NEWS))
    proposes(hands)
    accept(hands.db, 1, "root", START)
    with hands.db.write() as tx:
        kept = [row for row in shipped_rows("categories") if row["code"] != "garbage"]
        directory.replace(tx, "categories", kept)
    assert first_of(hands) != "garbage"


def test_weights_of_another_version_are_left_aside(hands: Hands, caplog: pytest.LogCaptureFixture) -> None:
    teach(hands, ("garbage", NEWS))
    proposes(hands)
    accept(hands.db, 1, "root", START)
    with hands.db.write() as tx:
        tx.execute(update(learning.models).values(weights=b"of another version"))
    assert load_lexicon(hands.db, hands.catalog).weights == hands.lexicon.weights
    assert "tawar learn" in caplog.text
