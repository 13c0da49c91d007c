"""The API: every command and question over HTTP. It decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from fastapi import FastAPI, Response
from fastapi import Request as HttpRequest
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError

from housestaff import __version__
from housestaff.bootstrap.installation import Installation
from housestaff.core.errors import Unreachable
from housestaff.doors.document import add_document
from housestaff.doors.feed import add_feed
from housestaff.doors.web.app import add_web
from housestaff.features.accounts import institution_routes, login_routes, openid_routes
from housestaff.features.accounts import routes as accounts
from housestaff.features.accounts.store import places_of
from housestaff.features.calendar import routes as calendar
from housestaff.features.compliance import routes as compliance
from housestaff.features.conflicts import routes as conflicts
from housestaff.features.leave import routes as leave
from housestaff.features.notices import routes as notices
from housestaff.features.operations import routes as operations
from housestaff.features.portal import routes as portal
from housestaff.features.program import routes as program
from housestaff.features.reports import routes as reports
from housestaff.features.schedules import routes as schedules
from housestaff.features.schedules import routes_of_duties as duties
from housestaff.features.schedules import routes_of_runs as runs
from housestaff.features.swaps import routes as swaps
from housestaff.plumbing import installation_metrics, metrics
from housestaff.plumbing.http import Identity, correlation_of
from housestaff.plumbing.problems import answer_errors

BASE = "/api/v1"


def api_of(installation: Installation) -> FastAPI:
    """The application of an installation."""
    app = FastAPI(
        title="Housestaff",
        version=__version__,
        description="Schedules of medical residency programs. Errors are problem documents (RFC 9457).",
        openapi_url=f"{BASE}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.house, app.state.sign_in = installation.house, installation.sign_in
    app.state.prefetch = installation.prefetch
    app.state.identify = partial(_identify, installation)
    app.state.across, app.state.openid = installation.across, installation.openid
    for router in (
        accounts.router,
        login_routes.router,
        openid_routes.router,
        institution_routes.router,
        program.router,
        schedules.router,
        runs.solves,
        runs.imported,
        duties.router,
        leave.router,
        conflicts.router,
        swaps.router,
        notices.router,
        notices.wishes,
        portal.router,
        portal.calls,
        operations.router,
        compliance.router,
        compliance.overrides,
        calendar.router,
        reports.router,
        notices.hooks,
    ):
        app.include_router(router, prefix=BASE)
    add_feed(app, installation, BASE)
    answer_errors(app)
    add_document(app)
    _add_probes(app, installation)
    add_web(app)
    app.middleware("http")(_with_correlation)
    return app


async def _with_correlation(http: HttpRequest, call: Callable[[HttpRequest], Awaitable[Response]]) -> Response:
    """Every answer carries the correlation id of its request."""
    correlation = correlation_of(http)
    response = await call(http)
    response.headers["X-Correlation-Id"] = str(correlation)
    return response


def _identify(installation: Installation, *, session: str | None, token: str | None) -> Identity | None:
    login = None
    try:
        if token:
            login = installation.sign_in.of_token(token)
        elif session:
            login = installation.sign_in.of_session(session)
        if login is None:
            return None
        with installation.database.transaction(user=login.user.user_id) as connection:
            places = places_of(connection, login.user.user_id)
    except DBAPIError as error:
        raise Unreachable("who is signed in cannot be read right now") from error
    programs = tuple((place.program_id, place.code) for place in places)
    return Identity(login.user.user_id, programs, login.csrf_token, is_browser=bool(session), login=login)


def _add_probes(app: FastAPI, installation: Installation) -> None:
    @app.get("/health/live", include_in_schema=False)
    def live() -> dict[str, str]:
        """This process answers."""
        return {"status": "alive"}

    @app.get("/health/ready", include_in_schema=False)
    def ready() -> dict[str, Any]:
        """The database answers, however busy the pool is; and how long the oldest work has waited for a worker."""
        lag = installation.pool.lease.worker_lag(installation.clock.now())
        return {"status": "ready", "worker_lag_seconds": round(lag, 3)}

    @app.get("/metrics", include_in_schema=False)
    def process_metrics() -> Response:
        """The series of this process."""
        installation.pool.tell()
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/metrics/installation", include_in_schema=False)
    def metrics_of_installation() -> Response:
        """The series of the installation, the same whichever process is asked."""
        told = installation_metrics.text(installation.database, installation.clock.now())
        return Response(told, media_type=CONTENT_TYPE_LATEST)
