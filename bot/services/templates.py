"""Templates: WhatsApp texts Meta must approve before they may open a conversation; made, handed in, asked after.

What Meta requires (its template rules, by Twilio's guide to approval): UTILITY is for what a person asked for, here the
answer to an own complaint; MARKETING is for all that calls or announces, so every campaign, and then the person must have
agreed to such messages and can end them. One variable as a whole announcement is within the letter of the rules, but a
reviewer may refuse it as too open or see another category in it, Meta may hold a marketing message back from a person who
got many (63049), and too many who block the sender pause the template: an announcement sent often is better handed in as a
template of its own. Balochi has no template language at Meta; a template in another language's name risks refusal.
"""

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.carriers.templates import HasTemplates, TemplateDesk, TemplateError
from bot.carriers.wording import faults
from bot.services.hands import Hands
from bot.store import templates

CARRIER = "twilio"
NEW = "not submitted"
CHANGED = "changed since"


@dataclass(frozen=True, slots=True)
class Template:
    """One text in one of Meta's languages; `samples` show a reviewer what its variables may be."""

    name: str
    language: str
    category: str
    body: str
    samples: tuple[str, ...]

    @property
    def public_name(self) -> str:
        """The name Meta knows it by: of a refused template it cannot be used again, so it changes with the words."""
        mark = hashlib.sha256(self.body.encode()).hexdigest()[:6]
        return f"tawar_{self.name}_{self.language}_{mark}".lower()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a template stands: `state` in Meta's words, or `not submitted`, or `changed since` (the words, not handed in)."""

    name: str
    language: str
    state: str
    reason: str


@cache
def shipped() -> tuple[Template, ...]:
    """The rows of `bot/data/templates.csv`; samples are parted by a bar."""
    with files("bot.data").joinpath("templates.csv").open(encoding="utf-8") as stream:
        return tuple(
            Template(row["name"], row["language"], row["category"], row["body"], tuple(row["samples"].split("|")))
            for row in csv.DictReader(stream)
        )


def standing(hands: Hands) -> list[Standing]:
    """Every shipped template, as the database knows it."""
    with hands.db.read() as tx:
        rows = {(row.name, row.language): row for row in templates.all_templates(tx)}
    found = []
    for template in shipped():
        row = rows.get((template.name, template.language))
        state = NEW if row is None else row.state if row.body == template.body else CHANGED
        found.append(Standing(template.name, template.language, state, row.reason if row else ""))
    return found


def submit(hands: Hands) -> list[str]:
    """Makes and hands in what is new or has changed; the names. One that was made but not handed in is handed in.

    Raises TemplateError; what was done before it stays done.
    """
    desk = _desk(hands)
    wanted = {(s.name, s.language) for s in standing(hands) if s.state in (NEW, CHANGED, "unsubmitted")}
    for template in (t for t in shipped() if (t.name, t.language) in wanted):
        _submit_one(hands, desk, template)
    return [f"{name} {language}" for name, language in sorted(wanted)]


def fetch(hands: Hands) -> int:
    """Asks how each template stands and notes it; how many. Raises TemplateError."""
    desk = _desk(hands)
    with hands.db.read() as tx:
        ids = [row.provider_id for row in templates.all_templates(tx) if row.provider_id]
    for provider_id in ids:
        found = desk.state(provider_id)
        with hands.db.write() as tx:
            templates.note_approval(tx, provider_id, hands.now(), state=found.state, reason=found.reason)
    return len(ids)


def _submit_one(hands: Hands, desk: TemplateDesk, template: Template) -> None:
    """The id is noted before approval is asked for: if that fails, the next try goes on from there."""
    if found := faults(template.body, template.samples):
        raise TemplateError(f"{template.name} {template.language} would be refused: {'; '.join(found)}")
    provider_id = _made(hands, template)
    if not provider_id:
        provider_id = desk.make(template.public_name, template.language, template.body, template.samples)
        _note(hands, template, provider_id, "unsubmitted")
    said = desk.hand_in(provider_id, template.public_name, template.category)
    with hands.db.write() as tx:
        templates.note_approval(tx, provider_id, hands.now(), state=said.state, reason=said.reason)


def _made(hands: Hands, template: Template) -> str:
    """The id of the template if it was made with just these words."""
    with hands.db.read() as tx:
        rows = [row for row in templates.all_templates(tx) if row.body == template.body]
    same = (str(row.provider_id) for row in rows if (row.name, row.language) == (template.name, template.language))
    return next(same, "")


def _note(hands: Hands, template: Template, provider_id: str, state: str) -> None:
    with hands.db.write() as tx:
        templates.remember_template(
            tx,
            name=template.name,
            language=template.language,
            provider_id=provider_id,
            category=template.category,
            body=template.body,
            state=state,
            reason="",
        )


def _desk(hands: Hands) -> TemplateDesk:
    carrier = hands.carriers.get(CARRIER)
    if not isinstance(carrier, HasTemplates):
        raise TemplateError("no carrier in use has templates: set TAWAR_TWILIO_ACCOUNT_SID and the rest")
    return carrier.templates
