"""Who may do what: one table, (permission, role) -> how far it reaches. What is not in it nobody may."""

import csv
from collections.abc import Iterable, Mapping
from importlib.resources import files

OWN, DEPARTMENT, ALL = "own", "department", "all"
"""A person's own things; those of their department; everybody's."""
Table = Mapping[str, Mapping[str, str]]


def read_permissions(lines: Iterable[str]) -> Table:
    """{permission: {role: reach}} of a CSV whose header names the roles. Raises ValueError for a reach there is none of."""
    table = {
        row.pop("permission"): {role: reach for role, reach in row.items() if reach} for row in csv.DictReader(lines)
    }
    for permission, reaches in table.items():
        if odd := set(reaches.values()) - {OWN, DEPARTMENT, ALL}:
            raise ValueError(
                f"permissions.csv: {permission} has {', '.join(sorted(odd))}; a reach is own, department or all"
            )
    return table


_LINES = files("bot.data").joinpath("permissions.csv").read_text(encoding="utf-8").splitlines()
TABLE = read_permissions(_LINES)
ROLES = tuple(_LINES[0].split(",")[1:])


def reach(role: str, permission: str) -> str:
    """How far `permission` reaches for `role`; empty: it has it not. Raises KeyError for a permission the table lacks."""
    return TABLE[permission].get(role, "")


def may(role: str, permission: str) -> bool:
    """Whether `role` has `permission` at all. Raises KeyError for a permission the table lacks."""
    return bool(reach(role, permission))
