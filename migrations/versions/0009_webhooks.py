"""The program's own endpoint for notices, and mails that gather several of them."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table of endpoints, and the index by which the deliveries of one mail are found."""
    app = op.get_context().config.attributes["application_role"]
    op.get_bind().connection.driver_connection.execute(f"""
        CREATE TABLE webhook_endpoint (
            program_id uuid NOT NULL REFERENCES program UNIQUE,
            endpoint_id uuid PRIMARY KEY,
            url text NOT NULL,
            secret bytea NOT NULL,
            state text NOT NULL CHECK (state IN ('on', 'off', 'gone')),
            made_by uuid,
            made_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL
        );
        ALTER TABLE webhook_endpoint ENABLE ROW LEVEL SECURITY;
        ALTER TABLE webhook_endpoint FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_program ON webhook_endpoint TO {app}
            USING (program_id = current_program()) WITH CHECK (program_id = current_program());
        CREATE POLICY keeper ON webhook_endpoint TO CURRENT_USER USING (true) WITH CHECK (true);
        GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoint TO {app};
        CREATE INDEX delivery_of_message ON delivery (program_id, message_id);
    """)
