"""C50: an admin reads over all programs of an institution with a written reason, for a while, and leaves a trace."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, ProgrammingError

from housestaff.bootstrap.installation import verified_chains
from tests.installed import Installed
from tests.web import Web

WHY = "the yearly review of all programs"


@pytest.fixture
def two(house: Installed) -> Installed:
    house.add_program("other")
    return house


def codes(answer: Any) -> list[str]:
    return [item["code"] for item in answer.json()["items"]]


@pytest.mark.capability("C50")
def test_an_admin_reads_over_programs_with_a_reason_for_a_quarter_of_an_hour(two: Installed) -> None:
    admin = Web(two).as_("admin")
    refused = admin.get("/institution/programs")
    assert (refused.status_code, refused.json()["place"]) == (400, "reason")
    for reason in ({}, {"reason": "   "}, {"reason": "because"}):
        assert admin.post("/institution/readings", json=reason).status_code == 400
    assert admin.post("/institution/readings", json={"reason": WHY}).status_code == 201
    assert codes(admin.get("/institution/programs")) == ["other", "small"]
    entries = admin.get("/institution/audit?limit=200").json()["items"]
    assert {entry["program_id"] for entry in entries} == {str(two.programs["small"]), str(two.programs["other"])}
    two.advance(14 * 60)
    assert admin.get("/institution/programs").status_code == 200
    two.advance(61)
    assert admin.get("/institution/programs").status_code == 400


@pytest.mark.capability("C50")
def test_every_program_keeps_a_trace_of_it_with_the_reason(two: Installed) -> None:
    admin = Web(two).as_("admin")
    admin.post("/institution/readings", json={"reason": WHY})
    admin.get("/institution/programs")
    for program in ("small", "other"):
        rows = two.rows(
            "SELECT action, changes FROM audit_entry WHERE subject_kind = 'institution_reading' ORDER BY chain_no",
            program=program,
        )
        assert [row["action"] for row in rows] == ["ReadAcrossPrograms", "across:schedule:read"]
        assert [row["changes"] for row in rows] == [{"reason": [None, WHY]}] * 2
    assert {chain["broken_at"] for chain in verified_chains(two.installation)} == {None}


@pytest.mark.capability("C50")
def test_nothing_is_read_that_cannot_be_written_down(two: Installed, superuser: psycopg.Connection[Any]) -> None:
    admin = Web(two).as_("admin")
    admin.post("/institution/readings", json={"reason": WHY})
    superuser.execute("REVOKE INSERT ON audit_entry FROM housestaff_app")
    with pytest.raises(ProgrammingError):
        admin.get("/institution/programs")


@pytest.mark.capability("C50")
def test_the_role_for_it_reads_few_tables_and_writes_none(two: Installed, superuser: psycopg.Connection[Any]) -> None:
    database = two.installation.database
    with database.across(two.admin) as connection:
        assert connection.execute(sa.text("SELECT current_user")).scalar_one() == "housestaff_institution"
        assert connection.execute(sa.text("SELECT count(*) FROM program")).scalar_one() == 2
    for statement in (
        "UPDATE program SET name = 'x'", "INSERT INTO cache_tag VALUES (gen_random_uuid(), 'x', 1)",
        "SELECT * FROM notice", "SELECT * FROM app_user",
    ):  # fmt: skip
        with (
            pytest.raises(DBAPIError, match=r"permission denied|read-only"),
            database.across(two.admin) as connection,
        ):
            connection.execute(sa.text(statement))
    grants = superuser.execute(
        "SELECT DISTINCT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = 'housestaff_institution' ORDER BY 1"
    ).fetchall()
    assert grants == [("audit_entry", "SELECT"), ("program", "SELECT")]


@pytest.mark.capability("C50")
def test_nobody_but_an_admin_of_the_institution_sees_anything_through_it(two: Installed) -> None:
    for user in (two.users["coordinator@small.example"], two.programs["small"]):
        with two.installation.database.across(user) as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM audit_entry")).scalar_one() == 0
    director = Web(two).as_("director")
    assert director.post("/institution/readings", json={"reason": WHY}).status_code == 403
    assert director.get("/institution/audit").status_code == 403
    denied = two.rows("SELECT action FROM audit_entry WHERE action LIKE 'denied:%' ORDER BY chain_no")
    assert [row["action"] for row in denied] == ["denied:ReadAcrossPrograms", "denied:across:audit:read"]
    assert two.value("SELECT count(*) FROM audit_entry WHERE action LIKE 'denied:%'", program="other") == 0


@pytest.mark.capability("C50")
def test_across_programs_there_is_nothing_but_reading(two: Installed) -> None:
    web = Web(two)
    routes = {(method, path) for method, path, operation in web.routes() if operation.get("x-scope")}
    assert {method for method, path in routes if path != "/institution/readings"} == {"GET"}
