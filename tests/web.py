"""People at the API: each signed in by a one-time link, with a cookie and the header that browsers of ours send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from fastapi.testclient import TestClient

from housestaff.doors.api import BASE, api_of
from housestaff.doors.document import declared
from housestaff.plumbing.http import CSRF_HEADER
from tests.installed import FIRST, LAST, Installed

PEOPLE = {
    "admin": "admin", "coordinator": "coordinator", "program_director": "director", "faculty": "f1",
    "resident": "r1", "auditor": "auditor",
}  # fmt: skip
"""Somebody of each role."""

_CALL = {"kind": "call", "line": "faculty_call", "day": str(FIRST), "person": "f1"}
ME = "<me>"
"""Stands in a body for whoever asks."""
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/memberships"): {"email": "new@small.example", "display_name": "New", "role": "resident"},
    ("POST", "/invitations"): {"email": "guest@small.example", "display_name": "Guest", "role": "resident"},
    ("PUT", "/people/{person_id}"): {"facts": {}},
    ("PUT", "/program/{section}/{code}"): {"facts": {}},
    ("PATCH", "/policy"): {},
    ("PUT", "/calendar/{section}"): {"rows": []},
    ("POST", "/academic-years"): {"academic_year": 2030, "series": []},
    ("POST", "/schedules"): {"first_day": str(FIRST), "last_day": str(LAST)},
    ("PATCH", "/schedules/{schedule_id}/draft"): {"revision": 1, "changes": [_CALL]},
    ("POST", "/schedules/{schedule_id}/undo"): {"revision": 1},
    ("POST", "/schedules/{schedule_id}/locks"): {},
    ("POST", "/schedules/{schedule_id}/check"): {},
    ("POST", "/schedules/{schedule_id}/solve"): {},
    ("POST", "/schedules/{schedule_id}/publish"): {"revision": 1},
    ("POST", "/schedules/{schedule_id}/amendments"): {"base_number": 1, "changes": [_CALL]},
    ("POST", "/schedules/{schedule_id}/roll-back"): {"to_number": 1},
    ("PUT", "/duties/{duty_id}/note"): {"schedule_id": str(uuid4()), "text": "a note"},
    ("POST", "/ops/dead-letters/{dead_letter_id}/discard"): {"reason": "no more"},
    ("POST", "/ops/dead-letters/replay"): {"consumer": "notices.schedule_created"},
    ("POST", "/ops/consumers/{name}/switch"): {"on": True},
    ("POST", "/schemas/events/check"): {"event_type": "schedule.created", "schema": {}},
    ("POST", "/schemas/events/{event_type}/{version}/deprecate"): {"removal_on": "2030-01-01"},
    ("POST", "/ops/pool/resize"): {"min": 2, "max": 5},
    ("POST", "/imports/{import_id}/apply"): {},
    ("POST", "/on-call/links"): {"name": "switchboard"},
    ("PATCH", "/portal/preferences"): {},
    ("POST", "/leaves"): {"person_id": ME, "kind": "vacation", "first_day": str(FIRST), "last_day": str(FIRST)},
    ("POST", "/leaves/{leave_id}/reject"): {},
    ("POST", "/leaves/{leave_id}/amend"): {"first_day": str(FIRST), "last_day": str(LAST)},
    ("POST", "/leaves/{leave_id}/cancel"): {},
    ("POST", "/swaps"): {"person_id": ME, "give": ["x"]},
    ("POST", "/swaps/{swap_id}/accept"): {"person_id": ME},
    ("POST", "/swaps/{swap_id}/decline"): {"person_id": ME},
    ("POST", "/swaps/{swap_id}/approve"): {},
    ("POST", "/swaps/{swap_id}/reject"): {},
    ("POST", "/swaps/{swap_id}/roll-back"): {},
    ("POST", "/violations/{violation_id}/acknowledge"): {},
    ("POST", "/overrides"): {
        "violation_ids": [str(uuid4())],
        "reason_code": "sick",
        "justification": "x" * 30,
        "expires_at": "2030-01-01T00:00:00Z",
    },
    ("POST", "/reports/schedule_export/runs"): {"schedule_id": str(uuid4()), "number": 1},
    ("POST", "/webhook-endpoints"): {"url": "https://hospital.example/notices"},
    ("PATCH", "/webhook-endpoints/{endpoint_id}"): {"on": False},
    ("POST", "/institution/readings"): {"reason": "the yearly review of all programs"},
}
"""What is sent to the routes that take something."""

_BYTES = {("POST", "/imports"): b"what nobody can read"}
_QUERIES = {
    "/imports": {"name": "book.xlsx"},
    "/swaps/partners": {"duty": "x"},
    "/schedules/{schedule_id}/stack": {"person": "r1", "day": str(FIRST), "half": "AM"},
}


class Web:
    """The API of an installation, and whoever comes to it."""

    def __init__(self, here: Installed) -> None:
        self.here, self.app = here, api_of(here.installation)

    def as_(self, name: str, *, program: str = "") -> TestClient:
        """Somebody signed in."""
        chosen = program or self.here.program
        return self.user(self.here.admin if name == "admin" else self.here.users[f"{name}@{chosen}.example"])

    def user(self, user_id: UUID) -> TestClient:
        """A user signed in."""
        client = self.nobody()
        token = self.here.installation.sign_in.one_time("sign_in", user_id)
        answer = client.post("/session", json={"token": token})
        assert answer.status_code == 201, answer.text
        client.headers[CSRF_HEADER] = answer.json()["csrf_token"]
        return client

    def nobody(self, *, raises: bool = True) -> TestClient:
        """Somebody who is not signed in."""
        return TestClient(self.app, base_url=f"http://testserver{BASE}", raise_server_exceptions=raises)

    def routes(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Each route: its method, its path without the base, and what the API's document says of it."""
        for method, path, operation in declared(self.app.openapi()):
            yield method, path.removeprefix(BASE), operation


def call(
    client: TestClient, method: str, path: str, ids: dict[str, str] | None = None, *, me: str = "r1", **more: Any
) -> Any:
    """Call a route, every id in its path one that nobody has, unless given; `me` is the person who asks."""

    def filled(name: re.Match[str]) -> str:
        return (ids or {}).get(name[1]) or _anything(name[1])

    body = BODIES.get((method, path))
    if isinstance(body, dict):
        body = {key: me if value == ME else value for key, value in body.items()}
    given = {"json": body, **more} if body is not None else more
    if raw := _BYTES.get((method, path)):
        given = {"content": raw, "headers": {"Content-Type": "application/octet-stream"}, **more}
    return client.request(method, re.sub(r"{(\w+)}", filled, path), params=_QUERIES.get(path), **given)


def _anything(name: str) -> str:
    if name in {"first", "second", "version"}:
        return "1"
    fixed = {
        "role": "resident",
        "section": "rotation",
        "code": "X",
        "person_id": "x9",
        "name": "nobody",
        "duty_id": "x",
    }
    return fixed.get(name) or str(uuid4())
