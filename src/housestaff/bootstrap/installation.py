"""One installation in one process: its database, its house, its doors' needs. Everything is joined here."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from housestaff.bootstrap.feed_facts import FeedFacts
from housestaff.bootstrap.leaving_mail import is_gone, secret_link
from housestaff.bootstrap.lists import HANDLERS, PERIODIC, REACTIONS, TIMERS
from housestaff.bootstrap.ports import digest_at, gate
from housestaff.bootstrap.solver_process import solve_in_a_process
from housestaff.features.accounts.across import AcrossPrograms
from housestaff.features.accounts.openid import OpenId, Provider
from housestaff.features.accounts.sign_in import SignIn
from housestaff.features.accounts.store import PROGRAM, Accounts, find_principal
from housestaff.features.calendar.store import CalendarEntries
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.conflicts.sources import Sources
from housestaff.features.conflicts.store import Conflicts
from housestaff.features.flags.store import Flags
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.notices import delivery
from housestaff.features.notices.notify import Notifier, Outside
from housestaff.features.notices.store import Notices
from housestaff.features.notices.ways import Ways
from housestaff.features.program.store import Programs
from housestaff.features.reports import handlers as reports
from housestaff.features.reports.exporting import ReportJob
from housestaff.features.reports.store import ReportRuns
from housestaff.features.schedules import solving
from housestaff.features.schedules.publishing import Gate
from housestaff.features.schedules.store import Schedules
from housestaff.features.schedules.views import VIEWS
from housestaff.features.swaps.store import Swaps
from housestaff.features.swaps.trial import Floor
from housestaff.plumbing import audit, schema_registry
from housestaff.plumbing.artifacts import Artifacts, store_of
from housestaff.plumbing.bus import House, Maker, Parts
from housestaff.plumbing.cache import Cache
from housestaff.plumbing.clock import Clock, MovedClock, SystemClock, real_instant
from housestaff.plumbing.crypto import Sealer, new_token
from housestaff.plumbing.database import Database, house_table, refuse_a_role_without_bounds
from housestaff.plumbing.embedded import OwnServer
from housestaff.plumbing.feed_topics import Facts
from housestaff.plumbing.jobs import JobKind, Jobs
from housestaff.plumbing.later import Later
from housestaff.plumbing.listener import Listener
from housestaff.plumbing.mail import MailServer
from housestaff.plumbing.migrate import migrate
from housestaff.plumbing.pool import Pool, open_pool
from housestaff.plumbing.prefetch import Prefetch
from housestaff.plumbing.realtime import Hub
from housestaff.plumbing.retry import Retry, of_mail, standard
from housestaff.plumbing.second_level import SecondLevel
from housestaff.plumbing.settings import Settings, usual_data_folder
from housestaff.plumbing.tags import Generations
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Request
from housestaff.plumbing.webhook import Webhooks

HOUSE_SECRET = house_table(
    "house_secret",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True)
class Installation:
    """What the doors work with."""

    settings: Settings
    clock: Clock
    pool: Pool
    database: Database
    jobs: Jobs
    house: House
    later: Later
    prefetch: Prefetch
    listener: Listener
    hub: Hub
    sign_in: SignIn
    across: AcrossPrograms
    openid: OpenId | None
    server: OwnServer | None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database is, and the server of our own if it is that."""

    application: str
    owner: str
    server: OwnServer | None


def addresses(settings: Settings) -> Addresses:
    """The addresses of the settings; without any, those of our own server, which is started."""
    if settings.database_url is not None:
        application = settings.database_url.get_secret_value()
        owner = settings.database_owner_url.get_secret_value() if settings.database_owner_url else application
        return Addresses(application, owner, None)
    server = OwnServer(settings.data_folder)
    found = server.start()
    return Addresses(found.application, found.owner, server)


def demo_folder() -> Path:
    """Where the demo's data lie, beside those of real programs and apart from them."""
    usual = usual_data_folder()
    return usual.with_name(f"{usual.name}-demo")


def bring_up(where: Addresses) -> tuple[str | None, str | None]:
    """Bring the tables to the newest shape; returns the revisions before and after."""
    return migrate(where.owner, where.application)


@contextmanager
def opened(settings: Settings, where: Addresses) -> Generator[Installation]:
    """An installation whose tables are there, until the end of the block."""
    clock: Clock = MovedClock(settings.clock_file) if settings.clock_file else SystemClock()
    refuse_a_role_without_bounds(where.application)
    pool = open_pool(settings, where.application, clock)
    try:
        database = Database(pool)
        secret = _signing_key(settings, database, clock)
        sealer = Sealer(lambda: (secret,))
        jobs = Jobs(settings, clock, where.application, partial(real_instant, clock))
        listener = Listener(where.application)
        cache = _cache(settings, listener, clock)
        house, prefetch = _house(_Ground(settings, clock, database, jobs, sealer, cache))
        later = _later(settings, house, sealer)
        _register_schemas(house)
        hub = Hub(database, clock, listener, settings.feed_poll_seconds)
        sign_in, across = SignIn(database, clock, sealer), AcrossPrograms(database, clock)
        provider = _provider(settings)
        openid = OpenId(database, clock, sealer, provider) if provider else None
        listener.start()
        try:
            yield Installation(
                settings,
                clock,
                pool,
                database,
                jobs,
                house,
                later,
                prefetch,
                listener,
                hub,
                sign_in,
                across,
                openid,
                where.server,
            )
        finally:
            listener.stop()
            cache.close()
    finally:
        pool.stop()


