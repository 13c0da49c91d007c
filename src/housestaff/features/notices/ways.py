"""The ways on which messages leave: the mail server, and the endpoint that a program has named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from housestaff.plumbing.clock import Clock
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.mail import Mail, MailServer
from housestaff.plumbing.webhook import Call, Webhooks

_WITH_TEXT = frozenset({"P1"})
"""Of these classes of privacy the text goes to an endpoint; of all others the subject, which names nobody."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What a message can leave by."""

    mail: MailServer
    webhooks: Webhooks
    sealer: Sealer
    clock: Clock

    def send(self, message: Mail | Call) -> None:
        """Hand a message over; raises `Refused` for a permanent no and `NotNow` for what may go better later."""
        if isinstance(message, Mail):
            self.mail.send(message)
        else:
            self.webhooks.send(message, self.clock.now())

    def call(self, endpoint: Any, message_id: str, notice: Mapping[str, Any]) -> Call:
        """A notice as the program's endpoint is told it."""
        delivery = message_id.strip("<>").partition("@")[0]
        return Call(
            address=endpoint.url,
            secret=self.sealer.open(endpoint.secret).decode(),
            delivery=delivery,
            facts={
                "delivery_id": delivery,
                "program_id": notice["program_id"],
                "type": notice["type"],
                "priority": notice["priority"],
                "subject": notice["subject"],
                "text": notice["body"] if notice["privacy"] in _WITH_TEXT else "",
                "link": notice["link"],
                "made_at": notice["created_at"].isoformat(),
            },
            correlation_id=str(notice["correlation_id"]),
            made=notice["created_at"],
        )
