"""C50: what is done in one program reads and writes that program, whoever asks and whatever they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError

from housestaff.bootstrap.installation import Addresses, opened
from housestaff.core.errors import BadInput
from housestaff.core.leave import LeaveKind
from housestaff.features.accounts.commands import GrantRole
from housestaff.features.leave.commands import RequestLeave
from housestaff.features.schedules import queries
from housestaff.features.schedules.commands import AnnotateDuty, PublishSchedule
from housestaff.plumbing.access import INSTITUTION, PERMISSIONS, PROGRAM
from tests.cluster import Cluster
from tests.installed import Installed, full_roster, installed, settings_of, small_program
from tests.web import Web, call


@pytest.fixture
def two(house: Installed) -> Installed:
    """An installation with a second program, which has everything that a program can have; the first has nothing."""
    house.add_program("other")
    draft = house.draft(full_roster(small_program()), program="other")
    house.do(PublishSchedule(schedule_id=draft, revision=1), program="other")
    day = date(2025, 8, 5)
    leave = RequestLeave(person_id="r1", kind=LeaveKind.VACATION, first_day=day, last_day=day)
    house.do(leave, program="other")
    house.do(AnnotateDuty(schedule_id=draft, duty_id="faculty_call.2025-08-05", text="a note"), program="other")
    house.work_off()
    return house


def tables_of_programs(connection: psycopg.Connection[Any]) -> list[str]:
    """Every table with a column program_id, as the catalog knows them."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace "
        "AND a.attname = 'program_id' AND NOT a.attisdropped ORDER BY 1"
    )
    return [row[0] for row in rows]


@pytest.mark.capability("C50")
def test_every_table_of_programs_has_a_forced_policy(superuser: psycopg.Connection[Any]) -> None:
    tables = tables_of_programs(superuser)
    assert len(tables) > 30
    for table in tables:
        row = superuser.execute(
            "SELECT relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) FROM pg_class "
            "WHERE oid = %s::regclass",
            [table],
        ).fetchone()
        assert row == (True, True, "housestaff_owner"), table
        policies = superuser.execute(
            "SELECT polname, polcmd, polroles::regrole[]::text, pg_get_expr(polqual, polrelid), "
            "pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = %s::regclass",
            [table],
        ).fetchall()
        found = {name: (command, roles, using, check) for name, command, roles, using, check in policies}
        command, roles, using, check = found.pop("own_program")
        assert (command, roles) == ("*", "{housestaff_app}"), table
        assert using.startswith("(program_id = current_program())") or table in {"membership", "program"}, table
        assert check == "(program_id = current_program())", table
        assert found.pop("keeper")[1] == "{housestaff_owner}"
        assert {(c, r) for c, r, _u, _c in found.values()} <= {("r", "{housestaff_institution}")}, table
    for role in ("housestaff_app", "housestaff_institution"):
        flags = superuser.execute(
            "SELECT rolsuper, rolbypassrls, rolinherit AND rolname = 'housestaff_app' FROM pg_roles WHERE rolname = %s",
            [role],
        ).fetchone()
        assert flags == (False, False, False)


@pytest.mark.capability("C50")
def test_without_a_program_no_table_shows_a_row_and_in_another_none_of_these(
    two: Installed, superuser: psycopg.Connection[Any]
) -> None:
    filled = 0
    for table in tables_of_programs(superuser):
        counted = superuser.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
        filled += bool(counted and counted[0])
        with psycopg.connect(two.addresses.application) as raw:
            assert raw.execute(f"SELECT * FROM {table}").fetchall() == [], table  # type: ignore[arg-type]
        here = two.programs["small"]
        assert {row["program_id"] for row in two.rows(f"SELECT program_id FROM {table}")} <= {here}, table
    assert filled > 20


@pytest.mark.capability("C50")
def test_nothing_can_be_written_into_another_program(two: Installed) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        two.rows(
            "INSERT INTO cache_tag (program_id, tag, generation) VALUES (:other, 'x', 1) RETURNING 1",
            other=two.programs["other"],
        )


@pytest.mark.capability("C50")
def test_one_connection_used_by_one_program_and_then_the_other_shows_only_the_other(two: Installed) -> None:
    settings = settings_of(two.addresses, two.folder, pool_least=1, pool_most=1)  # type: ignore[arg-type]
    with opened(settings, Addresses(two.addresses.application, two.addresses.owner, None)) as narrow:

        def seen(by: str, program: str) -> int:
            return len(narrow.house.read(queries.listed, two.by(by, program=program), needs="schedule:read"))

        assert [seen("coordinator", "other"), seen("coordinator", "small"), seen("coordinator", "other")] == [1, 0, 1]
        with narrow.database.pool.connection() as raw:
            assert raw.execute("SELECT current_setting('housestaff.program', true)").fetchone() == ("",)
            assert raw.execute("SELECT count(*) FROM schedule").fetchone() == (0,)


