-- Who asks. Rows of a program show only in transactions that name it (see Database.transaction).
CREATE FUNCTION current_program() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting('housestaff.program', true), '')::uuid $$;
CREATE FUNCTION current_login() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting('housestaff.user', true), '')::uuid $$;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

-- Tenants and accounts.
CREATE TABLE institution (
    institution_id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE program (
    program_id uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES institution,
    code text NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    default_locale text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'suspended')),
    created_at timestamptz NOT NULL,
    UNIQUE (institution_id, code)
);
CREATE TABLE app_user (
    user_id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    display_name text NOT NULL,
    password_hash text,
    oidc_subject text UNIQUE,
    active boolean NOT NULL,
    locale text NOT NULL,
    preferences jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE institution_admin (
    institution_id uuid NOT NULL REFERENCES institution,
    user_id uuid NOT NULL REFERENCES app_user,
    PRIMARY KEY (institution_id, user_id)
);
CREATE TABLE membership (
    program_id uuid NOT NULL REFERENCES program,
    user_id uuid NOT NULL REFERENCES app_user,
    role text NOT NULL CHECK (role IN ('admin', 'coordinator', 'program_director', 'faculty', 'resident', 'auditor')),
    rank text NOT NULL DEFAULT '' CHECK (rank IN ('', 'director', 'associate')),
    person_id text,
    active boolean NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (program_id, user_id, role)
);
CREATE UNIQUE INDEX membership_person ON membership (program_id, person_id) WHERE person_id IS NOT NULL AND active;
CREATE INDEX membership_user ON membership (user_id);
CREATE FUNCTION member_of(asked uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$
    SELECT EXISTS (SELECT 1 FROM membership WHERE program_id = asked AND user_id = current_login() AND active)
        OR EXISTS (SELECT 1 FROM institution_admin JOIN program USING (institution_id)
                    WHERE program_id = asked AND user_id = current_login())
$$;
CREATE FUNCTION program_ids() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT program_id FROM program ORDER BY created_at, program_id $$;
CREATE FUNCTION program_of_code(asked text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$
    SELECT program_id FROM program WHERE code = asked AND institution_id IN (
        SELECT institution_id FROM membership JOIN program USING (program_id)
            WHERE user_id = current_login() AND active
        UNION SELECT institution_id FROM institution_admin WHERE user_id = current_login())
    ORDER BY created_at LIMIT 1
$$;
CREATE FUNCTION administered_programs() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$
    SELECT program_id FROM program JOIN institution_admin USING (institution_id) JOIN app_user USING (user_id)
        WHERE user_id = current_login() AND app_user.active
        ORDER BY program.created_at, program_id
$$;
CREATE TABLE institution_reading (
    reading_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES app_user,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX institution_reading_of ON institution_reading (user_id, expires_at);
CREATE TABLE session (
    session_hash text PRIMARY KEY,
    session_id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES app_user,
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    ip text NOT NULL,
    agent text NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);
CREATE TABLE api_token (
    token_hash text PRIMARY KEY,
    token_id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES app_user,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE TABLE invitation (
    program_id uuid NOT NULL REFERENCES program,
    invitation_id uuid PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES app_user,
    role text NOT NULL,
    rank text NOT NULL,
    person_id text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz
);
CREATE FUNCTION invitation_behind(asked text) RETURNS TABLE (program_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT program_id, user_id FROM invitation WHERE token_hash = asked $$;
CREATE TABLE password_reset (
    reset_id uuid PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES app_user,
    through uuid NOT NULL REFERENCES program,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE attempt (
    attempt_id uuid PRIMARY KEY,
    kind text NOT NULL,
    fingerprint text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX attempt_when ON attempt (kind, fingerprint, at);
CREATE TABLE single_use (
    token_hash text PRIMARY KEY,
    purpose text NOT NULL,
    user_id uuid REFERENCES app_user,
    facts jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE house_secret (
    name text PRIMARY KEY,
    value text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE flag (
    key text PRIMARY KEY,
    facts jsonb NOT NULL,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The program: what its file says, one noun a table, each row as the facts of the file's table.
CREATE TABLE program_head (
    program_id uuid PRIMARY KEY REFERENCES program,
    facts jsonb NOT NULL,
    version integer NOT NULL
);
CREATE TABLE person (
    program_id uuid NOT NULL REFERENCES program,
    code text NOT NULL,
    place integer NOT NULL,
    facts jsonb NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (program_id, code)
);
CREATE TABLE faculty_role (LIKE person INCLUDING ALL);
CREATE TABLE rotation (LIKE person INCLUDING ALL);
CREATE TABLE activity (LIKE person INCLUDING ALL);
CREATE TABLE requirement (LIKE person INCLUDING ALL);
CREATE TABLE demand (LIKE person INCLUDING ALL);
CREATE TABLE call_line (LIKE person INCLUDING ALL);
CREATE TABLE program_detail (
    program_id uuid NOT NULL REFERENCES program,
    kind text NOT NULL,
    code text NOT NULL,
    place integer NOT NULL,
    facts jsonb NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (program_id, kind, code)
);
CREATE TABLE policy_value (
    program_id uuid NOT NULL REFERENCES program,
    key text NOT NULL,
    facts jsonb NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (program_id, key)
);
CREATE TABLE leave (
    program_id uuid NOT NULL REFERENCES program,
    leave_id text NOT NULL,
    person_id text NOT NULL,
    kind text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'approved', 'rejected', 'withdrawn', 'canceled', 'completed')),
    facts jsonb NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (program_id, leave_id)
);
CREATE INDEX leave_when ON leave (program_id, first_day, last_day);

-- What happened, and who is still to be told.
CREATE TABLE event (
    program_id uuid NOT NULL REFERENCES program,
    event_id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    type text NOT NULL,
    schema_version integer NOT NULL,
    aggregate_kind text NOT NULL,
    aggregate_id text NOT NULL,
    version bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor jsonb NOT NULL,
    correlation_id uuid NOT NULL,
    causation_id uuid,
    payload jsonb NOT NULL,
    UNIQUE (program_id, aggregate_kind, aggregate_id, version)
);
CREATE INDEX event_position ON event (program_id, position);
CREATE INDEX event_type ON event (type, schema_version, occurred_at);
CREATE TABLE aggregate_version (
    program_id uuid NOT NULL REFERENCES program,
    aggregate_kind text NOT NULL,
    aggregate_id text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (program_id, aggregate_kind, aggregate_id)
);
CREATE TABLE dispatch (
    program_id uuid NOT NULL REFERENCES program,
    event_id uuid NOT NULL REFERENCES event,
    consumer text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'retrying', 'done', 'dead')),
    result text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    told_at timestamptz NOT NULL,
    done_at timestamptz,
    code text NOT NULL DEFAULT '',
    PRIMARY KEY (event_id, consumer)
);
CREATE INDEX dispatch_open ON dispatch (consumer, told_at) WHERE state IN ('pending', 'retrying');
CREATE TABLE dead_letter (
    program_id uuid NOT NULL REFERENCES program,
    dead_letter_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('dispatch', 'job', 'timer', 'delivery')),
    name text NOT NULL,
    event_id uuid,
    event_type text NOT NULL,
    arguments jsonb NOT NULL,
    payload bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'replaying', 'resolved', 'discarded', 'quarantined')),
    code text NOT NULL,
    message text NOT NULL,
    trace text NOT NULL,
    attempts integer NOT NULL,
    replays integer NOT NULL DEFAULT 0,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    closed_at timestamptz,
    reason text NOT NULL DEFAULT '',
    correlation_id uuid NOT NULL
);
CREATE INDEX dead_letter_list ON dead_letter (program_id, state, dead_letter_id);
CREATE TABLE timer (
    program_id uuid NOT NULL REFERENCES program,
    timer_id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject_id text NOT NULL,
    purpose text NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('armed', 'fired', 'canceled')),
    armed_by_event uuid,
    facts jsonb NOT NULL,
    fired_at timestamptz,
    UNIQUE (program_id, kind, subject_id, purpose)
);
CREATE TABLE job_run (
    program_id uuid NOT NULL REFERENCES program,
    job text NOT NULL,
    slot timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'done', 'failed', 'skipped')),
    at timestamptz NOT NULL,
    PRIMARY KEY (program_id, job, slot)
);
CREATE TABLE job_death (
    job_id bigint PRIMARY KEY,
    deaths integer NOT NULL
);
CREATE TABLE consumer_switch (
    name text PRIMARY KEY,
    is_on boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE TABLE event_schema (
    event_type text NOT NULL,
    schema_version integer NOT NULL,
    schema jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'deprecated', 'retired')),
    compatibility text NOT NULL,
    removal_on date,
    registered_at timestamptz NOT NULL,
    PRIMARY KEY (event_type, schema_version)
);
CREATE TABLE event_count (
    program_id uuid NOT NULL REFERENCES program,
    series text NOT NULL,
    labels text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (program_id, series, labels)
);
CREATE FUNCTION installation_counts() RETURNS TABLE (series text, labels text, amount numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT series, labels, sum(amount) FROM event_count GROUP BY series, labels $$;
CREATE FUNCTION installation_gauges(at timestamptz) RETURNS TABLE (series text, labels text, amount double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$
    SELECT 'outbox_pending', 'consumer=' || consumer, count(*)::float8
      FROM dispatch WHERE state IN ('pending', 'retrying') GROUP BY consumer
    UNION ALL
    SELECT 'outbox_lag_seconds', 'consumer=' || consumer, greatest(0, extract(epoch FROM at - min(told_at)))::float8
      FROM dispatch WHERE state IN ('pending', 'retrying') GROUP BY consumer
    UNION ALL
    SELECT 'dead_letters', 'consumer=' || name || '|state=' || state, count(*)::float8 FROM dead_letter GROUP BY name, state
    UNION ALL
    SELECT 'timers_armed', 'kind=' || kind, count(*)::float8 FROM timer WHERE state = 'armed' GROUP BY kind
$$;
CREATE FUNCTION pending_dispatches(wanted text) RETURNS TABLE (program_id uuid, event_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT program_id, event_id FROM dispatch WHERE consumer = wanted AND state = 'pending' ORDER BY told_at $$;

-- The audit chain: one per program, each entry holding the hash of the one before.
CREATE TABLE audit_entry (
    program_id uuid NOT NULL REFERENCES program,
    entry_id uuid PRIMARY KEY,
    chain_no bigint NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_user_id uuid,
    actor_role text NOT NULL,
    on_behalf_of_person_id text,
    door text NOT NULL,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    subject_version bigint,
    changes jsonb NOT NULL,
    reason_code text NOT NULL,
    event_ids jsonb NOT NULL,
    correlation_id uuid NOT NULL,
    ip text NOT NULL,
    prev_hash text NOT NULL,
    hash text NOT NULL,
    UNIQUE (program_id, chain_no)
);
CREATE INDEX audit_subject ON audit_entry (program_id, subject_kind, subject_id);
CREATE TABLE audit_head (
    program_id uuid PRIMARY KEY REFERENCES program,
    chain_no bigint NOT NULL,
    hash text NOT NULL
);

-- Views and feeds.
CREATE TABLE cache_tag (
    program_id uuid NOT NULL REFERENCES program,
    tag text NOT NULL,
    generation bigint NOT NULL,
    PRIMARY KEY (program_id, tag)
);
CREATE TABLE feed_topic (
    program_id uuid NOT NULL REFERENCES program,
    topic text NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (program_id, topic)
);
CREATE TABLE feed_frame (
    program_id uuid NOT NULL REFERENCES program,
    topic text NOT NULL,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    needs text NOT NULL,
    body jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (program_id, topic, seq),
    UNIQUE (program_id, topic, event_id)
);
CREATE INDEX feed_frame_event ON feed_frame (event_id);
CREATE TABLE pool_lease (
    process_id uuid PRIMARY KEY,
    name text NOT NULL,
    size integer NOT NULL,
    seen_at timestamptz NOT NULL
);

-- Notices and their deliveries.
CREATE TABLE notice (
    program_id uuid NOT NULL REFERENCES program,
    notice_id uuid PRIMARY KEY,
    type text NOT NULL,
    recipient_user_id uuid,
    address text,
    locale text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    html text NOT NULL,
    link text NOT NULL,
    priority text NOT NULL,
    privacy text NOT NULL,
    dedupe_key text NOT NULL,
    event_id uuid NOT NULL,
    correlation_id uuid NOT NULL,
    about text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz
);
CREATE UNIQUE INDEX notice_once ON notice (program_id, coalesce(recipient_user_id::text, address), dedupe_key);
CREATE INDEX notice_unread ON notice (program_id, recipient_user_id, notice_id) WHERE read_at IS NULL;
CREATE TABLE delivery (
    program_id uuid NOT NULL REFERENCES program,
    delivery_id uuid PRIMARY KEY,
    notice_id uuid NOT NULL REFERENCES notice,
    channel text NOT NULL CHECK (channel IN ('in_app', 'email', 'webhook')),
    state text NOT NULL,
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    message_id text NOT NULL,
    due_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sent_at timestamptz,
    UNIQUE (notice_id, channel)
);

-- Schedules: an unbroken line of revisions, drafts first, then the published versions.
CREATE TABLE schedule (
    program_id uuid NOT NULL REFERENCES program,
    schedule_id uuid PRIMARY KEY,
    first_day date NOT NULL,
    last_day date NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'published', 'archived', 'discarded')),
    method text NOT NULL,
    number integer,
    revision integer NOT NULL,
    locked jsonb NOT NULL,
    stats jsonb NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL,
    published_at timestamptz
);
CREATE TABLE schedule_revision (
    program_id uuid NOT NULL REFERENCES program,
    schedule_id uuid NOT NULL REFERENCES schedule,
    revision integer NOT NULL,
    number integer,
    base_number integer,
    cause text NOT NULL,
    reason text NOT NULL,
    changes jsonb NOT NULL,
    snapshot bytea,
    roster_hash text NOT NULL,
    ruleset_hash text NOT NULL,
    author uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (schedule_id, revision)
);
CREATE UNIQUE INDEX schedule_number ON schedule_revision (schedule_id, number) WHERE number IS NOT NULL;
CREATE TABLE cell (
    program_id uuid NOT NULL REFERENCES program,
    schedule_id uuid NOT NULL REFERENCES schedule,
    number integer NOT NULL,
    duty_id text NOT NULL,
    person_id text,
    kind text NOT NULL,
    rotation_id text NOT NULL,
    activity text NOT NULL,
    line text NOT NULL,
    day date NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    is_there boolean NOT NULL,
    PRIMARY KEY (schedule_id, duty_id, number)
);
CREATE INDEX cell_person ON cell (program_id, person_id, starts_at);
CREATE INDEX cell_when ON cell (program_id, schedule_id, day);
CREATE TABLE duty_note (
    program_id uuid NOT NULL REFERENCES program,
    note_id uuid PRIMARY KEY,
    schedule_id uuid NOT NULL REFERENCES schedule,
    duty_id text NOT NULL,
    text text NOT NULL,
    author uuid,
    at timestamptz NOT NULL
);
CREATE TABLE solve_run (
    program_id uuid NOT NULL REFERENCES program,
    run_id uuid PRIMARY KEY,
    schedule_id uuid,
    first_day date NOT NULL,
    last_day date NOT NULL,
    state text NOT NULL CHECK (state IN
        ('queued', 'running', 'solved', 'infeasible', 'out_of_time', 'canceled', 'failed', 'stale')),
    stop_asked boolean NOT NULL DEFAULT false,
    seconds integer NOT NULL,
    seed integer NOT NULL,
    base_revision integer,
    progress jsonb NOT NULL,
    answer jsonb NOT NULL,
    asked_by uuid,
    asked_role text NOT NULL,
    asked_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE TABLE import_run (
    program_id uuid NOT NULL REFERENCES program,
    import_id uuid PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    content bytea NOT NULL,
    review jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('read', 'applied')),
    asked_by uuid,
    at timestamptz NOT NULL,
    applied_at timestamptz
);
CREATE TABLE artifact (
    program_id uuid NOT NULL REFERENCES program,
    artifact_id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    kind text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    needs text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE idempotent_answer (
    program_id uuid NOT NULL REFERENCES program,
    user_id uuid NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (program_id, user_id, key)
);
CREATE FUNCTION young_events(wanted text, version integer, since timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT count(*) FROM event WHERE type = wanted AND schema_version = version AND occurred_at > since $$;
CREATE FUNCTION first_programs() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$
    SELECT program_id FROM (
        SELECT DISTINCT ON (institution_id) program_id, institution_id FROM program
        ORDER BY institution_id, created_at, program_id) AS first
$$;
