"""A ticket's life keeps to its table, and a mistyped ticket number is never another person's."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold
from bot.tickets import (
    NUMBER_DIGITS,
    OPEN_STATES,
    RUNNING,
    STATES,
    Refused,
    allowed_actions,
    draw_number,
    is_number,
    looks_like_number,
    next_state,
    read_number,
    transitions,
)

ACTIONS = sorted({action for _, action, _ in transitions()})
ROLES = ("official", "helper", "citizen", "clock", "referee", "supervisor", "")
NUMBERS = st.randoms(use_true_random=False).map(lambda chance: draw_number(chance.randrange))
SEVERAL = ["48271932", *(draw_number(random.Random(seed).randrange) for seed in range(40))]
DIGITS = ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"]


@given(NUMBERS)
def test_every_mistyped_digit_is_caught(number: str) -> None:
    for place in range(NUMBER_DIGITS):
        for digit in set("0123456789") - {number[place]}:
            assert not is_number(number[:place] + digit + number[place + 1 :])


@given(NUMBERS)
def test_every_swap_of_neighbours_is_caught(number: str) -> None:
    for place in range(NUMBER_DIGITS - 1):
        first, second = number[place], number[place + 1]
        if first != second:
            assert not is_number(number[:place] + second + first + number[place + 2 :])


@given(NUMBERS)
def test_a_number_has_its_length_and_no_leading_zero(number: str) -> None:
    assert len(number) == NUMBER_DIGITS
    assert number[0] != "0"
    assert is_number(number)


def test_all_serials_may_be_drawn() -> None:
    bounds: list[int] = []

    def last(below: int) -> int:
        bounds.append(below)
        return below - 1

    assert draw_number(lambda _: 0).startswith("1000000")
    assert draw_number(last).startswith("9999999")
    assert bounds == [9_000_000]


@given(
    NUMBERS,
    st.sampled_from(DIGITS),
    st.sampled_from(["", " ", "-", ".", "/", " - ", "‑", "\u00a0"]),
    st.sampled_from([2, 4]),
)
def test_a_number_is_read_in_any_digits_with_any_separators(
    number: str, digits: str, separator: str, group: int
) -> None:
    written = "".join(digits[int(digit)] for digit in number)
    typed = separator.join(written[start : start + group] for start in range(0, NUMBER_DIGITS, group))
    assert read_number(fold(typed)) == number


@pytest.mark.parametrize("number", SEVERAL[1:5])
@pytest.mark.parametrize(
    "sentence",
    [
        "{}",
        "#{}",
        "no {}",
        "شکایت {} کا کیا بنا",
        "what about {}?",
        "{} status",
        "my complaint {}, 3 days",
        "شکایت نمبر:{}۔",
        "{}\n{}",
        "2 tickets {}",
    ],
)
def test_a_number_is_read_among_words(number: str, sentence: str) -> None:
    assert read_number(fold(sentence.replace("{}", number))) == number


@given(NUMBERS)
def test_a_mistyped_number_is_known_for_one_but_is_none(number: str) -> None:
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert read_number(wrong) is None
    assert looks_like_number(wrong)
    assert looks_like_number(number[:-1])


@pytest.mark.parametrize(
    "text", ["", "1", "123456", "03001234567", "پانی", "3 days 2 nights", "12.5", "👍", "1234567890123456"]
)
def test_what_is_no_number_is_none_and_does_not_look_like_one(text: str) -> None:
    assert read_number(fold(text)) is None
    assert not looks_like_number(fold(text))


@given(st.text())
def test_reading_a_number_never_fails(text: str) -> None:
    number = read_number(fold(text))
    assert number is None or (len(number) == NUMBER_DIGITS and number.isascii())
    assert looks_like_number(fold(text)) in (True, False)


def test_the_table_speaks_of_known_states_and_roles_only() -> None:
    assert {state for state, _, _ in transitions()} | set(transitions().values()) == set(STATES)
    assert {role for _, _, role in transitions()} == {"official", "helper", "citizen", "clock", "referee"}
    assert set(STATES) - OPEN_STATES == {"confirmed", "lapsed", "rejected", "withdrawn", "joined"}
    assert OPEN_STATES > RUNNING


@pytest.mark.parametrize(
    ("end", "ways"),
    [
        ("confirmed", {("answered", "confirm", "citizen"), ("lapsed", "confirm", "citizen")}),
        ("lapsed", {("answered", "lapse", "clock")}),
        ("withdrawn", {(state, "withdraw", "citizen") for state in ({*OPEN_STATES, "joined"} - {"answered"})}),
        ("rejected", {(state, "reject", "official") for state in OPEN_STATES - {"answered"}}),
    ],
)
def test_who_ends_a_ticket_and_how(end: str, ways: set[tuple[str, str, str]]) -> None:
    """Nobody at a desk answers for the citizen: not even the clock makes silence a yes."""
    assert {step for step, after in transitions().items() if after == end != step[0]} == ways


def test_every_state_is_reached_from_a_new_ticket() -> None:
    reached, edge = {"new"}, ["new"]
    while edge:
        state = edge.pop()
        for (source, _, _), target in transitions().items():
            if source == state and target not in reached:
                reached.add(target)
                edge.append(target)
    assert reached == set(STATES)


def test_the_citizen_can_take_any_end_back_but_their_own_withdrawal() -> None:
    for state in set(STATES) - OPEN_STATES - {"withdrawn"}:
        ways = [after for (source, _, role), after in transitions().items() if (source, role) == (state, "citizen")]
        assert OPEN_STATES & set(ways), state


def test_a_citizen_may_always_write_and_an_official_always_note() -> None:
    for state in STATES:
        assert next_state(state, "write", "citizen") == ("in_progress" if state == "waiting" else state)
        assert next_state(state, "note", "official") == state


@given(st.lists(st.tuples(st.sampled_from([*ACTIONS, "delete", ""]), st.sampled_from(ROLES)), max_size=60))
def test_no_walk_leaves_the_states_and_nobody_else_confirms(steps: list[tuple[str, str]]) -> None:
    state, judged = "new", False
    for action, role in steps:
        after = next_state(state, action, role)
        if isinstance(after, Refused):
            assert after == Refused(state, action, role)
            assert action not in allowed_actions(state, role)
            continue
        assert after in STATES
        assert action in allowed_actions(state, role)
        judged = judged or (action, role) == ("confirm", "citizen")
        assert after != "confirmed" or judged
        state = after
