"""Swaps: what is asked, and who is offered it."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables of swaps."""
    app = op.get_context().config.attributes["application_role"]
    run = op.get_bind().connection.driver_connection.execute
    run("""
        CREATE TABLE swap (
            program_id uuid NOT NULL REFERENCES program,
            swap_id uuid PRIMARY KEY,
            schedule_id uuid NOT NULL REFERENCES schedule,
            kind text NOT NULL CHECK (kind IN ('one_to_one', 'absorb', 'ring')),
            state text NOT NULL CHECK (state IN ('requested', 'agreed', 'approved', 'failed', 'executed', 'declined',
                'rejected', 'withdrawn', 'expired', 'rolled_back')),
            requester_id text NOT NULL,
            legs jsonb NOT NULL,
            accepted jsonb NOT NULL,
            reason text NOT NULL,
            freeze_reason text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            execute_at timestamptz,
            executed_number integer,
            rollback_until timestamptz,
            problem text NOT NULL,
            version integer NOT NULL
        );
        CREATE INDEX swap_state ON swap (program_id, state);
        CREATE TABLE swap_duty (
            program_id uuid NOT NULL REFERENCES program,
            swap_id uuid NOT NULL REFERENCES swap,
            duty_id text NOT NULL,
            is_open boolean NOT NULL,
            PRIMARY KEY (swap_id, duty_id)
        );
        CREATE UNIQUE INDEX swap_duty_once ON swap_duty (program_id, duty_id) WHERE is_open;
        CREATE TABLE swap_offer (
            program_id uuid NOT NULL REFERENCES program,
            swap_id uuid NOT NULL REFERENCES swap,
            person_id text NOT NULL,
            rank integer NOT NULL,
            state text NOT NULL CHECK (state IN ('offered', 'taken', 'declined', 'closed')),
            at timestamptz NOT NULL,
            PRIMARY KEY (swap_id, person_id)
        );
        CREATE INDEX swap_offer_of ON swap_offer (program_id, person_id, state);
    """)
    for table in ("swap", "swap_duty", "swap_offer"):
        run(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY own_program ON {table} TO {app}
                USING (program_id = current_program()) WITH CHECK (program_id = current_program());
            CREATE POLICY keeper ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
            GRANT SELECT, INSERT, UPDATE ON {table} TO {app};
        """)
