"""The digits a citizen writes, Latin, Urdu or Arabic, and a text of ours written in them."""

import unicodedata

from bot.text.language import is_arabic

LATIN = "0123456789"
NATIVE = {"urdu": "۰۱۲۳۴۵۶۷۸۹", "arabic": "٠١٢٣٤٥٦٧٨٩"}
ASCII = "ascii"
_FAMILY = {digit: name for name, digits in NATIVE.items() for digit in digits}
_TABLES = {name: str.maketrans(LATIN, digits) for name, digits in NATIVE.items()}


def digit_style(text: str) -> str:
    """The family of a message's digits: `urdu`, `arabic`, `ascii`, or empty where the message does not tell.

    One native digit tells: the Latin ones beside it are a phone's or a meter's number, copied. Latin digits tell alone
    ("2") and among Arabic letters; among Latin letters there was nothing to choose.
    """
    if native := next((_FAMILY[char] for char in text if char in _FAMILY), ""):
        return native
    chosen = is_arabic(text) or not any(char.isalpha() for char in text)
    return ASCII if chosen and any(char in LATIN for char in text) else ""


def write_digits(text: str, style: str) -> str:
    """The text with its Latin digits in the family `style`; `ascii` leaves it as it is."""
    return text.translate(_TABLES[style]) if style in _TABLES else text


def read_digits(text: str) -> str:
    """The text with digits of every family as Latin ones."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
