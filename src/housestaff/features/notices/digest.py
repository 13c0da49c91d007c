"""The daily digest: what could wait goes to somebody in one mail a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.features.accounts.store import PROGRAM
from housestaff.features.notices.commands import SendDigest
from housestaff.features.notices.store import DELIVERY, NOTICE, Notices
from housestaff.plumbing.bus import handles
from housestaff.plumbing.i18n import Texts
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.timers import Due
from housestaff.plumbing.unit import Unit

_TEMPLATE = "digest.txt"


@handles(SendDigest)
def send_digest(ask: SendDigest, unit: Unit, jobs: Jobs) -> None:
    """What waits for somebody leaves now, together: the deliveries carry one message id from here on."""
    waiting = (
        sa.select(DELIVERY.c.delivery_id, DELIVERY.c.message_id)
        .join(NOTICE, NOTICE.c.notice_id == DELIVERY.c.notice_id)
        .where(
            NOTICE.c.recipient_user_id == ask.user_id,
            DELIVERY.c.state == "deferred",
            DELIVERY.c.reason == "digest",
            DELIVERY.c.due_at <= unit.now,
        )
        .order_by(NOTICE.c.notice_id)
        .with_for_update()
    )
    unit.is_about("user", ask.user_id)
    rows = unit.connection.execute(waiting).all()
    if not rows:
        return
    first = rows[0]
    unit.connection.execute(
        DELIVERY.update()
        .where(DELIVERY.c.delivery_id.in_([row.delivery_id for row in rows]))
        .values(state="queued", reason="", message_id=first.message_id, updated_at=unit.now)
    )
    jobs.defer(unit.connection, "deliver", [{"program_id": unit.program_id, "delivery_id": first.delivery_id}])


def digest_of_timer(due: Due) -> SendDigest:
    """The command of the timer at which somebody's digest leaves."""
    return SendDigest(user_id=UUID(due.subject_id))


def digest_of(unit: Unit, together: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several notices of one person as one, in their language."""
    notices = [Notices(unit).get(each["notice_id"]) for each in together]
    newest = notices[-1]
    row = unit.connection.execute(sa.select(PROGRAM.c.default_locale, PROGRAM.c.zone)).one()
    texts = Texts(newest["locale"], row.default_locale, row.zone)
    template = (resources.files("housestaff.features.notices") / "templates" / _TEMPLATE).read_text("utf-8")
    subject, _, body = texts.render(template, {"notices": notices}).partition("\n")
    parts = "".join(f"<h2>{escape(each['subject'])}</h2>{each['html']}" for each in notices)
    return {**newest, "subject": subject, "body": body.strip(), "html": parts}
