"""Phone numbers: one spelling inside (E.164), and what sort of number it is."""

import re
from functools import lru_cache

import phonenumbers

REGION = "PK"
_MOBILE = re.compile(r"\+923\d{9}")
"""Pakistan's mobile numbers: 3 and nine digits (numbering plan, as the phonenumbers library has it)."""
_TYPES = phonenumbers.PhoneNumberType
_LANDLINES = (_TYPES.FIXED_LINE, _TYPES.UAN, _TYPES.TOLL_FREE)
_PREMIUM = (_TYPES.PREMIUM_RATE, _TYPES.SHARED_COST)


@lru_cache(maxsize=4096)
def normalise(text: str) -> str | None:
    """The E.164 form of a number in any spelling (0333…, ۰۳۳۳…, 0092…, whatsapp:+92…); None if it is no phone number."""
    written = text.removeprefix("whatsapp:").strip()
    # WhatsApp's "ID.4566546130" and "1800-FLOWERS" hold digits, but no number.
    if any(char.isalpha() for char in written):
        return None
    try:
        number = phonenumbers.parse(written, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=4096)
def kind(phone: str) -> str:
    """What sort of number an E.164 form is: mobile, landline, short, premium, or foreign (a mobile elsewhere).

    By the ranges of the phonenumbers library; no E.164 form at all counts as short."""
    if _MOBILE.fullmatch(phone):  # nearly everybody, and a hundred times quicker
        return "mobile"
    if not phone.startswith("+"):
        return "short"
    number = phonenumbers.parse(phone, REGION)
    sort = phonenumbers.number_type(number)
    if sort in _LANDLINES:
        return "landline"
    if sort in _PREMIUM:
        return "premium"
    return "mobile" if phonenumbers.region_code_for_number(number) == REGION else "foreign"
