"""The rules that are broken: the work list, one violation with its history, and what can be done about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.core.errors import BadInput, NotAllowed, Stale
from housestaff.core.time import hours_and_minutes
from housestaff.doors.web.visitor import Page, Sent, Visitor, to
from housestaff.features.compliance import queries
from housestaff.features.compliance.commands import AcknowledgeViolation, ApplyOverride, RevokeOverride
from housestaff.features.compliance.model import CRITICAL, title_of
from housestaff.features.schedules.queries import authors, names
from housestaff.plumbing.unit import Unit

router = APIRouter(prefix="/violations")
MOST_SHOWN = 200
_PERMISSIONS = {"critical": "override:apply_critical", "warning": "override:apply_warning"}


@router.get("")
def listed(page: Page, state: str = queries.STANDING, severity: str = "", person: str = "") -> Response:
    """What breaks a rule, the gravest and oldest first; one's own for a resident."""
    wanted = queries.Wanted(state=state, severity=severity, person=person)
    found = page.read(queries.listed, needs="violation:read", wanted=wanted)
    return page.page(
        "violations.html",
        violations=found[:MOST_SHOWN],
        left_out=max(0, len(found) - MOST_SHOWN),
        wanted=wanted,
        states=queries.STATES,
        names=page.read(names, needs="schedule:read"),
        title_of=title_of,
        amount=_amount(page),
    )


@router.get("/{violation_id}")
def one(violation_id: UUID, page: Page) -> Response:
    """One violation with everything that was entered about it."""
    return _one(page, violation_id)


def _one(page: Visitor, violation_id: UUID, *, problem: str = "", typed: dict[str, str] | None = None) -> Response:
    told: queries.Told = page.read(queries.one, needs="violation:read", violation_id=violation_id)
    held, is_critical = told.violation, told.violation.severity == CRITICAL
    users = [held.acknowledged_by, *(each["applied_by"] for each in told.overrides)]
    needed = "violation:acknowledge_critical" if is_critical else "violation:acknowledge"
    longest: int = page.read(queries.longest_override, needs="violation:read")
    tomorrow = page.now.astimezone(page.texts.zone).date() + timedelta(days=1)
    return page.page(
        "violation.html",
        status=400 if problem else 200,
        violation=held,
        entries=told.entries,
        overrides=told.overrides,
        who=page.read(_authors, needs="violation:read", users=tuple(users)),
        names=page.read(names, needs="schedule:read"),
        title=title_of(held.rule),
        amount=_amount(page),
        may_acknowledge=held.state == "open" and page.may(needed, person=""),
        may_override=held.state in {"open", "acknowledged"} and page.may(_PERMISSIONS[held.severity], person=""),
        may_revoke=page.may("override:revoke", person=""),
        first_end=tomorrow,
        last_end=tomorrow + timedelta(days=longest - 1),
        problem=problem,
        typed=typed or {},
    )


@router.post("/{violation_id}/acknowledge")
def acknowledge(violation_id: UUID, page: Page, sent: Sent) -> Response:
    """Say that one takes care of it."""
    page.do(AcknowledgeViolation(violation_id=violation_id, note=sent.text("note")))
    return to(f"/violations/{violation_id}", said="saved")


@router.post("/{violation_id}/override")
def override(violation_id: UUID, page: Page, sent: Sent) -> Response:
    """Accept it for a time; what is refused is told in the form, and nothing that was typed is lost."""
    try:
        command = ApplyOverride(
            violation_ids=(violation_id,),
            reason_code=sent.text("reason_code"),
            justification=sent.text("justification"),
            expires_at=_end(page, sent),
        )
        page.do(command)
    except (BadInput, Stale, NotAllowed) as error:
        return _one(page, violation_id, problem=str(error), typed=sent.fields())
    return to(f"/violations/{violation_id}", said="saved")


def _end(page: Visitor, sent: Sent) -> datetime:
    """The end of an override on a date: at the time of day of now, so that it is whole days."""
    zone = page.texts.zone
    return datetime.combine(sent.day("until"), page.now.astimezone(zone).time(), zone)


@router.post("/{violation_id}/overrides/{override_id}/revoke")
def revoke(violation_id: UUID, override_id: UUID, page: Page) -> Response:
    """Take an override back."""
    page.do(RevokeOverride(override_id=override_id))
    return to(f"/violations/{violation_id}", said="saved")


def _authors(unit: Unit, *, users: tuple[UUID | None, ...]) -> dict[UUID, str]:
    return authors(unit, users)


def _amount(page: Visitor) -> Any:
    """How an amount is written: hours as the judge tells them, everything else as a number."""

    def written(amount: int, unit: str) -> str:
        return hours_and_minutes(amount) if unit == "minutes" else page.texts.number(amount)

    return written
