"""The commands of the portal, carried out."""

from __future__ import annotations

from uuid import UUID

from housestaff.core.errors import BadInput, NotFound
from housestaff.features.portal.commands import MakeOnCallLink, RevokeOnCallLink
from housestaff.features.portal.store import ON_CALL_LINK
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.unit import Unit


@handles(MakeOnCallLink)
def make_on_call_link(ask: MakeOnCallLink, unit: Unit) -> UUID:
    """The link opens the board from now on."""
    if not ask.name.strip():
        raise BadInput("the link has no name.", place="name", remedy="Say who is to use it, such as 'switchboard'.")
    link_id = new_id()
    unit.connection.execute(
        ON_CALL_LINK.insert().values(
            program_id=unit.program_id,
            link_id=link_id,
            token_hash=ask.token_hash,
            name=ask.name.strip(),
            made_by=unit.request.user_id,
            made_at=unit.now,
        )
    )
    unit.is_about("on_call_link", link_id, changes={"name": [None, ask.name.strip()]})
    return link_id


@handles(RevokeOnCallLink)
def revoke_on_call_link(ask: RevokeOnCallLink, unit: Unit) -> None:
    """The link opens nothing any more."""
    done = unit.connection.execute(
        ON_CALL_LINK.update()
        .where(ON_CALL_LINK.c.link_id == ask.link_id, ON_CALL_LINK.c.revoked_at.is_(None))
        .values(revoked_at=unit.now)
    )
    if not done.rowcount:
        raise NotFound("There is no such link.")
    unit.is_about("on_call_link", ask.link_id, changes={"revoked": [False, True]})
