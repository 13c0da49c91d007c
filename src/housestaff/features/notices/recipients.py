"""Who is told: an audience, resolved to the active users of the program as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa

from housestaff.features.accounts.store import APP_USER, INSTITUTION_ADMIN, MEMBERSHIP
from housestaff.features.notices.model import Audience, Recipient
from housestaff.plumbing import counts
from housestaff.plumbing.unit import Unit


class Recipients:
    """The people of the program of a unit who can be told something."""

    def __init__(self, unit: Unit, institution_id: UUID) -> None:
        """Read in the unit's transaction; admins are those of the institution."""
        self._unit, self._institution_id = unit, institution_id

    def of(self, type_: str, audience: Audience) -> list[Recipient]:
        """Everybody of an audience, each once; a role or a step that nobody holds is counted."""
        found: dict[str | None, Recipient] = {}
        if audience.chain:
            found = {each.user_id: each for each in self._first_step(type_, audience)}
            for each in self._holders(audience.copied) if audience.copied else ():
                found.setdefault(each.user_id, each)
            return list(found.values())
        for role in audience.roles:
            holders = list(self._holders((role,)))
            if not holders:
                counts.count(self._unit, "recipients_empty_total", notice_type=type_, step=role)
            found |= {each.user_id: each for each in holders}
        for each in self._of_persons(audience.persons) if audience.persons else ():
            found.setdefault(each.user_id, each)
        for each in self._users(APP_USER.c.user_id.in_(audience.users)) if audience.users else ():
            found.setdefault(each.user_id, each)
        if not found and not audience.roles:
            counts.count(self._unit, "recipients_empty_total", notice_type=type_, step="persons")
        return list(found.values())

    def _first_step(self, type_: str, audience: Audience) -> list[Recipient]:
        """The first step of a chain that has anybody, after those that were passed."""
        passed = audience.passed
        for step in audience.roles:
            holders = list(self._holders((step,)))
            if holders and not passed:
                return holders
            if holders:
                passed -= 1
            else:
                counts.count(self._unit, "recipients_empty_total", notice_type=type_, step=step)
        return []

    def _holders(self, roles: Sequence[str]) -> Iterator[Recipient]:
        of_program = sa.select(MEMBERSHIP.c.user_id).where(
            MEMBERSHIP.c.program_id == self._unit.program_id,
            sa.or_(*(_has(role) for role in roles)),
            MEMBERSHIP.c.active,
        )
        wanted = APP_USER.c.user_id.in_(of_program)
        if "admin" in roles:
            admins = sa.select(INSTITUTION_ADMIN.c.user_id).where(
                INSTITUTION_ADMIN.c.institution_id == self._institution_id
            )
            wanted = wanted | APP_USER.c.user_id.in_(admins)
        yield from self._users(wanted)

    def _of_persons(self, persons: Sequence[str]) -> Iterator[Recipient]:
        asked = (
            sa.select(APP_USER, MEMBERSHIP.c.person_id)
            .join(MEMBERSHIP, MEMBERSHIP.c.user_id == APP_USER.c.user_id)
            .where(
                MEMBERSHIP.c.program_id == self._unit.program_id,
                MEMBERSHIP.c.person_id.in_(persons),
                MEMBERSHIP.c.active,
                APP_USER.c.active,
            )
            .order_by(APP_USER.c.email)
        )
        for row in self._unit.connection.execute(asked):
            yield Recipient(str(row.user_id), row.email, row.locale, row.preferences, row.person_id)

    def _users(self, wanted: sa.ColumnElement[bool]) -> Iterator[Recipient]:
        asked = sa.select(APP_USER).where(wanted, APP_USER.c.active).order_by(APP_USER.c.email)
        for row in self._unit.connection.execute(asked):
            yield Recipient(str(row.user_id), row.email, row.locale, row.preferences)


def _has(step: str) -> sa.ColumnElement[bool]:
    """Whether a membership is of a step: a role, behind a colon with its rank; who is no associate is a director."""
    role, _colon, rank = step.partition(":")
    wanted = MEMBERSHIP.c.role == role
    if not rank:
        return wanted
    is_associate = sa.func.coalesce(MEMBERSHIP.c.rank, "") == "associate"
    return wanted & (is_associate if rank == "associate" else sa.not_(is_associate))
