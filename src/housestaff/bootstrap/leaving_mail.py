"""What is asked when a mail leaves: whether what it is about is over, and the secret link that stands in it alone."""

from __future__ import annotations

import sqlalchemy as sa

from housestaff.features.accounts import links
from housestaff.features.compliance.store import VIOLATION
from housestaff.features.schedules.store import SCHEDULE
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.unit import Unit


def secret_link(sealer: Sealer, base_url: str, unit: Unit, about: str) -> str | None:
    """The link of a mail about an account; empty for every other mail, nothing where it is over."""
    if not links.is_secret(about):
        return ""
    kind, _, id_ = about.partition(":")
    path = links.path_of(unit, sealer.token(kind, id_), about)
    return f"{base_url}{path}" if path else None


_GONE = {
    "draft": (SCHEDULE.c.state, SCHEDULE.c.schedule_id, frozenset({None, "discarded"})),
    "violation": (VIOLATION.c.state, VIOLATION.c.violation_id, frozenset({"resolved", "overridden"})),
}
"""Of what a message may be about: where its state stands, and the states in which nobody need hear of it any more."""


def is_gone(unit: Unit, about: str) -> bool:
    """Whether what a message is about is over: a draft that is none any more, a violation that is resolved."""
    kind, _, id_ = about.partition(":")
    if kind not in _GONE:
        return False
    state, column, gone = _GONE[kind]
    asked = sa.select(state).where(sa.cast(column, sa.Text) == id_)
    return unit.connection.execute(asked).scalar_one_or_none() in gone
