"""Random talks: whatever is written in whatever order, an answer comes, nothing is raised, and nothing told is lost."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.values import OpenTicket
from bot.store import conversations
from tests.dialogue.replay import Replay
from tests.support import directory

POOL = [
    "1", "۲", "3", "0", "9", "yes", "ہاں", "no", "نہیں", "back", "واپس", "cancel", "help", "menu", "زبان", "english", "urdu",
    "بلوچی",
    "stop", "start", "band", "salam", "thanks", "my complaints", "status", "12345678", "[photo]", "[voice]", "[pin 25.1,62.3]",
    "[pin 24.8,67.0]", "[photo] look", "No water in Gwadar for 3 days", "پانی نہیں آ رہا، تربت میں", "bijli nahi hai Khuzdar mein",
    "مئے میتگ ءَ آپ نیست", "Turbat", "کوئٹہ", "Karachi", "what papers for a domicile", "ڈومیسائل کے لیے کاغذات", "domicile", "xyzzy",
    "the doctor is absent and there is no medicine", "please hurry, it is near the jetty", "haan jee bhej dein", "😀", "", "?",
    "@ 20 hours pass", "@ the official resolves", "Yes, send it", "Change it", "The place", "Something else", "Ask the department",
    "mera shohar mujhe marta hai", "میرا شوہر مجھے مارتا ہے، کوئٹہ", "mehfooz nahi", "gas leak ho rahi hai ghar mein",
    "I want to kill myself", "پانی نہیں آ رہا اور سڑک بھی ٹوٹی ہوئی ہے", "ye msg band karo", "it is Turbat", "withdraw", "report",
    "زموږ په کلي کې اوبه نشته درې ورځې کېږي", "37549106 check karo", "wo phone dekhta hai", "shukriya bhai masla hal ho gaya",
]  # fmt: skip
MAX_REPLY = 1600
SECRETS = [
    directory().categories["women_violence"].names, directory().categories["child_abuse"].names,
    directory().departments["WDD"].names,
]  # fmt: skip


class Walk(Replay):
    """A replay that looks at every turn."""

    def says(self, text: str) -> list[str]:
        shown = super().says(text)
        replies = [line for line in shown if line.startswith("<")]
        assert replies, f"no answer to {text!r}"
        assert all(0 < len(reply) <= MAX_REPLY for reply in replies)
        assert conversations.load(conversations.dump(self.conversation)) == self.conversation
        self._tells_nobody_else()
        return shown

    def _tells_nobody_else(self) -> None:
        """No reply names violence at home, or the office that deals with it, unless it is a line of the list of all troubles."""
        for reply in self.replies[-1:]:
            if "report.category" in (reply.key, *(line.key for line in reply.lines)):
                continue
            values = [value for one in (reply, *reply.lines) for value in one.values.values()]
            labels = [option.label for option in reply.options]
            assert not [secret for secret in SECRETS if secret in (*values, *labels)], reply.key

    def _done(self, command: object) -> str:
        if isinstance(command, OpenTicket):
            told = command.draft.words or command.draft.media
            assert told, "a ticket without a word or a voice"
            assert command.draft.messages, "a ticket that belongs to no message"
            assert self.count >= max(command.draft.messages)
        return super()._done(command)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=25))
def test_every_talk_is_answered(texts: list[str]) -> None:
    walk = Walk()
    for text in texts:
        if text == "@ the official resolves" and not walk.tickets:
            continue
        walk.line(text if text.startswith("@") else f"> {text}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_any_text_is_answered(texts: list[str]) -> None:
    walk = Walk()
    for text in texts:
        walk.says(text)


def test_help_never_loses_a_draft() -> None:
    walk = Walk()
    for text in ("english", "1", "1", "1", "Gwadar"):
        walk.says(text)
        before = walk.conversation.draft
        walk.says("help")
        assert walk.conversation.draft == before
