"""The database: what the code thinks of its tables, our own server, migration, backup and restore by the command."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from housestaff.bootstrap.installation import opened
from housestaff.features.schedules.commands import PublishSchedule
from housestaff.plumbing.database import METADATA
from housestaff.plumbing.embedded import OwnServer
from housestaff.plumbing.migrate import migrate, newest
from tests.cluster import Cluster
from tests.installed import HOUSESTAFF, Installed, installed

ELSEWHERE = {"alembic_version"}
"""Tables that libraries keep, beside those of the queue."""


def test_the_tables_of_the_code_are_those_of_the_database(house: Installed) -> None:
    with house.installation.database.transaction() as connection:
        inspected = sa.inspect(connection)
        names = {name for name in inspected.get_table_names() if not name.startswith("procrastinate_")} - ELSEWHERE
        assert set(METADATA.tables) == names
        for name, table in METADATA.tables.items():
            found = {column["name"]: column for column in inspected.get_columns(name)}
            assert set(found) == {column.name for column in table.columns}, name
            for column in table.columns:
                python_type = found[column.name]["type"].python_type
                assert python_type == column.type.python_type, f"{name}.{column.name}"
                if column.name != "program_id":
                    assert found[column.name]["nullable"] == column.nullable, f"{name}.{column.name}"


def test_migrating_again_changes_nothing(house: Installed) -> None:
    assert migrate(house.addresses.owner, house.addresses.application) == (newest(), newest())


def test_our_own_server_starts_stops_and_asks_for_passwords(tmp_path: Path) -> None:
    server = OwnServer(tmp_path / "own")
    first = server.start()
    with psycopg.connect(first.application) as connection:
        asked = "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(asked).fetchone() == ("housestaff_app", False, False)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(first.application.replace("housestaff_app:", "housestaff_app:wrong"))
    server.stop()
    assert server.start() == first
    with psycopg.connect(first.owner):
        assert server.stop_if_unused() is False
    assert server.stop_if_unused() is True


def command(house: Installed, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as IT does."""
    line = [HOUSESTAFF, *map(str, words)]
    return subprocess.run(line, env=house.variables(), capture_output=True, text=True, check=False, timeout=120)


def test_a_backup_restored_elsewhere_is_the_same_installation(
    house: Installed, cluster: Cluster, tmp_path: Path
) -> None:
    schedule = house.draft()
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    house.work_off()
    (tmp_path / "artifacts").mkdir(exist_ok=True)
    (tmp_path / "artifacts" / "file").write_text("stored")
    archive = tmp_path / "all.tar.gz"
    done = command(house, "backup", archive, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["bytes"] == archive.stat().st_size
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    counted = {
        table: house.value(f"SELECT count(*) FROM {table}") for table in ("cell", "event", "audit_entry", "notice")
    }
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with cluster.database() as pair, installed(pair, elsewhere) as other:
        refused = command(other, "restore", archive)
        assert refused.returncode == 2
        assert "in use" in refused.stderr
        (elsewhere / "artifacts").mkdir(exist_ok=True)
        (elsewhere / "artifacts" / "old").write_text("of another installation")
        other.installation.database.pool.close()
        done = command(other, "restore", archive, "--replace", "--json")
        assert done.returncode == 0, done.stderr
        with opened(other.installation.settings, other.addresses) as again:
            with again.database.transaction(program=house.programs["small"]) as connection:
                found = {
                    table: connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
                    for table in counted
                }
            assert found == counted
        of_program = str(house.programs["small"])
        assert {each.name for each in (elsewhere / "artifacts").iterdir()} == {"file", of_program}
        assert (elsewhere / "artifacts" / "file").read_text() == "stored"
        assert {each.name for each in elsewhere.iterdir() if "artifacts" in each.name} == {"artifacts"}
        verified = command(other, "audit", "verify", "--json")
        assert verified.returncode == 0, verified.stdout
        assert json.loads(verified.stdout)["programs"][0]["broken_at"] is None


def test_the_command_names_the_first_broken_entry(house: Installed, superuser: psycopg.Connection) -> None:
    superuser.execute("ALTER TABLE audit_entry DISABLE TRIGGER never_changed")
    superuser.execute("UPDATE audit_entry SET door = 'web' WHERE chain_no = 3")
    done = command(house, "audit", "verify")
    assert done.returncode == 1
    assert "BROKEN at 3" in done.stdout


def test_a_database_that_cannot_be_reached_has_its_own_exit_code(tmp_path: Path) -> None:
    variables = {"HOUSESTAFF_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [HOUSESTAFF, "migrate"], env=variables, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 3
    assert "cannot be reached" in done.stderr


def test_a_setting_that_cannot_be_is_told_by_its_name(tmp_path: Path) -> None:
    variables = {"HOUSESTAFF_PORT": "many", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [HOUSESTAFF, "migrate"], env=variables, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "HOUSESTAFF_PORT" in done.stderr
