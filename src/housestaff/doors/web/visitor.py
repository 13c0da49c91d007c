"""Who looks at a page, in which program, and how they read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response
from fastapi import Request as HttpRequest
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile

from housestaff.core.command import Command
from housestaff.core.errors import BadInput
from housestaff.doors.web.rendering import languages, render
from housestaff.features.accounts.queries import program_seen
from housestaff.features.accounts.sign_in import SignIn
from housestaff.features.notices.store import Notices
from housestaff.files.kinds import DAY
from housestaff.plumbing.access import Principal, allow
from housestaff.plumbing.bus import House
from housestaff.plumbing.http import (
    SESSION_COOKIE,
    Asked,
    Identify,
    Identity,
    NotSignedIn,
    check_csrf,
    client_of,
    correlation_of,
)
from housestaff.plumbing.i18n import Texts
from housestaff.plumbing.unit import Request, Unit

PROGRAM_COOKIE, THEME_COOKIE, LANGUAGE_COOKIE = "housestaff_program", "housestaff_theme", "housestaff_language"
THEMES = ("system", "light", "dark")
_A_YEAR = 365 * 24 * 3600
_SAFE = frozenset({"GET", "HEAD"})
_UNSAFE_NAMES = frozenset({"csrf"})


@dataclass(frozen=True)
class Looks:
    """How a page is shown to somebody: their language, their theme, where they are."""

    http: HttpRequest
    texts: Texts

    def page(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page, or the part of one that a script asked for."""
        theme = self.http.cookies.get(THEME_COOKIE, THEMES[0])
        shared = {
            "path": self.http.url.path,
            "said": self.http.query_params.get("said", ""),
            "theme": theme if theme in THEMES else THEMES[0],
            "languages": languages(),
            "visitor": None,
            "is_part": "HX-Request" in self.http.headers,
        }
        return HTMLResponse(render(template, self.texts, {**shared, **self.more(), **context}), status)

    def more(self) -> dict[str, Any]:
        """What every page of this kind of reader shows."""
        return {}


@dataclass(frozen=True)
class Visitor(Looks):
    """Somebody who is signed in, in the program that they have chosen."""

    identity: Identity
    asked: Asked | None
    principal: Principal | None
    program_name: str
    unread: int

    def more(self) -> dict[str, Any]:
        """Who looks, for the head of the page."""
        return {"visitor": self}

    @property
    def name(self) -> str:
        """The name of who is signed in."""
        return self.identity.login.user.display_name

    @property
    def csrf(self) -> str:
        """The token that shows that a form is ours."""
        return self.identity.csrf_token

    @property
    def code(self) -> str:
        """The code of the chosen program."""
        chosen = self.asked.request.program_id if self.asked else None
        return next((code for id_, code in self.identity.programs if id_ == chosen), "")

    @property
    def now(self) -> datetime:
        """The instant."""
        door: SignIn = self.http.app.state.sign_in
        return door.now()

    def may(self, permission: str, *, person: str | None = None) -> bool:
        """Whether they may do something in the program, so that a page offers it."""
        return self.principal is not None and allow(self.principal, permission, person=person) is not None

    def do(self, command: Command) -> Any:
        """Carry out a command."""
        return self.there.do(command)

    def read(self, question: Callable[..., Any], *, needs: str, **given: Any) -> Any:
        """Answer a question."""
        return self.there.read(question, needs=needs, **given)

    @property
    def there(self) -> Asked:
        """The request in the program; refused for somebody who has none."""
        if self.asked is None:
            raise BadInput("you have a role in no program yet.", remedy="Ask a coordinator to invite you.")
        return self.asked


