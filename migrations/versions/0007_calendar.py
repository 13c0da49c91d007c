"""Calendars for phones: what each feed shows, and the links by which phones read it."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables, and the one question that may be asked before any program is chosen."""
    app = op.get_context().config.attributes["application_role"]
    op.get_bind().connection.driver_connection.execute("""
        CREATE TABLE calendar_entry (
            program_id uuid NOT NULL REFERENCES program,
            uid text NOT NULL,
            person_id text NOT NULL,
            duty_id text NOT NULL,
            schedule_id uuid REFERENCES schedule,
            kind text NOT NULL,
            rotation_id text NOT NULL,
            activity text NOT NULL,
            line text NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            all_day boolean NOT NULL,
            sequence integer NOT NULL,
            status text NOT NULL CHECK (status IN ('CONFIRMED', 'CANCELLED')),
            since timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            canceled_at timestamptz,
            PRIMARY KEY (program_id, uid)
        );
        CREATE INDEX calendar_entry_of_person ON calendar_entry (program_id, person_id, starts_at);
        CREATE INDEX calendar_entry_of_schedule ON calendar_entry (program_id, schedule_id);
        CREATE TABLE calendar_feed (
            program_id uuid NOT NULL REFERENCES program,
            feed_id uuid PRIMARY KEY,
            token_hash text NOT NULL UNIQUE,
            user_id uuid NOT NULL REFERENCES app_user,
            person_id text NOT NULL,
            made_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz
        );
        CREATE INDEX calendar_feed_of_user ON calendar_feed (program_id, user_id);
        CREATE FUNCTION calendar_behind(asked text) RETURNS uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
        AS $$ SELECT program_id FROM calendar_feed WHERE token_hash = asked $$;
    """)
    for table, rights in (
        ("calendar_entry", "SELECT, INSERT, UPDATE, DELETE"),
        ("calendar_feed", "SELECT, INSERT, UPDATE"),
    ):
        op.get_bind().connection.driver_connection.execute(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY own_program ON {table} TO {app}
                USING (program_id = current_program()) WITH CHECK (program_id = current_program());
            CREATE POLICY keeper ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
            GRANT {rights} ON {table} TO {app};
        """)
    op.get_bind().connection.driver_connection.execute(f"GRANT EXECUTE ON FUNCTION calendar_behind(text) TO {app};")
