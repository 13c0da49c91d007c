"""The program's own endpoint: named, switched, shown its secret once, and given up where nobody is there any more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import NotFound
from housestaff.features.notices.commands import RemoveWebhook, SetWebhook, SwitchWebhook
from housestaff.features.notices.store import WEBHOOK_ENDPOINT
from housestaff.plumbing.bus import handles
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.unit import Unit
from housestaff.plumbing.webhook import Webhooks

ON, OFF, GONE = "on", "off", "gone"
_SHOWN = ("endpoint_id", "url", "state", "made_at", "changed_at")


@handles(SetWebhook)
def set_webhook(ask: SetWebhook, unit: Unit, sealer: Sealer, webhooks: Webhooks) -> UUID:
    """Notices that have the channel go there too from now on; an endpoint that was named before goes."""
    webhooks.check(ask.url)
    before = unit.connection.execute(sa.select(WEBHOOK_ENDPOINT.c.url)).scalar_one_or_none()
    unit.connection.execute(WEBHOOK_ENDPOINT.delete())
    endpoint_id = new_id()
    unit.connection.execute(
        WEBHOOK_ENDPOINT.insert().values(
            program_id=unit.program_id,
            endpoint_id=endpoint_id,
            url=ask.url,
            secret=sealer.seal(ask.secret.encode()),
            state=ON,
            made_by=unit.request.user_id,
            made_at=unit.now,
            changed_at=unit.now,
        )
    )
    unit.is_about("webhook_endpoint", endpoint_id, changes={"url": [before, ask.url]})
    return endpoint_id


@handles(SwitchWebhook)
def switch_webhook(ask: SwitchWebhook, unit: Unit) -> None:
    """The endpoint is told, or is not told for a while."""
    before = endpoint(unit, endpoint_id=ask.endpoint_id)["state"]
    state = ON if ask.on else OFF
    move_endpoint(unit, state)
    unit.is_about("webhook_endpoint", ask.endpoint_id, changes={"state": [before, state]})


@handles(RemoveWebhook)
def remove_webhook(ask: RemoveWebhook, unit: Unit) -> None:
    """Nothing leaves by this way any more."""
    url = endpoint(unit, endpoint_id=ask.endpoint_id)["url"]
    unit.connection.execute(WEBHOOK_ENDPOINT.delete().where(WEBHOOK_ENDPOINT.c.endpoint_id == ask.endpoint_id))
    unit.is_about("webhook_endpoint", ask.endpoint_id, changes={"url": [url, None]})


def endpoints(unit: Unit) -> list[dict[str, Any]]:
    """The program's endpoint, if it has named one; its secret is not shown again."""
    asked = sa.select(*(WEBHOOK_ENDPOINT.c[name] for name in _SHOWN))
    return [dict(row) for row in unit.connection.execute(asked).mappings()]


def endpoint(unit: Unit, *, endpoint_id: UUID) -> dict[str, Any]:
    """One endpoint."""
    found = next((each for each in endpoints(unit) if each["endpoint_id"] == endpoint_id), None)
    if found is None:
        raise NotFound("There is no such endpoint.")
    return found


def move_endpoint(unit: Unit, state: str) -> None:
    """The endpoint of the program is in this state from now on."""
    unit.connection.execute(WEBHOOK_ENDPOINT.update().values(state=state, changed_at=unit.now))