def only_here(house: Installed) -> dict[str, Any]:
    """Somebody of each role in the first program and in no other."""
    house.users["root@small.example"] = house.do(
        GrantRole(email="root@small.example", display_name="Root", role="admin"), "admin"
    )
    web = Web(house)
    return {name: web.as_(name) for name in ("root", "coordinator", "director", "f1", "r1", "auditor")}


@pytest.mark.capability("C50")
@pytest.mark.parametrize("named", ["id", "code"])
def test_the_header_of_another_program_is_answered_like_one_that_is_not_there_and_written_down(
    two: Installed, named: str
) -> None:
    other = two.programs["other"]
    client = only_here(two)["coordinator"]
    headers = {"Housestaff-Program": str(other) if named == "id" else "other"}
    answer = client.get("/schedules", headers=headers)
    missing = client.get("/schedules", headers={"Housestaff-Program": str(uuid4())})
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert {**answer.json(), "correlation_id": ""} == {**missing.json(), "correlation_id": ""}
    draft = {"first_day": "2025-07-31", "last_day": "2025-08-27"}
    assert client.post("/schedules", headers=headers, json=draft).status_code == 404
    entries = two.rows(
        "SELECT actor_user_id, actor_role, action FROM audit_entry WHERE action LIKE 'denied:%' ORDER BY chain_no",
        program="other",
    )
    intruder = {"actor_user_id": two.users["coordinator@small.example"], "actor_role": ""}
    assert entries == [{**intruder, "action": "denied:listed"}, {**intruder, "action": "denied:CreateSchedule"}]


def ids_of_the_other(house: Installed) -> dict[str, str]:
    """An id of the other program for each name that a path asks for."""

    def one(statement: str) -> str:
        return str(house.value(statement, program="other"))

    house.rows(
        "INSERT INTO dead_letter (program_id, dead_letter_id, kind, name, event_type, arguments, payload, state, code, "
        "message, trace, attempts, correlation_id, first_at, last_at) "
        "VALUES (:p, :id, 'dispatch', 'notices.schedule_created', '', '{}', '', 'open', 'x', '', '', 1, :id, now(), "
        "now()) RETURNING 1",
        program="other",
        p=house.programs["other"],
        id=uuid4(),
    )
    house.rows(
        "INSERT INTO solve_run (program_id, run_id, first_day, last_day, state, seconds, seed, progress, answer, "
        "asked_role, asked_at) VALUES (:p, :id, now(), now(), 'queued', 1, 1, '{}', '{}', '', now()) RETURNING 1",
        program="other",
        p=house.programs["other"],
        id=uuid4(),
    )
    house.rows(
        "INSERT INTO import_run (program_id, import_id, name, kind, content, review, state, at) "
        "VALUES (:p, :id, 'x', 'program', '', '{}', 'read', now()) RETURNING 1",
        program="other",
        p=house.programs["other"],
        id=uuid4(),
    )
    house.rows(
        "INSERT INTO artifact (program_id, artifact_id, key, kind, name, media_type, size, sha256, needs, created_at) "
        "VALUES (:p, :id, 'x', 'x', 'x', 'text/plain', 1, '', 'notice:read', now()) RETURNING 1",
        program="other",
        p=house.programs["other"],
        id=uuid4(),
    )
    return {
        "artifact_id": one("SELECT artifact_id FROM artifact"),
        "import_id": one("SELECT import_id FROM import_run"),
        "schedule_id": one("SELECT schedule_id FROM schedule"),
        "duty_id": one("SELECT duty_id FROM cell LIMIT 1"),
        "leave_id": one("SELECT leave_id FROM leave"),
        "violation_id": one("SELECT violation_id FROM violation LIMIT 1"),
        "notice_id": one("SELECT notice_id FROM notice LIMIT 1"),
        "dead_letter_id": one("SELECT dead_letter_id FROM dead_letter"),
        "run_id": one("SELECT run_id FROM solve_run"),
        "user_id": str(house.users["coordinator@other.example"]),
        "role": "coordinator",
    }


LOCAL = {"person_id", "section", "code", "name", "token", "token_id", "session_id", "event_type", "version"}
"""Names in paths that are words of one's own program, or of one's own login: there is no other program's in them."""


ROLES = {
    "root": "admin", "coordinator": "coordinator", "director": "program_director", "f1": "faculty", "r1": "resident",
    "auditor": "auditor",
}  # fmt: skip


