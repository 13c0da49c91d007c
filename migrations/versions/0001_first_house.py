"""The first house: tenants, accounts, programs, schedules, and what carries events, jobs, timers and audit."""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None

PROGRAM_TABLES = (
    "program", "membership", "invitation", "program_head", "person", "faculty_role", "rotation", "activity",
    "requirement", "demand", "call_line", "program_detail", "policy_value", "leave", "event", "aggregate_version",
    "dispatch", "dead_letter", "timer", "audit_entry", "audit_head", "cache_tag", "feed_topic", "feed_frame",
    "event_count", "notice", "delivery", "schedule", "schedule_revision", "cell", "duty_note", "solve_run",
    "import_run", "artifact", "idempotent_answer", "job_run",
)  # fmt: skip
"""Every table whose rows belong to a program."""

APPEND_ONLY = ("event", "audit_entry", "schedule_revision", "cell", "artifact")
"""Tables whose rows are never changed or removed by the application."""

HOUSE_TABLES = (
    "institution", "institution_admin", "app_user", "session", "api_token", "password_reset", "attempt", "single_use",
    "institution_reading", "event_schema", "consumer_switch", "flag", "house_secret", "pool_lease", "job_death",
)  # fmt: skip


INSTITUTION_ROLE = "housestaff_institution"
ACROSS = ("program", "audit_entry")
"""What an admin may read over all programs of an institution, through a role that can read these and nothing else."""


def upgrade() -> None:
    """Make everything; there is no way back but the backup."""
    app = op.get_context().config.attributes["application_role"]
    _run((Path(__file__).parent / "0001_first_house.sql").read_text())
    for table in PROGRAM_TABLES:
        own = {"membership": "OR user_id = current_login()", "program": "OR member_of(program_id)"}.get(table, "")
        _run(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY own_program ON {table} TO {app}
                USING (program_id = current_program() {own}) WITH CHECK (program_id = current_program());
            CREATE POLICY keeper ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
        """)
    _run(SchemaManager.get_schema())
    _grant(app)
    _grant_across()


def _grant(app: str) -> None:
    _run(f"""
        GRANT USAGE ON SCHEMA public TO {app};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app};
        REVOKE ALL ON alembic_version FROM {app};
        GRANT SELECT ON alembic_version TO {app};
    """)
    for table in APPEND_ONLY:
        _run(f"""
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app};
            CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)


def _grant_across() -> None:
    _run(f"GRANT USAGE ON SCHEMA public TO {INSTITUTION_ROLE};")
    for table in ACROSS:
        _run(f"""
            GRANT SELECT ON {table} TO {INSTITUTION_ROLE};
            CREATE POLICY across ON {table} FOR SELECT TO {INSTITUTION_ROLE}
                USING (program_id IN (SELECT administered_programs()));
        """)


def _run(statements: str) -> None:
    """Several statements at once, as the driver sends them when there are no parameters."""
    op.get_bind().connection.driver_connection.execute(statements)
