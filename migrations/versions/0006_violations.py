"""Violations with their entries, the overrides that accept some, and how far the checking of each schedule is."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = ("violation", "violation_entry", "override", "override_violation", "schedule_check")

GRANTS = {"violation_entry": "SELECT, INSERT"}
"""What the application may do with a table, where it is not everything but removing."""


def upgrade() -> None:
    """Add the tables, forbid any change of what is entered, and count what stands."""
    app = op.get_context().config.attributes["application_role"]
    run = op.get_bind().connection.driver_connection.execute
    run(_TABLES)
    for table in TABLES:
        run(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY own_program ON {table} TO {app}
                USING (program_id = current_program()) WITH CHECK (program_id = current_program());
            CREATE POLICY keeper ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
            GRANT {GRANTS.get(table, "SELECT, INSERT, UPDATE")} ON {table} TO {app};
        """)
    run("""
        CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON violation_entry
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER never_emptied BEFORE TRUNCATE ON violation_entry
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """)
    run(_GAUGES)


_TABLES = """
    CREATE TABLE violation (
        program_id uuid NOT NULL REFERENCES program,
        violation_id uuid PRIMARY KEY,
        schedule_id uuid NOT NULL REFERENCES schedule,
        number integer,
        place text NOT NULL,
        key text NOT NULL,
        rule text NOT NULL,
        rule_version text NOT NULL,
        ruleset_hash text NOT NULL,
        force text NOT NULL,
        severity text NOT NULL CHECK (severity IN ('critical', 'warning')),
        state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'overridden', 'resolved')),
        subject text NOT NULL,
        person_id text,
        level text NOT NULL,
        rotation_id text,
        first_day date NOT NULL,
        last_day date NOT NULL,
        value bigint NOT NULL,
        "limit" bigint NOT NULL,
        margin bigint NOT NULL,
        unit text NOT NULL,
        certainty text NOT NULL,
        citation text NOT NULL,
        finding jsonb NOT NULL,
        first_seen timestamptz NOT NULL,
        last_seen timestamptz NOT NULL,
        opened_at timestamptz NOT NULL,
        times_opened integer NOT NULL,
        step integer NOT NULL,
        acknowledged_by uuid,
        note text NOT NULL,
        UNIQUE (program_id, schedule_id, key)
    );
    CREATE INDEX violation_worklist ON violation (program_id, state, severity);
    CREATE INDEX violation_person ON violation (program_id, person_id);
    CREATE TABLE violation_entry (
        program_id uuid NOT NULL REFERENCES program,
        entry_id uuid PRIMARY KEY,
        violation_id uuid NOT NULL REFERENCES violation,
        at timestamptz NOT NULL,
        move text NOT NULL,
        state text NOT NULL,
        value bigint NOT NULL,
        "limit" bigint NOT NULL,
        margin bigint NOT NULL,
        unit text NOT NULL,
        severity text NOT NULL,
        rule text NOT NULL,
        rule_version text NOT NULL,
        ruleset_hash text NOT NULL,
        citation text NOT NULL,
        subject text NOT NULL,
        person_id text,
        level text NOT NULL,
        first_day date NOT NULL,
        last_day date NOT NULL,
        schedule_id uuid NOT NULL,
        schedule_number integer,
        event_id uuid NOT NULL,
        UNIQUE (violation_id, event_id)
    );
    CREATE INDEX violation_entry_as_of ON violation_entry (program_id, violation_id, at);
    CREATE TABLE override (
        program_id uuid NOT NULL REFERENCES program,
        override_id uuid PRIMARY KEY,
        level text NOT NULL CHECK (level IN ('critical', 'warning')),
        state text NOT NULL CHECK (state IN ('active', 'expired', 'revoked', 'voided')),
        reason_code text NOT NULL,
        justification text NOT NULL,
        expires_at timestamptz NOT NULL,
        applied_by uuid,
        applied_at timestamptz NOT NULL,
        ended_by uuid,
        ended_at timestamptz
    );
    CREATE TABLE override_violation (
        program_id uuid NOT NULL REFERENCES program,
        override_id uuid NOT NULL REFERENCES override,
        violation_id uuid NOT NULL REFERENCES violation,
        duties jsonb NOT NULL,
        PRIMARY KEY (override_id, violation_id)
    );
    CREATE INDEX override_of_violation ON override_violation (program_id, violation_id);
    CREATE TABLE schedule_check (
        program_id uuid NOT NULL REFERENCES program,
        schedule_id uuid PRIMARY KEY REFERENCES schedule,
        revision integer NOT NULL,
        number integer,
        ruleset_hash text NOT NULL,
        checked_at timestamptz NOT NULL
    );
"""

_GAUGES = """
    CREATE OR REPLACE FUNCTION installation_gauges(at timestamptz)
    RETURNS TABLE (series text, labels text, amount double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
        SELECT 'outbox_pending', 'consumer=' || consumer, count(*)::float8
          FROM dispatch WHERE state IN ('pending', 'retrying') GROUP BY consumer
        UNION ALL
        SELECT 'outbox_lag_seconds', 'consumer=' || consumer,
               greatest(0, extract(epoch FROM at - min(told_at)))::float8
          FROM dispatch WHERE state IN ('pending', 'retrying') GROUP BY consumer
        UNION ALL
        SELECT 'dead_letters', 'consumer=' || name || '|state=' || state, count(*)::float8
          FROM dead_letter GROUP BY name, state
        UNION ALL
        SELECT 'timers_armed', 'kind=' || kind, count(*)::float8 FROM timer WHERE state = 'armed' GROUP BY kind
        UNION ALL
        SELECT 'violations_open', 'rule=' || rule || '|severity=' || severity || '|state=' || v.state, count(*)::float8
          FROM violation v JOIN schedule USING (schedule_id)
         WHERE v.state <> 'resolved' AND schedule.state IN ('draft', 'published') GROUP BY rule, severity, v.state
        UNION ALL
        SELECT 'overrides_active', 'level=' || level, count(*)::float8
          FROM override WHERE state = 'active' GROUP BY level
        UNION ALL
        SELECT 'conflicts_open', 'kind=' || kind, count(*)::float8 FROM conflict WHERE state = 'open' GROUP BY kind
        UNION ALL
        SELECT 'swaps_open', 'kind=' || kind || '|state=' || state, count(*)::float8
          FROM swap WHERE state IN ('requested', 'agreed', 'approved', 'failed') GROUP BY kind, state
    $$;
"""
