"""C50: who may do what is answered in one place, as the table of roles says, in code and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest

from housestaff.core.command import Command
from housestaff.plumbing.access import PERMISSIONS, ROLES, Allowed, Principal, allow
from housestaff.plumbing.http import LOGIN, NOBODY
from tests.installed import Installed
from tests.web import PEOPLE, Web, call

TABLE = """
                            admin  coordinator  director  faculty  resident  auditor
schedule:read               i      p            p         p        p         p
schedule:read_draft         p      p            p         -        -         p
schedule:write              p      p            p         -        -         -
schedule:publish            p      p            p         -        -         -
schedule:break_freeze       p      p            p         -        -         -
person:read                 i      p            p         p        p         p
person:read_contact         p      p            p         o        o         -
person:write                p      p            -         -        -         -
membership:write            p      p            -         -        -         -
rotation:write              p      p            p         -        -         -
policy:write                p      p            p         -        -         -
swap:request                -      p            p         o        o         -
swap:answer                 -      p            p         o        o         -
swap:approve                p      p            p         -        -         -
swap:roll_back              p      p            p         o        o         -
swap:read                   p      p            p         o        o         p
leave:request               p      p            p         o        o         -
leave:approve               p      p            p         -        -         -
leave:read                  p      p            p         p        p         p
leave:read_kind             -      p            p         o        o         -
cover:answer                -      -            -         o        o         -
gap:read                    p      p            p         p        p         p
gap:acknowledge             p      p            p         -        -         -
gap:waive                   p      p            p         -        -         -
violation:read              i      p            p         o        o         p
violation:acknowledge       -      p            p         -        -         -
violation:acknowledge_critical - -            p         -        -         -
override:apply_warning      -      p            p         -        -         -
override:apply_critical     -      -            p         -        -         -
override:revoke             -      -            p         -        -         -
hours:log                   -      p            -         o        o         -
hours:read                  -      p            p         o        o         p
report:run                  i      p            p         o        -         -
report:read                 i      p            p         o        -         p
report:read_executive       i      p            p         -        -         p
notice:read                 o      o            o         o        o         o
flag:write                  p      -            -         -        -         -
flag:evaluate               o      o            o         o        o         o
ops:dead_letters            i      -            -         -        -         -
ops:jobs                    i      -            -         -        -         -
ops:pool                    i      -            -         -        -         -
secret:read_status          i      -            -         -        -         i
secret:rotate               i      -            -         -        -         -
secret:emergency            i      -            -         -        -         -
schema:read                 i      p            p         -        -         i
schema:write                i      -            -         -        -         -
audit:read                  i      p            p         o        o         i
own:settings                o      o            o         o        o         o
"""
"""The table of the contract, written down a second time and by hand; `own:settings` is what it calls own."""

CELLS = [line.split() for line in TABLE.split("\n")[2:-1]]
ROWS: dict[str, dict[str, str]] = {permission: dict(zip(ROLES, cells, strict=True)) for permission, *cells in CELLS}
ME, OTHER = uuid4(), uuid4()


def somebody(role: str, *, is_suspended: bool = False) -> Principal:
    return Principal(ME, (role,), person_id="r1", is_suspended=is_suspended)


def every_cell() -> Iterator[tuple[str, str, str, bool]]:
    """Permission, role, whom it is about, and whether the table says yes."""
    for permission, row in ROWS.items():
        for role, cell in row.items():
            yield permission, role, "own", cell in {"o", "p", "i"}
            yield permission, role, "another's", cell in {"p", "i"}
            yield permission, role, "all programs", cell == "i"


def matrix_holds(answer: Callable[..., Allowed | None]) -> None:
    for permission, role, subject, expected in every_cell():
        about: dict[str, dict[str, Any]] = {"own": {"person": "r1"}, "another's": {"person": "r2"}, "all programs": {}}
        found = answer(somebody(role), permission, **about[subject])
        allowed = found is not None and (subject != "all programs" or found.scope == "institution")
        assert allowed == expected, (permission, role, subject)


@pytest.mark.capability("C50")
def test_every_role_permission_and_scope_answers_as_the_table() -> None:
    assert set(ROWS) == set(PERMISSIONS)
    matrix_holds(allow)


def yes(*_asked: object, **_about: object) -> Allowed:
    return Allowed("admin", "institution")


@pytest.mark.control("C50")
def test_a_yes_to_everything_is_not_the_table() -> None:
    with pytest.raises(AssertionError):
        matrix_holds(yes)


@pytest.mark.capability("C50")
def test_a_user_is_told_apart_from_another_by_id() -> None:
    assert allow(somebody("resident"), "notice:read", user=ME) is not None
    assert allow(somebody("resident"), "notice:read", user=OTHER) is None


@pytest.mark.capability("C50")
def test_in_a_suspended_program_three_things_are_read_and_nothing_else() -> None:
    for permission, row in ROWS.items():
        for role, cell in row.items():
            expected = cell != "-" and permission in {"schedule:read", "audit:read", "notice:read"}
            assert (allow(somebody(role, is_suspended=True), permission) is not None) == expected


@pytest.mark.capability("C50")
def test_an_unknown_permission_is_an_error() -> None:
    with pytest.raises(LookupError):
        allow(somebody("admin"), "schedule:eat")


def _place(answer: Any) -> str:
    return answer.json().get("place", "") if answer.status_code == 400 else ""


def matrix_holds_over_http(house: Installed) -> None:
    """Every route and role: refused with 403 exactly where the table has no cell, whatever else is wrong."""
    web = Web(house)
    for role, name in PEOPLE.items():
        client = web.as_(name)
        for method, path, operation in web.routes():
            takes = operation["x-permission"]
            if takes in {NOBODY, LOGIN}:
                continue
            cell = ROWS[takes][role]
            is_across = operation.get("x-scope") == "institution"
            expected = cell == "i" and role == "admin" if is_across else cell != "-"
            answer = call(client, method, path, me=name)
            assert answer.status_code < 500, (method, path, answer.text)
            # Refused for its shape, a request would show nothing about roles.
            assert not re.match(r"(body|query|path)\b", _place(answer)), (method, path, answer.text)
            # One's own page takes a person too, whatever the role.
            is_refused = answer.status_code == 403 and answer.json()["code"] != "no_person"
            assert is_refused != expected, (role, method, path, answer.text)


@pytest.mark.capability("C50")
def test_every_route_refuses_whom_the_table_refuses_and_nobody_else(house: Installed) -> None:
    matrix_holds_over_http(house)


@pytest.mark.control("C50")
def test_with_a_yes_to_everything_the_routes_do_not_follow_the_table(
    house: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("housestaff.plumbing.bus.allow", yes)
    with pytest.raises(AssertionError):
        matrix_holds_over_http(house)


@pytest.mark.capability("C50")
def test_every_route_but_the_open_ones_asks_who_is_there(house: Installed) -> None:
    web = Web(house)
    client = web.nobody()
    asked = [(method, path) for method, path, operation in web.routes() if operation["x-permission"] != NOBODY]
    assert len(asked) > 40
    assert {call(client, method, path).status_code for method, path in asked} == {401}


@pytest.mark.capability("C50")
def test_in_a_suspended_program_every_other_route_is_refused(house: Installed) -> None:
    from housestaff.features.accounts.commands import SuspendProgram

    web = Web(house)
    clients = [web.as_(name) for name in PEOPLE.values()]
    house.do(SuspendProgram(), "admin")
    reads = {"schedule:read", "audit:read", "notice:read"}
    for method, path, operation in web.routes():
        takes = operation["x-permission"]
        if takes in {NOBODY, LOGIN} or path.startswith("/institution"):
            continue
        answers = {call(client, method, path).status_code for client in clients}
        if takes in reads and method == "GET":
            assert answers != {403}, (method, path)
        elif takes not in reads:
            assert answers == {403}, (method, path)


class EatPie(Command):
    needs: ClassVar[str] = "pie:eat"


def pie() -> str:
    return "apple"


@pytest.mark.capability("C50")
def test_a_route_or_command_with_an_unknown_permission_stops_the_start(house: Installed) -> None:
    from housestaff.doors.document import add_document
    from housestaff.plumbing.bus import House, Parts, handles
    from housestaff.plumbing.http import needs

    app = Web(house).app
    app.get("/api/v1/pie", openapi_extra=needs("pie:eat"))(pie)
    with pytest.raises(LookupError, match="pie:eat"):
        add_document(app)

    @handles(EatPie)
    def eat_pie(ask: EatPie) -> None:
        del ask

    known = house.installation.house
    parts = Parts((eat_pie,), (), {}, known.parts.find_principal)
    with pytest.raises(LookupError, match="pie:eat"):
        House(known.database, known.jobs, known.clock, parts)


@pytest.mark.capability("C50")
def test_a_route_that_declares_nothing_stops_the_start(house: Installed) -> None:
    from housestaff.doors.document import add_document

    app = Web(house).app
    app.get("/api/v1/pie")(pie)
    with pytest.raises(LookupError, match="/pie"):
        add_document(app)


def reading(client: Any) -> int:
    return client.get("/schedules").status_code


@pytest.mark.capability("C50")
def test_a_role_that_is_taken_away_is_gone_with_the_next_request(house: Installed) -> None:
    from housestaff.features.accounts.commands import GrantRole, RevokeRole

    web = Web(house)
    client = web.as_("second.coordinator")
    user: UUID = house.users["second.coordinator@small.example"]
    grant = GrantRole(email="second.coordinator@small.example", display_name="Second", role="faculty")
    house.do(grant, "admin")
    draft = {"first_day": "2025-07-31", "last_day": "2025-08-27"}
    assert client.post("/schedules", json=draft).status_code == 201
    house.do(RevokeRole(user_id=user, role="coordinator"), "admin")
    assert client.post("/schedules", json=draft).status_code == 403
    assert reading(client) == 200
    house.do(RevokeRole(user_id=user, role="faculty"), "admin")
    assert reading(client) == 404


@pytest.mark.capability("C50")
def test_an_inactive_user_is_not_signed_in(house: Installed) -> None:
    web = Web(house)
    client = web.as_("coordinator")
    assert reading(client) == 200
    house.rows("UPDATE app_user SET active = false WHERE email = 'coordinator@small.example' RETURNING 1")
    assert reading(client) == 401
