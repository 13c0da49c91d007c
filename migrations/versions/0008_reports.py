"""Report runs: one production of one kind of report for one period, however often it is asked for."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table of runs."""
    app = op.get_context().config.attributes["application_role"]
    op.get_bind().connection.driver_connection.execute(f"""
        CREATE TABLE report_run (
            program_id uuid NOT NULL REFERENCES program,
            run_id uuid PRIMARY KEY,
            kind text NOT NULL,
            first_day date NOT NULL,
            last_day date NOT NULL,
            parameters jsonb NOT NULL,
            parameters_hash text NOT NULL,
            as_of timestamptz NOT NULL,
            as_of_day date NOT NULL,
            state text NOT NULL CHECK (state IN ('queued', 'running', 'stored', 'sent', 'failed', 'canceled')),
            clean boolean NOT NULL,
            locale text NOT NULL,
            requested_by uuid,
            attempts integer NOT NULL,
            failure_code text NOT NULL,
            artifacts jsonb NOT NULL,
            correlation_id uuid NOT NULL,
            asked_at timestamptz NOT NULL,
            ended_at timestamptz,
            UNIQUE (program_id, kind, first_day, last_day, parameters_hash, as_of_day)
        );
        ALTER TABLE report_run ENABLE ROW LEVEL SECURITY;
        ALTER TABLE report_run FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_program ON report_run TO {app}
            USING (program_id = current_program()) WITH CHECK (program_id = current_program());
        CREATE POLICY keeper ON report_run TO CURRENT_USER USING (true) WITH CHECK (true);
        GRANT SELECT, INSERT, UPDATE ON report_run TO {app};
    """)
