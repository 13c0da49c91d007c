"""2.14: the API answers what its document says, whoever asks and whatever they send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from housestaff.plumbing.http import CSRF_HEADER, SESSION_COOKIE
from tests.installed import Installed
from tests.serving import served_by
from tests.web import PEOPLE, Web

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDS_THE_SESSION = {"/api/v1/session", "/api/v1/sessions/{session_id}"}


@pytest.fixture
def served(house: Installed) -> Iterator[Installed]:
    house.draft()
    with served_by(house):
        yield house


def keeps_its_promises(house: Installed, name: str, examples: int) -> int:
    """Ask every operation of the document with whatever fits it and much that does not; returns how many there are."""
    web = Web(house)
    client = web.as_(name)
    cookies = {SESSION_COOKIE: client.cookies[SESSION_COOKIE]}
    headers = {CSRF_HEADER: client.headers[CSRF_HEADER]}
    schema: Any = schemathesis.openapi.from_dict(web.app.openapi())
    schema.config.update(base_url=house.address)
    asked = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result.err()
        operation: Any = result.ok()
        if operation.path in ENDS_THE_SESSION and operation.method.upper() == "DELETE":
            continue
        asked += 1

        @seeded(7)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKS, headers=headers, cookies=cookies)

        ask()
    return asked


@pytest.mark.parametrize("role", ["coordinator"])
def test_a_sample_of_requests_is_answered_as_the_document_says(served: Installed, role: str) -> None:
    assert keeps_its_promises(served, PEOPLE[role], 2) > 50


@pytest.mark.slow
@pytest.mark.parametrize("role", PEOPLE)
def test_many_requests_of_each_role_are_answered_as_the_document_says(served: Installed, role: str) -> None:
    assert keeps_its_promises(served, PEOPLE[role], 25) > 50
