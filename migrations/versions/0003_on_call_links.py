"""Links to the board of who is on call: read by whoever has one, until it is revoked."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table of links, and the one question that may be asked before any program is chosen."""
    app = op.get_context().config.attributes["application_role"]
    op.get_bind().connection.driver_connection.execute(f"""
        CREATE TABLE on_call_link (
            program_id uuid NOT NULL REFERENCES program,
            link_id uuid PRIMARY KEY,
            token_hash text NOT NULL UNIQUE,
            name text NOT NULL,
            made_by uuid,
            made_at timestamptz NOT NULL,
            revoked_at timestamptz
        );
        CREATE INDEX on_call_link_of_program ON on_call_link (program_id);
        CREATE FUNCTION on_call_behind(asked text) RETURNS uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
        AS $$ SELECT program_id FROM on_call_link WHERE token_hash = asked AND revoked_at IS NULL $$;
        ALTER TABLE on_call_link ENABLE ROW LEVEL SECURITY;
        ALTER TABLE on_call_link FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_program ON on_call_link TO {app}
            USING (program_id = current_program()) WITH CHECK (program_id = current_program());
        CREATE POLICY keeper ON on_call_link TO CURRENT_USER USING (true) WITH CHECK (true);
        GRANT SELECT, INSERT, UPDATE ON on_call_link TO {app};
        GRANT EXECUTE ON FUNCTION on_call_behind(text) TO {app};
    """)
