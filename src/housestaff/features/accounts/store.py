"""The tables of accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from housestaff.features.accounts.model import Place, User
from housestaff.plumbing.access import Principal
from housestaff.plumbing.database import INSTANT, JSON, house_table, program_table
from housestaff.plumbing.unit import Request, Unit

INSTITUTION = house_table(
    "institution",
    sa.Column("institution_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
)
PROGRAM = program_table(
    "program",
    sa.Column("institution_id", sa.Uuid, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("default_locale", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
)
APP_USER = house_table(
    "app_user",
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("oidc_subject", sa.Text, unique=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("preferences", JSON, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
)
INSTITUTION_ADMIN = house_table(
    "institution_admin",
    sa.Column("institution_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
)
MEMBERSHIP = program_table(
    "membership",
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("rank", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("since", INSTANT, nullable=False),
)
SESSION = house_table(
    "session",
    sa.Column("session_hash", sa.Text, primary_key=True),
    sa.Column("session_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("csrf_token", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("last_seen_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("revoked_at", INSTANT),
    sa.Column("ip", sa.Text, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
)
API_TOKEN = house_table(
    "api_token",
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("token_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("revoked_at", INSTANT),
)
INVITATION = program_table(
    "invitation",
    sa.Column("invitation_id", sa.Uuid, primary_key=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("rank", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("accepted_at", INSTANT),
)
PASSWORD_RESET = house_table(
    "password_reset",
    sa.Column("reset_id", sa.Uuid, primary_key=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("through", sa.Uuid, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("used_at", INSTANT),
)
ATTEMPT = house_table(
    "attempt",
    sa.Column("attempt_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("at", INSTANT, nullable=False),
)


def user_of_row(row: Any) -> User:
    """A user as it stands in its row."""
    return User(row.user_id, row.email, row.display_name, row.locale, row.active)


def find_principal(connection: sa.Connection, request: Request) -> Principal | None:
    """Who asks, in the program of the transaction; nothing for somebody who has no role there or is inactive."""
    user = connection.execute(sa.select(APP_USER).where(APP_USER.c.user_id == request.user_id)).one_or_none()
    program = connection.execute(sa.select(PROGRAM).where(PROGRAM.c.program_id == request.program_id)).one_or_none()
    if user is None or program is None or not user.active:
        return None
    rows = connection.execute(
        sa.select(MEMBERSHIP.c.role, MEMBERSHIP.c.rank, MEMBERSHIP.c.person_id).where(
            MEMBERSHIP.c.program_id == request.program_id,
            MEMBERSHIP.c.user_id == request.user_id,
            MEMBERSHIP.c.active,
        )
    ).all()
    roles = [row.role for row in rows]
    admins = sa.select(INSTITUTION_ADMIN.c.user_id).where(
        INSTITUTION_ADMIN.c.institution_id == program.institution_id, INSTITUTION_ADMIN.c.user_id == request.user_id
    )
    if connection.execute(admins).first() is not None:
        roles.append("admin")
    if not roles:
        return None
    return Principal(
        user_id=user.user_id,
        roles=tuple(dict.fromkeys(roles)),
        person_id=next((row.person_id for row in rows if row.person_id), None),
        rank=next((row.rank for row in rows if row.rank), ""),
        is_suspended=program.state == "suspended",
        locale=user.locale,
    )


def places_of(connection: sa.Connection, user_id: UUID) -> list[Place]:
    """The programs in which a user has a role, by code; the transaction must name the user."""
    is_admin = sa.exists().where(
        INSTITUTION_ADMIN.c.institution_id == PROGRAM.c.institution_id, INSTITUTION_ADMIN.c.user_id == user_id
    )
    mine = (MEMBERSHIP.c.program_id == PROGRAM.c.program_id) & (MEMBERSHIP.c.user_id == user_id) & MEMBERSHIP.c.active
    rows = connection.execute(
        sa.select(PROGRAM, MEMBERSHIP.c.role, MEMBERSHIP.c.person_id, is_admin.label("is_admin"))
        .select_from(PROGRAM.outerjoin(MEMBERSHIP, mine))
        .where(is_admin | MEMBERSHIP.c.role.is_not(None))
        .order_by(PROGRAM.c.code)
    )
    found: dict[UUID, Place] = {}
    for row in rows:
        roles = tuple(role for role in ("admin" if row.is_admin else "", row.role or "") if role)
        place = found.get(row.program_id, Place(row.program_id, row.code, row.name, (), None, row.zone))
        found[row.program_id] = replace(
            place,
            roles=tuple(dict.fromkeys((*place.roles, *roles))),
            person_id=place.person_id or row.person_id,
        )
    return list(found.values())


class Accounts:
    """Users and memberships of the program of a unit."""

    def __init__(self, unit: Unit) -> None:
        """Read and write in the unit's transaction."""
        self._unit = unit

    def user_by_email(self, email: str) -> User | None:
        """The user of an address."""
        row = self._unit.connection.execute(sa.select(APP_USER).where(APP_USER.c.email == email)).one_or_none()
        return user_of_row(row) if row else None

    def add_user(self, user: User) -> None:
        """A new login, without a password until its owner sets one."""
        self._unit.connection.execute(
            APP_USER.insert().values(
                user_id=user.user_id,
                email=user.email,
                display_name=user.display_name,
                active=user.active,
                locale=user.locale,
                preferences={},
                created_at=self._unit.now,
            )
        )

    def grant(self, user_id: UUID, role: str, *, rank: str = "", person_id: str | None = None) -> None:
        """Give a user a role in the program, or give it back."""
        row = {
            "program_id": self._unit.program_id,
            "user_id": user_id,
            "role": role,
            "rank": rank,
            "person_id": person_id,
            "active": True,
            "since": self._unit.now,
        }
        kept = {key: row[key] for key in ("rank", "person_id", "active")}
        upsert = insert(MEMBERSHIP).values(row)
        self._unit.connection.execute(
            upsert.on_conflict_do_update(index_elements=["program_id", "user_id", "role"], set_=kept)
        )

    def revoke(self, user_id: UUID, role: str) -> bool:
        """Take a role away; says whether it was there."""
        done = self._unit.connection.execute(
            MEMBERSHIP.update()
            .where(MEMBERSHIP.c.user_id == user_id, MEMBERSHIP.c.role == role, MEMBERSHIP.c.active)
            .values(active=False)
        )
        return bool(done.rowcount)

    def role(self, user_id: UUID, role: str) -> dict[str, Any]:
        """A user's active role in the program with its rank and person; empty where they have it not."""
        asked = sa.select(MEMBERSHIP.c.role, MEMBERSHIP.c.rank, MEMBERSHIP.c.person_id).where(
            MEMBERSHIP.c.program_id == self._unit.program_id,
            MEMBERSHIP.c.user_id == user_id,
            MEMBERSHIP.c.role == role,
            MEMBERSHIP.c.active,
        )
        return dict(self._unit.connection.execute(asked).mappings().one_or_none() or {})

    def users_of_persons(self, persons: list[str]) -> dict[str, User]:
        """The active logins of persons, by the person."""
        asked = (
            sa.select(APP_USER, MEMBERSHIP.c.person_id)
            .join(MEMBERSHIP, MEMBERSHIP.c.user_id == APP_USER.c.user_id)
            .where(
                MEMBERSHIP.c.program_id == self._unit.program_id,
                MEMBERSHIP.c.person_id.in_(persons),
                MEMBERSHIP.c.active,
                APP_USER.c.active,
            )
        )
        return {row.person_id: user_of_row(row) for row in self._unit.connection.execute(asked)}

    def memberships(self) -> list[dict[str, Any]]:
        """Every active membership of the program, with the user."""
        asked = (
            sa.select(MEMBERSHIP, APP_USER.c.email, APP_USER.c.display_name)
            .join(APP_USER, APP_USER.c.user_id == MEMBERSHIP.c.user_id)
            .where(MEMBERSHIP.c.program_id == self._unit.program_id, MEMBERSHIP.c.active)
            .order_by(MEMBERSHIP.c.user_id, MEMBERSHIP.c.role)
        )
        return [dict(row) for row in self._unit.connection.execute(asked).mappings()]
