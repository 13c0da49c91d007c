"""What people did to a record of leave; what cannot both hold."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns of leave and the table of conflicts."""
    app = op.get_context().config.attributes["application_role"]
    op.get_bind().connection.driver_connection.execute(f"""
        ALTER TABLE leave ADD COLUMN reason text NOT NULL DEFAULT '';
        ALTER TABLE leave ADD COLUMN requested_by uuid;
        ALTER TABLE leave ADD COLUMN requested_at timestamptz;
        ALTER TABLE leave ADD COLUMN decided_by uuid;
        ALTER TABLE leave ADD COLUMN decided_at timestamptz;
        ALTER TABLE leave ADD COLUMN review_by date;
        CREATE INDEX leave_of_person ON leave (program_id, person_id);
        CREATE TABLE conflict (
            program_id uuid NOT NULL REFERENCES program,
            conflict_id uuid PRIMARY KEY,
            source text NOT NULL,
            key text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('double_booking', 'on_leave', 'leave_worked', 'leave_overlap',
                'missing_skill', 'level_too_low', 'frozen', 'open_swap')),
            severity text NOT NULL CHECK (severity IN ('high', 'medium', 'low')),
            person_id text NOT NULL,
            schedule_id uuid REFERENCES schedule,
            leave_id text,
            duty_ids jsonb NOT NULL,
            first_day date NOT NULL,
            last_day date NOT NULL,
            what text NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'closed')),
            opened_at timestamptz NOT NULL,
            closed_at timestamptz
        );
        CREATE UNIQUE INDEX conflict_once ON conflict (program_id, source, key) WHERE state = 'open';
        CREATE INDEX conflict_of_person ON conflict (program_id, person_id, state);
        ALTER TABLE conflict ENABLE ROW LEVEL SECURITY;
        ALTER TABLE conflict FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_program ON conflict TO {app}
            USING (program_id = current_program()) WITH CHECK (program_id = current_program());
        CREATE POLICY keeper ON conflict TO CURRENT_USER USING (true) WITH CHECK (true);
        GRANT SELECT, INSERT, UPDATE ON conflict TO {app};
    """)
