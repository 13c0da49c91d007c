"""What IT looks at: dead letters, consumers, jobs, the pool, flags; and the audit chain, for whoever may read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.doors.web.visitor import Page, Sent, to
from housestaff.features.flags import queries as flags
from housestaff.features.operations import queries
from housestaff.features.operations.commands import DiscardDeadLetter, ReplayConsumer, ReplayDeadLetter, SwitchConsumer
from housestaff.features.schedules.queries import authors
from housestaff.plumbing.unit import Unit

router = APIRouter()
A_PAGE = 50


@router.get("/operations")
def operations(page: Page, before: UUID | None = None) -> Response:
    """Everything on one page."""
    letters = page.read(
        queries.dead_letters, needs="ops:dead_letters", state=None, name=None, limit=A_PAGE, before=before
    )
    return page.page(
        "operations.html",
        letters=letters,
        more=letters[-1]["dead_letter_id"] if len(letters) == A_PAGE else None,
        consumers=page.read(queries.consumers, needs="ops:jobs", names=page.there.house.durable),
        jobs=page.read(queries.jobs, needs="ops:jobs"),
        pool=page.read(queries.pool_now, needs="ops:pool"),
        shares=page.read(queries.pool_shares, needs="ops:pool"),
        flags=page.read(flags.listed, needs="flag:write"),
    )


@router.post("/operations/dead-letters/{letter}/replay")
def replay(letter: UUID, page: Page) -> Response:
    """Run it again."""
    page.do(ReplayDeadLetter(dead_letter_id=letter))
    return to("/operations", said="saved")


@router.post("/operations/dead-letters/{letter}/discard")
def discard(letter: UUID, page: Page, sent: Sent) -> Response:
    """Close it without running it."""
    page.do(DiscardDeadLetter(dead_letter_id=letter, reason=sent.text("reason")))
    return to("/operations", said="saved")


@router.post("/operations/consumers/{name}/replay")
def replay_consumer(name: str, page: Page) -> Response:
    """Run all open ones of a consumer again."""
    page.do(ReplayConsumer(name=name))
    return to("/operations", said="saved")


@router.post("/operations/consumers/{name}/switch")
def switch(name: str, page: Page, sent: Sent) -> Response:
    """Switch a consumer off or on."""
    page.do(SwitchConsumer(name=name, on=sent.text("on") == "yes"))
    return to("/operations", said="saved")


@router.get("/audit")
def audit(page: Page, before: int | None = None, subject_id: str = "", action: str = "") -> Response:
    """The audit chain, the newest entry first."""
    wanted = queries.Wanted(subject_id=subject_id or None, action=action or None)
    entries: list[dict[str, Any]] = page.read(
        queries.audit, needs="audit:read", wanted=wanted, limit=A_PAGE, before=before
    )
    names = page.read(_names, needs="audit:read", users=tuple(each["actor_user_id"] for each in entries))
    more = entries[-1]["chain_no"] if len(entries) == A_PAGE else None
    return page.page("audit.html", entries=entries, names=names, more=more, subject_id=subject_id, action=action)


def _names(unit: Unit, *, users: tuple[UUID | None, ...]) -> dict[UUID, str]:
    return authors(unit, users)
