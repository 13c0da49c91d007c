"""Mails about somebody's login: an invitation, a link to choose a new password."""

from __future__ import annotations

import sqlalchemy as sa

from housestaff.core.events import PasswordResetAsked, UserInvited
from housestaff.features.accounts.store import INVITATION, PASSWORD_RESET, PROGRAM
from housestaff.features.notices.model import Audience
from housestaff.features.notices.notify import Message, Notifier
from housestaff.plumbing.bus import reacts_to
from housestaff.plumbing.outbox import Occurred
from housestaff.plumbing.unit import Unit


@reacts_to(UserInvited, PasswordResetAsked, as_="notices.account")
def send_a_single_use_link(happened: Occurred, notifier: Notifier, unit: Unit) -> None:
    """The user is sent the newest link that is still good; the link itself is put in when the mail leaves."""
    event = happened.event
    assert isinstance(event, UserInvited | PasswordResetAsked)  # noqa: S101 - the consumer takes no other
    if isinstance(event, UserInvited):
        type_, table, id_, used = "invitation", INVITATION, INVITATION.c.invitation_id, INVITATION.c.accepted_at
        mine = INVITATION.c.program_id == unit.program_id
    else:
        type_, table, id_, used = "password_reset", PASSWORD_RESET, PASSWORD_RESET.c.reset_id, PASSWORD_RESET.c.used_at
        mine = PASSWORD_RESET.c.through == unit.program_id
    asked = (
        sa.select(id_, table.c.expires_at)
        .where(mine, table.c.user_id == event.user_id, used.is_(None), table.c.expires_at > unit.now)
        .order_by(table.c.created_at.desc())
        .limit(1)
    )
    found = unit.connection.execute(asked).one_or_none()
    if found is None:
        return
    program = unit.connection.execute(
        sa.select(PROGRAM.c.name).where(PROGRAM.c.program_id == unit.program_id)
    ).scalar_one()
    about = f"{type_}:{found[0]}"
    context = {"program": program, "expires_at": found.expires_at}
    message = Message(type_, context, about, happened.event_id, about=about)
    notifier.notify(message, Audience(users=(str(event.user_id),)))
