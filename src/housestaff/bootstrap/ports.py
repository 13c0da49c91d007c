"""The answers to what rooms ask of rooms above them, where a line does not do."""

from __future__ import annotations

from datetime import time

import sqlalchemy as sa

from housestaff.features.accounts import links
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.notices.when import DIGEST_AT
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import SCHEDULE
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings


def secret_link(sealer: Sealer, base_url: str, unit: Unit, about: str) -> str | None:
    """The link of a mail about an account; empty for every other mail, nothing where it is over."""
    if not links.is_secret(about):
        return ""
    kind, _, id_ = about.partition(":")
    path = links.path_of(unit, sealer.token(kind, id_), about)
    return f"{base_url}{path}" if path else None


def is_gone(unit: Unit, about: str) -> bool:
    """Whether the draft that a message is about is no draft any more."""
    kind, _, id_ = about.partition(":")
    if kind != "draft":
        return False
    asked = sa.select(SCHEDULE.c.state).where(sa.cast(SCHEDULE.c.schedule_id, sa.Text) == id_)
    return unit.connection.execute(asked).scalar_one_or_none() in {None, "discarded"}


def digest_at(unit: Unit) -> time:
    """When the digests of a program leave, as its policy says; a program that is still empty has the default."""
    programs = Programs(unit, LeaveRecords(unit))
    if programs.is_empty():
        return DIGEST_AT
    program = programs.get()
    settings = ProgramSettings(program.policy)
    return time.fromisoformat(settings.choice("digest_at", program.zone.day(unit.now)))
