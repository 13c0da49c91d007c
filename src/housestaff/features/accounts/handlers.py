"""The commands of accounts, carried out."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import BadInput, NotAllowed, NotFound, Stale
from housestaff.core.events import MembershipChanged, ProgramResumed, ProgramSuspended, UserInvited
from housestaff.features.accounts.commands import GrantRole, Invite, ResumeProgram, RevokeRole, SuspendProgram
from housestaff.features.accounts.model import INVITATION_LIFE, User, as_email
from housestaff.features.accounts.store import INVITATION, PROGRAM, Accounts
from housestaff.plumbing.access import ROLES, may_give
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.crypto import Sealer, hash_of_token
from housestaff.plumbing.unit import Unit

RANKS = ("", "director", "associate")


@handles(GrantRole)
def grant_role(ask: GrantRole, unit: Unit, accounts: Accounts) -> UUID:
    """The user of that address, made if new, has the role from now on."""
    user = _user_for(ask, unit, accounts)
    linked = accounts.users_of_persons([ask.person_id]).get(ask.person_id) if ask.person_id else None
    if linked is not None and linked.user_id != user.user_id:
        raise BadInput(
            f"{ask.person_id} is {linked.email} already.",
            place="person_id",
            remedy="Take that user's role away first, or name another person.",
        )
    before = accounts.role(user.user_id, ask.role)
    accounts.grant(user.user_id, ask.role, rank=ask.rank, person_id=ask.person_id)
    after = accounts.role(user.user_id, ask.role)
    changes = {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}
    unit.is_about("user", user.user_id, changes=changes)
    unit.tell(MembershipChanged(user_id=user.user_id, fields=("role",), from_day=unit.now.date()))
    return user.user_id


@handles(Invite)
def invite(ask: Invite, unit: Unit, accounts: Accounts, sealer: Sealer) -> UUID:
    """A link is on its way to the address; an older invitation to the same role is worth nothing any more."""
    user = _user_for(ask, unit, accounts)
    unit.connection.execute(
        INVITATION.update()
        .where(INVITATION.c.user_id == user.user_id, INVITATION.c.role == ask.role, INVITATION.c.accepted_at.is_(None))
        .where(INVITATION.c.expires_at > unit.now)
        .values(expires_at=unit.now)
    )
    invitation_id, expires_at = new_id(), unit.now + INVITATION_LIFE
    unit.connection.execute(
        INVITATION.insert().values(
            program_id=unit.program_id,
            invitation_id=invitation_id,
            token_hash=hash_of_token(sealer.token("invitation", invitation_id)),
            user_id=user.user_id,
            role=ask.role,
            rank=ask.rank,
            person_id=ask.person_id,
            created_at=unit.now,
            expires_at=expires_at,
        )
    )
    fingerprint = sealer.fingerprint(user.email)
    unit.is_about("invitation", invitation_id, changes={"role": [None, ask.role], "address": [None, fingerprint]})
    unit.tell(UserInvited(user_id=user.user_id, address_fingerprint=fingerprint, expires_at=expires_at))
    return invitation_id


@handles(RevokeRole)
def revoke_role(ask: RevokeRole, unit: Unit, accounts: Accounts) -> None:
    """The user has that role no longer; the very next request knows it."""
    if unit.principal is not None and not may_give(unit.principal, ask.role):
        raise NotAllowed("Only an admin takes away the roles of admin and program director.")
    if not accounts.revoke(ask.user_id, ask.role):
        raise NotFound("This user has no such role here.")
    unit.is_about("user", ask.user_id, changes={"role": [ask.role, None]})
    unit.tell(MembershipChanged(user_id=ask.user_id, fields=("role",), from_day=unit.now.date()))


@handles(SuspendProgram)
def suspend_program(ask: SuspendProgram, unit: Unit) -> None:
    """The program can be read, not changed."""
    del ask
    _set_state(unit, "suspended")
    unit.tell(ProgramSuspended())


@handles(ResumeProgram)
def resume_program(ask: ResumeProgram, unit: Unit) -> None:
    """The program can be changed again; only an admin may say so."""
    del ask
    if unit.principal is not None and "admin" not in unit.principal.roles:
        raise NotAllowed("Only an admin resumes a program.")
    _set_state(unit, "active")
    unit.tell(ProgramResumed())


def _user_for(ask: GrantRole | Invite, unit: Unit, accounts: Accounts) -> User:
    """The user of the address, made if new, where the role is one that the asker may give."""
    if ask.role not in ROLES:
        raise BadInput(f"'{ask.role}' is no role.", place="role", remedy=f"Choose one of {', '.join(ROLES)}.")
    if ask.rank not in RANKS:
        raise BadInput(f"'{ask.rank}' is no rank.", place="rank", remedy="Choose director or associate, or none.")
    if unit.principal is not None and not may_give(unit.principal, ask.role):
        raise NotAllowed("Only an admin gives the roles of admin and program director.")
    email = as_email(ask.email)
    user = accounts.user_by_email(email)
    if user is None:
        user = User(new_id(), email, ask.display_name, "en", active=True)
        accounts.add_user(user)
    return user


def _set_state(unit: Unit, state: str) -> None:
    mine = PROGRAM.c.program_id == unit.program_id
    before = unit.connection.execute(sa.select(PROGRAM.c.state).where(mine).with_for_update()).scalar_one()
    if before == state:
        raise Stale(f"The program is {state} already.")
    unit.connection.execute(PROGRAM.update().where(mine).values(state=state))
    unit.is_about("program", unit.program_id, changes={"state": [before, state]})
