"""The table of permissions: what it says of each role, and that a slip in it is not taken for a refusal."""

import pytest

from bot.permissions import ALL, DEPARTMENT, OWN, ROLES, TABLE, may, reach, read_permissions

HEADER = "permission,official,admin"


def test_how_far_a_permission_reaches() -> None:
    assert [reach(role, "tickets.see") for role in ("official", "supervisor", "campaign_manager")] == [
        DEPARTMENT,
        ALL,
        "",
    ]
    assert reach("reviewer", "views.own") == ""
    assert reach("referee", "views.own") == OWN
    assert (may("admin", "audit.see"), may("supervisor", "audit.see")) == (True, False)


def test_everybody_has_an_account_and_nobody_everything() -> None:
    assert {role for role in ROLES if may(role, "account.own")} == set(ROLES)
    for role in ROLES:
        assert not all(may(role, permission) for permission in TABLE), f"{role} may do everything"


def test_every_permission_is_somebodys() -> None:
    assert all(reaches and set(reaches) <= set(ROLES) for reaches in TABLE.values())


def test_a_role_there_is_none_of_may_nothing() -> None:
    assert not any(may("mayor", permission) for permission in TABLE)


def test_a_misspelt_permission_is_a_bug_and_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        may("admin", "tickets.sea")


def test_a_misspelt_reach_is_refused_by_name() -> None:
    assert read_permissions([HEADER, "a,own,"]) == {"a": {"official": "own"}}
    with pytest.raises(ValueError, match=r"a has everywhere; a reach is own, department or all"):
        read_permissions([HEADER, "a,own,everywhere"])
