"""A file's address cannot be guessed or changed, ends, and is the same for the same message."""

from datetime import timedelta

import pytest

from bot.media import links
from tests.support import START

SECRET = "s" * 40


def test_a_link_is_good_until_its_end() -> None:
    until = links.expiry(START, START)
    token = links.sign(7, until, SECRET)
    assert links.read(token, START, SECRET) == 7
    assert links.read(token, until - timedelta(seconds=1), SECRET) == 7
    assert links.read(token, until, SECRET) is None
    assert links.read(token, START, "t" * 40) is None


def test_every_changed_letter_is_noticed() -> None:
    token = links.sign(7, links.expiry(START, START), SECRET)
    for place in range(len(token) - 1):  # the last letter carries two bits that mean nothing
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert links.read(other, START, SECRET) is None


@pytest.mark.parametrize("token", ["", "x", "7", "=" * 43, "A" * 43, "A" * 5000, "نہیں", "../../etc", "A" * 21 + "\0"])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    assert links.read(token, START, SECRET) is None


def test_a_message_tried_again_has_the_same_link_and_a_late_one_a_link_that_still_lives() -> None:
    ends = {links.expiry(START, START + timedelta(hours=hours)) for hours in range(24 * 7)}
    assert len(ends) == 1
    for days in range(60):
        now = START + timedelta(days=days)
        assert links.AT_LEAST <= links.expiry(START, now) - now <= links.AT_LEAST + links.LIFE
