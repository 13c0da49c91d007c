"""The HTTP face that all rooms share: who asks, in which program, and how an error is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hmac import compare_digest
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Header, Response
from fastapi import Request as HttpRequest
from fastapi.encoders import jsonable_encoder

from housestaff.core.command import Command
from housestaff.core.errors import BadInput, HousestaffError, NotAllowed, NotFound
from housestaff.plumbing.access import INSTITUTION, NoRole
from housestaff.plumbing.bus import House
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.once import Once
from housestaff.plumbing.unit import Request

PROBLEM_TYPE = "application/problem+json"
SESSION_COOKIE, CSRF_HEADER = "housestaff_session", "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(HousestaffError):
    """Sign in first."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in, and the programs in which they have a role, by id and by code."""

    user_id: UUID
    programs: Sequence[tuple[UUID, str]]
    csrf_token: str
    is_browser: bool
    login: Any


class Identify(Protocol):
    """The port through which a door learns who is signed in."""

    def __call__(self, *, session: str | None, token: str | None) -> Identity | None:
        """Who a session's secret or an API token belongs to."""
        ...


def _documented(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {PROBLEM_TYPE: {"schema": schema}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: _documented(title)
    for status, title in (
        (400, "Bad input"),
        (401, "Not signed in"),
        (403, "Not allowed"),
        (404, "Not found"),
        (405, "There is no such method here"),
        (409, "Stale"),
        (410, "The link is over"),
        (422, "Rule broken"),
        (429, "Too many attempts"),
        (503, "Busy"),
    )
}
"""What every route may answer beside its own answer."""


NOBODY, LOGIN = "nobody", "login"
"""What a route takes that takes no permission: not even a login, or a login and no role."""


def needs(permission: str, *, across: bool = False) -> dict[str, Any]:
    """What a route declares in the API's document: the permission that it takes, `login`, or `nobody`.

    `across` is for reads over all programs of an institution, which take that reach.
    """
    return {"x-permission": permission, **({"x-scope": INSTITUTION} if across else {})}


def signed_in(http: HttpRequest) -> Identity:
    """Who asks; refused where nobody is signed in, or where a browser's request was not made by our own pages."""
    bearer = http.headers.get("Authorization", "")
    token = bearer.removeprefix("Bearer ").strip() if bearer.startswith("Bearer ") else None
    session = http.cookies.get(SESSION_COOKIE)
    identify: Identify = http.app.state.identify
    identity = identify(session=None if token else session, token=token)
    if identity is None:
        raise NotSignedIn("Sign in first: your session is over, or there was none.")
    if identity.is_browser and http.method not in _SAFE:
        check_csrf(http, identity.csrf_token)
    return identity


def check_csrf(http: HttpRequest, expected: str, *, given: str = "") -> None:
    """Refuse a change that did not come from our own pages; a form gives the token as one of its fields."""
    check_site(http)
    if not compare_digest((http.headers.get(CSRF_HEADER) or given).encode(), expected.encode()):
        raise NotAllowed(f"The header {CSRF_HEADER} is missing or old. Load the page again.")


def check_site(http: HttpRequest) -> None:
    """Refuse what a page of another site sends."""
    site, origin = http.headers.get("Sec-Fetch-Site"), http.headers.get("Origin")
    # Over plain http browsers say only the origin.
    is_ours = site in {"same-origin", "none"} if site else origin is None or urlsplit(origin).netloc == http.url.netloc
    if not is_ours:
        raise NotAllowed("This request came from another site.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in a program: what routes hand to the bus."""

    house: House
    request: Request
    identity: Identity
    key: tuple[str, bytes] | None = None
    """The Idempotency-Key with what is asked under it."""

    def do(self, command: Command, put: Callable[[Any], Any] = lambda result: result) -> Any:
        """Carry out a command and put its result as the answer; under a key, the first answer is given again."""
        if self.key is None:
            return put(self.house.do(command, self.request))
        key, asked = self.key
        return self.house.do(command, self.request, once=Once(key, asked, lambda result: jsonable_encoder(put(result))))

    def without_key(self) -> Asked:
        """This request, refused under a key: its answer holds a secret, which is shown once and kept nowhere."""
        if self.key is not None:
            raise BadInput(
                "this answer holds a secret, so it is not kept to be given again.",
                place="Idempotency-Key",
                remedy="Leave the key out.",
            )
        return self

    def read(
        self, question: Callable[..., Any], *, needs: str, about: dict[str, Any] | None = None, **given: Any
    ) -> Any:
        """Answer a question with what it is given."""
        asked = partial(question, **given) if given else question
        return self.house.read(asked, self.request, needs=needs, **(about or {}))


async def _body(http: HttpRequest) -> bytes:
    return await http.body()


def asked(
    http: HttpRequest,
    identity: Annotated[Identity, Depends(signed_in)],
    body: Annotated[bytes, Depends(_body)],
    housestaff_program: Annotated[str | None, Header(description="id or code; needed with several programs")] = None,
    idempotency_key: Annotated[
        str | None, Header(max_length=200, description="on POST: the same key and body get the first answer for a day")
    ] = None,
) -> Asked:
    """The request in the program that the header chooses, or in the only one that there is."""
    house: House = http.app.state.house
    ip = http.client.host if http.client else ""
    request = Request(
        program_id=_chosen(house, identity, housestaff_program),
        user_id=identity.user_id,
        door="api",
        correlation_id=correlation_of(http),
        ip=ip,
    )
    place = f"{http.method} {http.url.path}\n".encode()
    key = (idempotency_key, place + body) if idempotency_key and http.method == "POST" else None
    return Asked(house, request, identity, key)


InProgram = Annotated[Asked, Depends(asked)]
SignedIn = Annotated[Identity, Depends(signed_in)]


def _chosen(house: House, identity: Identity, wanted: str | None) -> UUID:
    """The program that is asked for; one in which the caller has no role is refused later, where it can be audited."""
    if wanted is None:
        if len(identity.programs) == 1:
            return identity.programs[0][0]
        if not identity.programs:
            raise NotFound("You have no program here.")
        raise BadInput(
            "you have several programs.",
            place="Housestaff-Program",
            remedy=f"Name one of {', '.join(code for _id, code in identity.programs)}.",
        )
    for id_, code in identity.programs:
        if wanted in {str(id_), code}:
            return id_
    try:
        return UUID(wanted)
    except ValueError:
        found = _of_code(house, identity, wanted)
    if found is None:
        raise NoRole("There is no such program for you.")
    return found


def _of_code(house: House, identity: Identity, code: str) -> UUID | None:
    with house.database.transaction(user=identity.user_id) as connection:
        return connection.execute(sa.text("SELECT program_of_code(:code)"), {"code": code}).scalar_one()


def on_own_login(http: HttpRequest, identity: Identity) -> Request:
    """A request about the caller's own login: it takes no role, and stands in the chain of their first program."""
    if not identity.programs:
        raise NotFound("You have no program here.")
    return Request(
        identity.programs[0][0],
        identity.user_id,
        "api",
        correlation_of(http),
        ip=client_of(http)[0],
        kind="login",
    )


def refuse_scripts(identity: Identity) -> None:
    """Refuse what only the owner of a login may do, and no token that acts for them."""
    if not identity.is_browser:
        raise NotAllowed("An API token cannot do this. Sign in with a browser.")


def give_session(http: HttpRequest, answer: Response, secret: str) -> None:
    """Let a browser keep its session, in a cookie that no script can read."""
    is_https = http.url.scheme == "https"
    answer.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="lax", secure=is_https, path="/")


def client_of(http: HttpRequest) -> tuple[str, str]:
    """Where a request comes from: its address, and what program made it."""
    return http.client.host if http.client else "", http.headers.get("User-Agent", "")


def correlation_of(http: HttpRequest) -> UUID:
    """The correlation id of a request: the caller's, if it is a UUID, else a new one."""
    if not hasattr(http.state, "correlation_id"):
        try:
            http.state.correlation_id = UUID(http.headers.get("X-Correlation-Id", ""))
        except ValueError:
            http.state.correlation_id = new_id()
    return http.state.correlation_id