def _register_schemas(house: House) -> None:
    """Write down the shapes of events; what is new is told once to each institution, in its first program."""
    with house.database.transaction() as connection:
        news = schema_registry.register(connection, house.clock.now())
        programs = list(connection.execute(sa.text("SELECT first_programs()")).scalars()) if news else []
    for program in programs:
        with house.unit(Request.of_system(program, role="registry")) as unit:
            for event in news:
                unit.tell(event)
            house.settle(unit, "RegisterSchemas")


def _signing_key(settings: Settings, database: Database, clock: Clock) -> str:
    """The key of the settings, or one made once and kept in the database."""
    if settings.signing_key is not None:
        return settings.signing_key.get_secret_value()
    with database.transaction() as connection:
        connection.execute(
            sa.text("INSERT INTO house_secret VALUES ('signing_key', :value, :at) ON CONFLICT DO NOTHING"),
            {"value": new_token(), "at": clock.now()},
        )
        return str(connection.execute(sa.select(HOUSE_SECRET.c.value)).scalar_one())


def _cache(settings: Settings, listener: Listener, clock: Clock) -> Cache:
    second = SecondLevel(settings.redis_url.get_secret_value(), clock) if settings.redis_url else None
    return Cache(Generations(listener), clock, most_entries=settings.cache_entries, second=second)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the house is built on."""

    settings: Settings
    clock: Clock
    database: Database
    jobs: Jobs
    sealer: Sealer
    cache: Cache


def _house(ground: _Ground) -> tuple[House, Prefetch]:
    settings, jobs, cache = ground.settings, ground.jobs, ground.cache
    store = store_of(settings)
    public_host = urlsplit(settings.public_url).hostname or "localhost"
    outside = Outside(settings.public_url, public_host, MailServer(settings).is_on, digest_at=digest_at)
    # A handler may ask for views, whose loaders ask the house: they are joined once it is there.
    prefetched: list[Prefetch] = []
    makers: dict[Any, Maker] = {
        Sealer: lambda _unit: ground.sealer,
        Accounts: Accounts,
        Flags: Flags,
        LeaveRecords: LeaveRecords,
        Programs: lambda unit: Programs(unit, LeaveRecords(unit)),
        Schedules: Schedules,
        Conflicts: Conflicts,
        Swaps: Swaps,
        Floor: lambda unit: Floor(Programs(unit, LeaveRecords(unit)), Schedules(unit)),
        Sources: lambda unit: Sources(Programs(unit, LeaveRecords(unit)), Schedules(unit), LeaveRecords(unit)),
        Notices: Notices,
        Jobs: lambda _unit: jobs,
        Timers: lambda unit: Timers(unit, jobs),
        Notifier: lambda unit: Notifier(unit, jobs, Timers(unit, jobs), outside),
        Artifacts: lambda unit: Artifacts(unit, store),
        ComplianceRecord: ComplianceRecord,
        Gate: partial(gate, jobs, ground.sealer),
        Facts: lambda unit: FeedFacts(unit, Accounts(unit)),
        Pool: lambda _unit: ground.database.pool,
        Generations: lambda _unit: cache.generations,
        Prefetch: lambda _unit: prefetched[0],
        CalendarEntries: lambda unit: CalendarEntries(unit, public_host),
        ReportRuns: lambda unit: ReportRuns(unit, jobs),
        Webhooks: lambda _unit: Webhooks(settings),
    }
    parts = Parts(HANDLERS, REACTIONS, makers, find_principal)
    house = House(ground.database, jobs, ground.clock, parts)
    prefetched.append(Prefetch(house, cache, VIEWS))
    return house, prefetched[0]


def _later(settings: Settings, house: House, sealer: Sealer) -> Later:
    sender = delivery.Sender(
        house.unit,
        house.settle,
        Ways(MailServer(settings), Webhooks(settings), sealer, house.clock),
        is_gone=is_gone,
        secret_link=partial(secret_link, sealer, settings.public_url),
    )
    solve = solving.SolveJob(house, solve_in_a_process).solve
    first = settings.retry_first_seconds
    solve_again = Retry(3, first, 4, 3600)
    jobs = (
        JobKind(
            "deliver",
            sender.deliver,
            of_mail(settings.mail_retry_first_seconds),
            bury=delivery.bury,
            unbury=delivery.unbury,
        ),
        JobKind("solve", solve, solve_again, bury=solving.bury, unbury=solving.unbury),
        JobKind("report", ReportJob(house).make, standard(first), bury=reports.bury, unbury=reports.unbury),
    )
    return Later(house, sealer, timers=TIMERS, jobs=jobs, periodic=PERIODIC)


def verified_chains(installation: Installation) -> list[dict[str, Any]]:
    """The audit chain of every program, walked: how many entries, and the first broken one."""
    with installation.database.transaction() as connection:
        programs = list(connection.execute(sa.text("SELECT program_ids()")).scalars())
    found: list[dict[str, Any]] = []
    for program in programs:
        with installation.database.transaction(program=program) as connection:
            walked = audit.verify(connection)
            name = connection.execute(sa.select(PROGRAM.c.code)).scalar_one()
        found.append({"program": name, **asdict(walked)})
    return found


def _provider(settings: Settings) -> Provider | None:
    """The identity provider of the settings, if one is named; it sends people back to the address they use."""
    if not settings.oidc_issuer:
        return None
    return Provider(
        settings.oidc_issuer.rstrip("/"),
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        f"{settings.public_url}/api/v1/session/oidc/callback",
    )
