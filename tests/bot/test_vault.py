"""The vault: what it seals comes back only in its place and unchanged, and its index tells nothing without the key."""

import base64
import hashlib
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vault import INDEX_BYTES, TamperedError, UnknownKeyError, Vault, VaultError, key_problems, open_vault
from tests.support import DATA_KEY, INDEX_KEY, PHONE

HERE, THERE = "contacts.phone:1", "contacts.phone:2"


def key(name: str) -> str:
    return base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


def vault(data_key: str = DATA_KEY, index_key: str = INDEX_KEY) -> Vault:
    return open_vault(data_key, index_key, secrets.token_bytes)


@given(st.text(), st.text())
def test_what_was_sealed_comes_back(plain: str, bound_to: str) -> None:
    sealed = vault().seal(plain, bound_to)
    assert vault().unseal(sealed, bound_to) == plain
    assert vault().is_current(sealed)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(place: int, change: int) -> None:
    sealed = bytearray(vault().seal(PHONE, HERE))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(VaultError):
        vault().unseal(bytes(sealed), HERE)


@given(st.binary(max_size=80))
def test_nothing_else_opens(junk: bytes) -> None:
    with pytest.raises(VaultError):
        vault().unseal(junk, HERE)


@given(st.integers(min_value=0, max_value=60))
def test_what_was_cut_off_is_noticed(length: int) -> None:
    sealed = vault().seal(PHONE, HERE)
    with pytest.raises(VaultError):
        vault().unseal(sealed[: min(length, len(sealed) - 1)], HERE)


def test_what_was_moved_to_another_row_is_noticed() -> None:
    with pytest.raises(TamperedError, match=THERE):
        vault().unseal(vault().seal(PHONE, HERE), THERE)


def test_two_seals_of_one_number_have_nothing_in_common() -> None:
    first, second = vault().seal(PHONE, HERE), vault().seal(PHONE, HERE)
    start = len(vault().header)
    assert first[start:] != second[start:]
    assert PHONE.encode() not in first


def test_the_first_key_seals_and_all_open() -> None:
    old = vault(f"old:{key('old')}")
    both = vault(f"new:{key('new')}, old:{key('old')}")
    sealed = old.seal(PHONE, HERE)
    assert both.unseal(sealed, HERE) == PHONE
    assert not both.is_current(sealed)
    with pytest.raises(UnknownKeyError, match="'new'"):
        old.unseal(both.seal(PHONE, HERE), HERE)


def test_a_key_under_anothers_id_opens_nothing_and_shows_nothing() -> None:
    sealed = vault(f"1:{key('one')}").seal(PHONE, HERE)
    with pytest.raises(TamperedError) as refused:
        vault(f"1:{key('other')}").unseal(sealed, HERE)
    assert PHONE not in str(refused.value)


def test_an_id_that_begins_like_another_is_another() -> None:
    short, long = vault(f"1:{key('one')}"), vault(f"10:{key('ten')}")
    assert not short.is_current(long.seal(PHONE, HERE))
    assert not long.is_current(short.seal(PHONE, HERE))


def test_a_key_without_an_id_is_the_first() -> None:
    assert vault(f"1:{key('k')}").unseal(vault(key("k")).seal(PHONE, HERE), HERE) == PHONE


def test_either_alphabet_of_base64_is_read() -> None:
    url = base64.urlsafe_b64encode(base64.b64decode(key("k"))).decode().rstrip("=")
    assert vault(url).unseal(vault(key("k")).seal(PHONE, HERE), HERE) == PHONE


@given(st.text(), st.text())
def test_an_index_is_one_number_s_alone(one: str, other: str) -> None:
    assert (vault().index(one) == vault().index(other)) == (one == other)
    assert len(vault().index(one)) == INDEX_BYTES >= 16


def test_an_index_needs_its_key() -> None:
    assert vault().index(PHONE) != vault(index_key=key("another")).index(PHONE)


def test_sound_keys_have_no_problems() -> None:
    assert key_problems(DATA_KEY, INDEX_KEY) == []
    assert all(not key_problems(secrets.token_urlsafe(32), secrets.token_urlsafe(32)) for _ in range(50))


@pytest.mark.parametrize(
    ("data_key", "told"),
    [
        ("1:", "32 bytes"),
        ("1:short", "32 bytes"),
        ("1:" + base64.b64encode(b"k" * 31).decode(), "32 bytes"),
        ("1:not base64 at all, for sure, not", "32 bytes"),
        ("1:" + base64.b64encode(b"a typed sentence of 32 letters!!").decode(), "not random"),
        ("1:" + base64.b64encode(bytes(32)).decode(), "not random"),
        ("1:" + base64.b64encode(b"\x00\xff" * 16).decode(), "not random"),
        (f"a:{key('a')},a:{key('b')}", "ids are different"),
        (f"an id:{key('a')}", "letters and digits"),
        (f"a:{key('a')},", "32 bytes"),
        (f"a:{key('a')},b:{key('a')}", "twice"),
        (INDEX_KEY, "twice"),
    ],
)
def test_an_unfit_key_is_named(data_key: str, told: str) -> None:
    problems = key_problems(data_key, INDEX_KEY)
    assert any(told in problem and "TAWAR_DATA_KEY" in problem for problem in problems), problems
    with pytest.raises(VaultError):
        vault(data_key)


def test_an_unfit_index_key_is_named_with_how_to_make_one() -> None:
    (problem,) = key_problems(DATA_KEY, "x")
    assert "TAWAR_INDEX_KEY" in problem
    assert "openssl rand -base64 32" in problem
