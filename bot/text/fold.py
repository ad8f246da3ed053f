"""Makes two spellings of one word equal: `clean` before a text is stored, `fold` before it is compared."""

import re
import unicodedata

MAX_TEXT = 4000
"""Characters kept of one message; Twilio delivers at most 1,600, Kannel's longest is shorter."""

_NOT_STORED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LETTERS = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ێ": "ی", "ۍ": "ی", "ك": "ک", "ڪ": "ک",
    "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "ە": "ہ", "ۀ": "ہ", "ۂ": "ہ",
    "أ": "ا", "إ": "ا", "ٱ": "ا", "ۓ": "ے", "ݔ": "ی", "ۆ": "و", "ۏ": "و",
}  # fmt: skip
_DIGITS = {chr(base + n): str(n) for base in (0x0660, 0x06F0) for n in range(10)}
# Apostrophes (don't = dont), joiners, tatweel, emoji variation and skin tone, and the frame of a keycap emoji
# carry no meaning in an answer.
_DROPPED = dict.fromkeys(
    [
        0x27,
        0x2019,
        0x02BC,
        0x60,
        0x0640,
        0x0670,
        0xFE0E,
        0xFE0F,
        0x20E3,
        0x200C,
        0x200D,
        *range(0x064B, 0x0653),
        *range(0x1F3FB, 0x1F400),
    ],
    "",
)
_TABLE = str.maketrans(_LETTERS) | str.maketrans(_DIGITS) | _DROPPED
# Marks above and below Arabic letters are part of the word; Python's \w does not know them.
_APART = re.compile(r"(?:[^\w\u0610-\u061a\u0653-\u065f\u06d6-\u06ed\U0001F000-\U0001FAFF\u2600-\u27bf]|_)+")
_REPEATED = re.compile("([\u2600-\u27bf\U0001f000-\U0001faff])\\1+")
_HAMZA_LEFT = re.compile("[\u0653-\u0655]")


def clean(text: str) -> str:
    """The text as it is stored: NFC, without NUL, lone surrogates, control and bidi-control characters, at most MAX_TEXT.

    PostgreSQL refuses NUL and a lone surrogate cannot be encoded; bidi controls let one line pose as another. Zero-width
    joiners stay: Urdu and emoji are spelt with them.
    """
    return unicodedata.normalize("NFC", _NOT_STORED.sub("", text))[:MAX_TEXT].strip()


def fold(text: str) -> str:
    """The text as it is compared: lower case, one spelling a letter, ASCII digits, words parted by single spaces, 👍👍 as 👍.

    Never stored. ھ stays apart from ہ, and hamza stays: they tell Urdu and Balochi words apart.
    """
    text = unicodedata.normalize("NFKC", text).translate(_TABLE)
    if _HAMZA_LEFT.search(text):  # it stood on a letter that became another, e.g. ي: join it to the letter of today
        text = unicodedata.normalize("NFC", text.replace("ی\u0654", "ئ")).translate(_TABLE)
    return _APART.sub(" ", _REPEATED.sub(r"\1", text.casefold())).strip()
