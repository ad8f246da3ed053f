"""Every route and every role: who may come in is in matrix.csv, read by a person; a route without a row fails here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.permissions import ROLES
from bot.store.database import Database
from bot.store.tables import metadata
from tests.handlers.crossing import METHODS, TABLE, Crossing, Route, form_token, new_key, read_table
from tests.support import sqlite
from tests.visitors import Form, Visitor

ROUTES = read_table()
FORMS = [route for route in ROUTES if route.method == "POST" and not route.path.startswith("/carriers/")]
GROW_BY_TRYING = {"audit", "sign_in_failures"}
"""Tables in which a refused try leaves a line on purpose."""


def who_may(route: Route) -> str:
    """Somebody whom the route answers: anybody if it is a form of those not signed in."""
    if route.rule in ("/sign-in", "/sign-in/passkey"):
        return "anybody"
    return next(role for role in ROLES if route.expected[role] != 404)


FORMS_OF_SESSIONS = [form for form in FORMS if who_may(form) != "anybody"]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@pytest.fixture
def crossing(db: Database, tmp_path: Path) -> Crossing:
    return Crossing(db, tmp_path)


def test_every_route_has_its_row_and_every_row_its_route(crossing: Crossing) -> None:
    rules = crossing.office.app.url_map.iter_rules()
    routes = {(method, rule.rule) for rule in rules for method in (rule.methods or set()) & METHODS}
    assert routes == {(row.method, row.rule) for row in ROUTES}


def test_every_row_is_of_its_route_and_every_role_has_its_column(crossing: Crossing) -> None:
    header = TABLE.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == ["method", "rule", "path", "form", "anybody", *ROLES]
    routes = crossing.office.app.url_map.bind("localhost")
    for row in ROUTES:
        rule, _ = routes.match(
            row.path.format(number="1", campaign=1, media=1, token="t", session=1, passkey=1, unsealing=1),
            row.method,
            True,
        )
        assert rule.rule == row.rule, f"{row}: the path {row.path} is another route's"


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_who_may_do_what(crossing: Crossing, route: Route) -> None:
    got = {}
    for who, status in route.expected.items():
        visitor = crossing.visitor(who)
        page = crossing.tries(visitor, route, crossing.path(route, who))
        got[who] = page.status
        if who == "anybody" and status == 303:
            assert page.answer.location.partition("?")[0] == "/sign-in", f"{route}: nobody was sent to sign in"
    assert got == route.expected


def test_the_table_tells_apart_own_and_other_and_lets_nobody_in_everywhere() -> None:
    assert any(route.expected[role] != route.expected[f"{role}/other"] for route in ROUTES for role in ROLES)
    for role in ROLES:
        assert (
            404 in {r.expected[role] for r in ROUTES if not r.path.startswith(("/carriers/", "/media/"))}
            or role == "admin"
        )
    assert len(FORMS) >= 7


@pytest.mark.parametrize("route", FORMS, ids=str)
def test_a_forged_form_is_refused_and_changes_nothing(crossing: Crossing, route: Route) -> None:
    who = who_may(route)
    visitor, path = crossing.visitor(who), crossing.path(route, who)
    whole = {"csrf": form_token(visitor), "key": new_key()} | route.fields
    another = form_token(crossing.visitor("reviewer/other"))
    before = count_rows(crossing)
    for token in (None, "", "0" * 64, another, "ü"):
        fields = {name: value for name, value in (whole | {"csrf": token}).items() if value is not None}
        assert visitor.sends(Form(path, "post", fields)).status == 403, f"{route} took the token {token!r}"
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert visitor.sends(Form(path, "post", whole), headers).status == 403, f"{route} came from {headers}"
    assert count_rows(crossing) == before
    assert visitor.sends(Form(path, "post", whole)).status == route.expected[who], "the right token was no good either"


@pytest.mark.parametrize("route", FORMS, ids=str)
def test_a_form_sent_again_adds_nothing(crossing: Crossing, route: Route) -> None:
    who = who_may(route)
    visitor, path = crossing.visitor(who), crossing.path(route, who)
    form = Form(path, "post", {"csrf": form_token(visitor), "key": new_key()} | route.fields)
    assert visitor.sends(form).status == route.expected[who]
    once = count_rows(crossing)
    again = visitor.sends(form)
    assert again.status < 500
    assert count_rows(crossing) == once, f"{route}: the second time something was added"


@pytest.mark.parametrize("route", FORMS_OF_SESSIONS, ids=str)
def test_a_form_kept_beyond_its_session_is_worth_nothing(crossing: Crossing, route: Route) -> None:
    who = who_may(route)
    visitor, path = crossing.visitor(who), crossing.path(route, who)
    form = Form(path, "post", {"csrf": form_token(visitor), "key": new_key()} | route.fields)
    thief = copy_of(crossing, visitor)
    visitor.sends(Form("/sign-out", "post", {"csrf": form.fields["csrf"]}))
    before = count_rows(crossing)
    assert thief.sends(form).status in (303, 401)
    assert count_rows(crossing) == before


def copy_of(crossing: Crossing, visitor: Visitor) -> Visitor:
    copy = crossing.office.visitor()
    cookie = visitor.client.get_cookie("tawar")
    assert cookie
    copy.client.set_cookie("tawar", cookie.value)
    return copy


def count_rows(crossing: Crossing) -> dict[str, int]:
    with crossing.hands.db.read() as tx:
        return {
            name: int(tx.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in metadata.tables.items()
            if name not in GROW_BY_TRYING
        }