def routes_with_ids(web: Web) -> Iterator[tuple[str, str, list[str]]]:
    """Each route that takes an id, and who of ours has its permission in the whole program."""
    for method, path, operation in web.routes():
        names = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        if names - LOCAL:
            row = PERMISSIONS.get(operation["x-permission"], {})
            holders = [name for name, role in ROLES.items() if row.get(role) in {PROGRAM, INSTITUTION}]
            yield method, path, holders or ["root"]


@pytest.mark.capability("C50")
def test_every_route_answers_an_id_of_another_program_with_404(two: Installed) -> None:
    ids, clients, web = ids_of_the_other(two), only_here(two), Web(two)
    swept = list(routes_with_ids(web))
    assert len(swept) >= 20
    before = two.value("SELECT count(*) FROM event", program="other")
    for method, path, holders in swept:
        answers = {name: call(client, method, path, ids) for name, client in clients.items()}
        found = {name: answer.status_code for name, answer in answers.items()}
        # 403 tells of the asker's roles, the same for any id; whoever has the permission gets 404.
        assert set(found.values()) <= {403, 404}, (method, path, found)
        assert {found[name] for name in holders} == {404}, (method, path, answers[holders[0]].text)
        same = {name: call(client, method, path).status_code for name, client in clients.items()}
        assert same == found, (method, path)
    assert two.value("SELECT count(*) FROM event", program="other") == before


@pytest.mark.capability("C50")
def test_an_id_of_another_program_in_a_body_is_not_found_either(two: Installed) -> None:
    ids, client = ids_of_the_other(two), only_here(two)["coordinator"]
    copy = {"first_day": "2025-07-31", "last_day": "2025-08-27", "method": "copied", "copy_of": ids["schedule_id"]}
    assert client.post("/schedules", json=copy).status_code == 404
    note = {"schedule_id": ids["schedule_id"], "text": "a note"}
    assert client.put("/duties/any/note", json=note).status_code == 404


@pytest.mark.capability("C50")
def test_a_job_made_in_a_program_runs_in_it(two: Installed) -> None:
    counted = "SELECT (SELECT count(*) FROM notice) AS notices, (SELECT count(*) FROM dispatch) AS dispatches"
    before = two.rows(counted, program="other")
    two.draft()
    event = two.value("SELECT event_id FROM event WHERE type = 'schedule.created'")
    for program in ("other", "small"):
        two.installation.later.react(str(two.programs[program]), str(event), "notices.schedule_created")
        made = two.value("SELECT count(*) FROM notice WHERE type = 'schedule_created'")
        assert made == (3 if program == "small" else 0)
    two.work_off()
    assert two.rows(counted, program="other") == before


@pytest.mark.capability("C50")
def test_where_roles_cannot_be_read_the_answer_is_neither_yes_nor_no(
    house: Installed, superuser: psycopg.Connection[Any]
) -> None:
    client = Web(house).as_("coordinator")
    assert client.get("/schedules").status_code == 200
    superuser.execute("ALTER TABLE membership RENAME TO mislaid")
    for answer in (client.get("/schedules"), client.post("/schedules", json={})):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.json()["code"] == "busy"
    superuser.execute("ALTER TABLE mislaid RENAME TO membership")
    assert client.get("/schedules").status_code == 200


@pytest.mark.capability("C50")
@pytest.mark.parametrize(
    ("grant", "why"),
    [
        ("ALTER ROLE {role} SUPERUSER", "superuser"),
        ("ALTER ROLE {role} BYPASSRLS", "bypasses"),
        ("GRANT housestaff_owner TO {role}", "owns"),
        ("ALTER ROLE {role} INHERIT; GRANT housestaff_institution TO {role} WITH INHERIT TRUE", "without becoming"),
    ],
)
def test_the_house_does_not_open_for_a_role_without_bounds(
    cluster: Cluster, house: Installed, superuser: psycopg.Connection[Any], tmp_path: Path, grant: str, why: str
) -> None:
    del cluster
    role = f"role_{uuid4().hex}"
    superuser.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'word' NOINHERIT")  # type: ignore[arg-type]
    url = house.addresses.application
    start, end = url.index("//") + 2, url.index("@")
    addresses = Addresses(f"{url[:start]}{role}:word{url[end:]}", house.addresses.owner, None)
    settings = settings_of(addresses, tmp_path / "elsewhere")  # type: ignore[arg-type]
    superuser.execute(grant.format(role=role))  # type: ignore[arg-type]
    try:
        with pytest.raises(BadInput, match=why), opened(settings, addresses):
            pass
    finally:
        superuser.execute(f"DROP OWNED BY {role}")  # type: ignore[arg-type]
        superuser.execute(f"DROP ROLE {role}")  # type: ignore[arg-type]


@pytest.mark.capability("C50")
def test_the_usual_role_opens_it(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.database() as pair, installed(pair, tmp_path) as here:
        assert here.value("SELECT count(*) FROM program") == 1
