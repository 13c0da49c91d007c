"""What people do to their own login, carried out: passwords, tokens for scripts, and taking up an invitation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import BadInput, NotFound
from housestaff.core.events import MembershipChanged, PasswordResetAsked
from housestaff.features.accounts.commands import (
    AcceptInvitation,
    AskPasswordReset,
    ChangePassword,
    MakeApiToken,
    ResetPassword,
    RevokeApiToken,
)
from housestaff.features.accounts.model import RESET_LIFE
from housestaff.features.accounts.store import API_TOKEN, APP_USER, INVITATION, PASSWORD_RESET, SESSION, Accounts
from housestaff.plumbing.access import LinkOver
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.crypto import Sealer, hash_of_token
from housestaff.plumbing.unit import Unit


@handles(AcceptInvitation)
def accept_invitation(ask: AcceptInvitation, unit: Unit, accounts: Accounts) -> UUID:
    """The invited user has the role; a new one has a name and a password of their own."""
    asked = sa.select(INVITATION).where(INVITATION.c.token_hash == ask.token_hash).with_for_update()
    row = _still_good(unit.connection.execute(asked).one_or_none(), "accepted_at", unit.now)
    user = unit.connection.execute(sa.select(APP_USER).where(APP_USER.c.user_id == row.user_id)).one()
    is_new = user.password_hash is None and user.oidc_subject is None
    if is_new and ask.password_hash is None and not ask.may_lack_a_password:
        raise BadInput("a new login needs a password.", place="password", remedy="Choose one.")
    mine = APP_USER.update().where(APP_USER.c.user_id == row.user_id)
    if is_new and ask.password_hash is not None:
        unit.connection.execute(mine.values(password_hash=ask.password_hash))
    if is_new and ask.display_name:
        unit.connection.execute(mine.values(display_name=ask.display_name))
    unit.connection.execute(
        INVITATION.update().where(INVITATION.c.invitation_id == row.invitation_id).values(accepted_at=unit.now)
    )
    accounts.grant(row.user_id, row.role, rank=row.rank, person_id=row.person_id)
    unit.is_about("user", row.user_id, changes={"role": [None, row.role], "person_id": [None, row.person_id]})
    unit.tell(MembershipChanged(user_id=row.user_id, fields=("role",), from_day=unit.now.date()))
    return row.user_id


@handles(AskPasswordReset)
def ask_password_reset(ask: AskPasswordReset, unit: Unit, sealer: Sealer) -> None:
    """A link is on its way to the address of the user."""
    del ask
    user_id = _me(unit)
    reset_id, expires_at = new_id(), unit.now + RESET_LIFE
    unit.connection.execute(
        PASSWORD_RESET.insert().values(
            reset_id=reset_id,
            token_hash=hash_of_token(sealer.token("password_reset", reset_id)),
            user_id=user_id,
            through=unit.program_id,
            created_at=unit.now,
            expires_at=expires_at,
        )
    )
    email = unit.connection.execute(sa.select(APP_USER.c.email).where(APP_USER.c.user_id == user_id)).scalar_one()
    unit.is_about("user", user_id)
    unit.tell(PasswordResetAsked(user_id=user_id, address_fingerprint=sealer.fingerprint(email), expires_at=expires_at))


@handles(ResetPassword)
def reset_password(ask: ResetPassword, unit: Unit) -> None:
    """The new password holds, every session ends, and no older link works."""
    asked = sa.select(PASSWORD_RESET).where(PASSWORD_RESET.c.token_hash == ask.token_hash).with_for_update()
    row = _still_good(unit.connection.execute(asked).one_or_none(), "used_at", unit.now)
    unit.connection.execute(
        PASSWORD_RESET.update()
        .where(PASSWORD_RESET.c.user_id == row.user_id, PASSWORD_RESET.c.used_at.is_(None))
        .values(used_at=unit.now)
    )
    _set_password(unit, row.user_id, ask.password_hash, but=None)


@handles(ChangePassword)
def change_password(ask: ChangePassword, unit: Unit) -> None:
    """The new password holds, and every other session ends."""
    _set_password(unit, _me(unit), ask.password_hash, but=ask.session_id)


@handles(MakeApiToken)
def make_api_token(ask: MakeApiToken, unit: Unit) -> UUID:
    """The token is kept as a hash; whoever made it has seen it once."""
    token_id = new_id()
    unit.connection.execute(
        API_TOKEN.insert().values(
            token_hash=ask.token_hash,
            token_id=token_id,
            user_id=_me(unit),
            name=ask.name,
            created_at=unit.now,
            expires_at=ask.expires_at,
        )
    )
    unit.is_about("api_token", token_id, changes={"name": [None, ask.name]})
    return token_id


@handles(RevokeApiToken)
def revoke_api_token(ask: RevokeApiToken, unit: Unit) -> None:
    """The token is worth nothing from now on."""
    done = unit.connection.execute(
        API_TOKEN.update()
        .where(API_TOKEN.c.token_id == ask.token_id, API_TOKEN.c.user_id == _me(unit), API_TOKEN.c.revoked_at.is_(None))
        .values(revoked_at=unit.now)
    )
    if not done.rowcount:
        raise NotFound("There is no such token of yours.")
    unit.is_about("api_token", ask.token_id)


def _still_good(row: Any, used: str, now: datetime) -> Any:
    if row is None:
        raise NotFound("There is no such link.")
    if getattr(row, used) is not None or row.expires_at <= now:
        raise LinkOver("This link was used already, or its time is over. Ask for a new one.")
    return row


def _set_password(unit: Unit, user_id: UUID, password_hash: str, *, but: UUID | None) -> None:
    unit.connection.execute(APP_USER.update().where(APP_USER.c.user_id == user_id).values(password_hash=password_hash))
    ended = SESSION.update().where(SESSION.c.user_id == user_id, SESSION.c.revoked_at.is_(None))
    if but is not None:
        ended = ended.where(SESSION.c.session_id != but)
    unit.connection.execute(ended.values(revoked_at=unit.now))
    unit.is_about("user", user_id)


def _me(unit: Unit) -> UUID:
    if unit.request.user_id is None:
        raise NotFound("Nobody is signed in.")
    return unit.request.user_id