class Form:
    """What a form has sent."""

    def __init__(self, data: FormData) -> None:
        """Keep it as it came."""
        self._data = data

    def __contains__(self, name: str) -> bool:
        """Whether a field was sent."""
        return name in self._data

    def text(self, name: str, default: str = "") -> str:
        """A field as text, without the spaces around it."""
        found = self._data.get(name, default)
        return found.strip() if isinstance(found, str) else default

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [each for each in self._data.getlist(name) if isinstance(each, str)]

    def number(self, name: str) -> int:
        """A field as a whole number."""
        found = self.text(name)
        try:
            return int(found)
        except ValueError:
            raise BadInput(f"'{found}' is no number.", place=name, remedy="Write digits only.") from None

    def fields(self, prefix: str = "") -> dict[str, str]:
        """The fields whose names begin alike, without what they begin with."""
        return {
            name.removeprefix(prefix): self.text(name)
            for name in self._data
            if name.startswith(prefix) and name not in _UNSAFE_NAMES
        }

    def numbers(self, prefix: str) -> list[int]:
        """The numbers that stand behind a prefix in the names of fields, as rows have them."""
        found = (name.partition(".")[0] for name in self.fields(prefix))
        return sorted({int(number) for number in found if number.isdigit()})

    def day(self, name: str) -> date:
        """A field as a date."""
        try:
            return DAY.read(self.text(name))
        except BadInput as error:
            raise BadInput(error.problem, place=name, remedy=error.remedy) from None

    async def content(self, name: str) -> tuple[str, bytes]:
        """A file: its name and what is in it."""
        found = self._data.get(name)
        if not isinstance(found, UploadFile) or not found.filename:
            raise BadInput("no file was chosen.", place=name, remedy="Choose one and send the form again.")
        return found.filename, await found.read()


async def form(http: HttpRequest) -> AsyncIterator[Form]:
    """The form of a request, read once; the files in it are closed when the answer is made."""
    async with http.form() as data:
        yield Form(data)


def stranger(http: HttpRequest) -> Looks:
    """Somebody who is not signed in; their browser says what they read."""
    return Looks(http, Texts(_language_of(http), "en", "UTC"))


def _language_of(http: HttpRequest) -> str:
    chosen = http.cookies.get(LANGUAGE_COOKIE)
    return chosen or http.headers.get("Accept-Language", "en").partition(",")[0].partition(";")[0].strip()


def visitor(http: HttpRequest, sent: Annotated[Form, Depends(form)]) -> Visitor:
    """Who is signed in; raises `NotSignedIn`, and refuses a form that is not ours."""
    identify: Identify = http.app.state.identify
    identity = identify(session=http.cookies.get(SESSION_COOKIE), token=None)
    if identity is None:
        raise NotSignedIn("Sign in first: your session is over, or there was none.")
    if http.method not in _SAFE:
        check_csrf(http, identity.csrf_token, given=sent.text("csrf"))
    program = _chosen(http, identity)
    user = identity.login.user
    language = http.cookies.get(LANGUAGE_COOKIE) or user.locale
    if program is None:
        return Visitor(http, Texts(language, "en", "UTC"), identity, None, None, "", 0)
    house: House = http.app.state.house
    request = Request(program, identity.user_id, "web", correlation_of(http), ip=client_of(http)[0])
    principal, name, zone, locale, unread = house.read(_head, request, needs="notice:read")
    return Visitor(
        http, Texts(language, locale, zone), identity, Asked(house, request, identity), principal, name, unread
    )


def _chosen(http: HttpRequest, identity: Identity) -> UUID | None:
    """The program that was chosen last, or the first one."""
    wanted = http.cookies.get(PROGRAM_COOKIE, "")
    found = [id_ for id_, code in identity.programs if code == wanted]
    return (found or [id_ for id_, _code in identity.programs] or [None])[0]


def _head(unit: Unit, notices: Notices) -> tuple[Principal | None, str, str, str, int]:
    name, zone, locale = program_seen(unit)
    unread = notices.unread(unit.request.user_id) if unit.request.user_id is not None else 0
    return unit.principal, name, zone, locale, unread


def remember(answer: Response, cookie: str, value: str) -> None:
    """Keep a choice in the browser for a year."""
    answer.set_cookie(cookie, value, max_age=_A_YEAR, samesite="lax", path="/")


def to(path: str, *, said: str = "") -> RedirectResponse:
    """Go on to another page, which says what was done (a key of said.html)."""
    mark = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{mark}said={said}" if said else path, status_code=303)


Anybody = Annotated[Looks, Depends(stranger)]
Page = Annotated[Visitor, Depends(visitor)]
Sent = Annotated[Form, Depends(form)]
