"""What waits for a switched-off consumer includes what has failed; one event may bring two types of notice."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Replace a function and an index."""
    op.get_bind().connection.driver_connection.execute("""
        CREATE OR REPLACE FUNCTION pending_dispatches(wanted text) RETURNS TABLE (program_id uuid, event_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
        AS $$
            SELECT program_id, event_id FROM dispatch
            WHERE consumer = wanted AND state IN ('pending', 'retrying') ORDER BY told_at
        $$;
        DROP INDEX notice_once;
        CREATE UNIQUE INDEX notice_once
            ON notice (program_id, coalesce(recipient_user_id::text, address), type, dedupe_key);
    """)
