"""Who a citizen is at the desk: an alias, and a number that two people together may unseal for one of them. Pure rules."""

from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no letter that is taken for a digit, none that is mistaken when read out."""
SHORTEST = 5
"""Characters of an alias: 33 million citizens before one in two needs a longer one."""


def draw_alias(draw: Callable[[int], bytes], tries: int) -> str:
    """A new alias; `tries`: how many drawn before it were taken, so that a full house grows. `draw` gives random bytes."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in draw(SHORTEST + tries // 4))
