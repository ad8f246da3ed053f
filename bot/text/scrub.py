"""Takes out of a text what tells who wrote it, so that it may teach: better a word too many is lost than a name kept."""

import re
import unicodedata

_GONE = "\ufffc"
"""Stands where something was taken out, until the whole token around it is dropped: QAA-1234 is a number plate."""
# Letters are joined and vowels marked in many ways; a name must not hide behind them.
_UNSEEN = re.compile("[\u0640\u064b-\u0652\u0670\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TRACES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"://|\bwww\.|[^\W\d]\.(?:com|pk|org|net|info|edu|gov|me|ly|io|co|app|link|site|online)\b",
        r"[^\S\n]@[^\S\n]|@|\s?[(\[]\s?at\s?[)\]]\s?",
        # Four digits of any script, whatever stands between them: phones, identity cards, meters, our own tickets.
        r"\d(?:[\W_]*\d){3,}",
    )
]

# Words that are no names: a name ends before them.
_STOPS = re.sub(
    r"\s+",
    "|",
    """
    is am are was and or of in on at to the a from for with my our your his her here there please no not has have had
    since but because
    hai hain hay he hy h hoon hun hu hn tha thi aur or se sy say ka ki ke ko ne nai nahi nahin nhi na mein main me mai
    mn may par per pe pr ye yeh wo woh is us mera meri mere hamara hamari hamare apna ya jo kia kya liye b bhi
    int ent ant o u chi cha
    ہے ہیں ہوں تھا تھی تھے اور سے کا کی کے کو نے نہیں نہ میں پر پہ یہ وہ اس میرا میری میرے ہمارا ہماری ہمارے اپنا یا جو
    کیا لیے بھی تو انت نیست ء چہ بہ
""".strip(),
)
_WORD = rf"(?!(?:{_STOPS})\b(?!\.))(?:\b[^\W\d_]{{1,2}}\.[ \t]*|\b[^\W\d_]++(?:['’-][^\W\d_]++)*[ \t]*)"
_LINKING = r"(?:\s|[:=،,.\-–—]|\b(?:is|hai|hay|he|ہے)\b)*"
_CHILD_OF = (
    r"(?:\b[swdc]\s?[/\\.]\s?o\b\.?|\b(?:son|daughter|wife|widow|child)\s+of\b"
    r"|\b(?:wal[ai]?d|zauja|zoja|bint|dukhtar|ولد|زوجہ|بنت|دختر|پسر)\b)"
)
_TITLE = (
    r"\b(?P<kept>mr|mrs|ms|miss|dr|doctor|haji|hajji|mol[va]i|maulvi|maulana|mullah?|sardar|nawab"
    r"|حاجی|مولوی|مولانا|سردار|نواب|ڈاکٹر)\b\.?"
)
_HONOUR = r"\b(?:sahib|sahab|saheb|saab|sb|bibi|khan|صاحب|صاحبہ|بی بی|خان)\b"
_SIGNED = (
    r"\b(?:regards|sincerely|faithfully|applicant|complainant|sender|darkhas?t\s?guzar|منجانب|العارض|درخواست گزار"
    r"|عرض گزار|سائل)\b"
)
_THANKED = r"\b(?:thanks|thank you|thankyou|shukria|shukriya|شکریہ|منت ?وار)\b"
_NAMES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:{_WORD}){{0,3}}\b(?:name|naam|nam|نام)\s+(?:hai|hay|he|ہے)\b{_LINKING}(?:{_WORD}){{0,4}}",
        rf"\b(?:name['’]s|names?|naam|nam|نام|اسم)\b{_LINKING}(?:{_WORD}){{0,4}}",
        rf"(?:{_WORD}){{0,3}}{_CHILD_OF}\s*(?:{_WORD}){{0,4}}",
        rf"\bi\s?['’]?a?m\s+(?:{_WORD}){{1,3}}(?=(?:from|of|resident|speaking|calling|writing|here)\b)",
        rf"\b(?:main|mein|mai|mn|میں)\s+(?:{_WORD}){{1,3}}(?=(?:hoon|hun|hu|hn|bol|ہوں|بول|عرض)\b)",
        rf"{_TITLE}\s*(?:{_WORD}){{1,3}}",
        rf"(?:{_WORD}){{0,2}}{_HONOUR}",
        rf"{_SIGNED}{_LINKING}(?:{_WORD}){{0,4}}",
        rf"{_THANKED}{_LINKING}(?:{_WORD}){{0,4}}\W*$",
    )
]
# Somebody who writes capitals shows where the name ends: I am Gul Bibi, this is Ali Khan.
_CAPITALS = re.compile(r"\b(?:[Ii] ?['’]?a?m|[Tt]his is)\s+(?:[A-Z][\w'’.-]*\s*){1,4}")


def scrub(text: str) -> str:
    """The text on one line without links, addresses, four digits or more in a row, and what looks like a person's name.

    Empty if nothing is left. A name that nothing announces is not found, so the result stays a citizen's own words:
    never logged, never published.
    """
    text = _without_traces(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    text = _CAPITALS.sub(" ", text)
    for pattern in _NAMES:
        text = pattern.sub(r" \g<kept> " if "kept" in pattern.groupindex else " ", text)
    return " ".join(_without_traces(text).split())


def _without_traces(text: str) -> str:
    """Drops every token that a link, an address or a number stands in, until none is left: what is taken out can bring
    two halves of a number together."""
    while True:
        marked = text
        for pattern in _TRACES:
            marked = pattern.sub(_GONE, marked)
        if marked == text:
            return text
        lines = marked.split("\n")
        text = "\n".join(" ".join(token for token in line.split() if _GONE not in token) for line in lines)
