"""Webhooks: one signed message to an address that a program has named, and what was answered."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx2

from housestaff.core.errors import BadInput
from housestaff.plumbing.mail import NotNow, Refused
from housestaff.plumbing.settings import Settings

GONE = 410
SIGNATURE, DELIVERY = "Housestaff-Signature", "Housestaff-Delivery"


@dataclass(frozen=True, slots=True)
class Call:
    """A message as it leaves: the same `delivery` at every attempt, so that a second copy is recognized."""

    address: str
    secret: str
    delivery: str
    facts: Mapping[str, Any]
    correlation_id: str
    made: datetime


class Webhooks:
    """Calls to the addresses that programs have named."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is connected until something is sent."""
        self._is_rehearsal, self._seconds = settings.webhook_rehearsal, settings.webhook_seconds

    def check(self, address: str) -> None:
        """Refuse an address that is no web address, is not encrypted, or leads back into this machine."""
        parts = urlsplit(address)
        plain = "https" if not self._is_rehearsal else "http or https"
        if parts.scheme not in {"https", *({"http"} if self._is_rehearsal else ())} or not parts.hostname:
            raise BadInput(f"'{address}' is no address.", place="url", remedy=f"Write one that begins with {plain}.")
        if parts.username or parts.password:
            raise BadInput("the address holds a password.", place="url", remedy="Each call is signed; leave it out.")
        if not self._is_rehearsal and _is_here(parts.hostname):
            raise BadInput("the address is this machine itself.", place="url", remedy="Name another one.")

    def send(self, call: Call, now: datetime) -> None:
        """Hand a message over; returns only after a 2xx.

        Raises `Refused` for 410, which says that nobody is there any more, and `NotNow` for everything else.
        """
        body = json.dumps(call.facts, default=str, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Housestaff",
            SIGNATURE: signature(call.secret, int(now.timestamp()), body),
            DELIVERY: call.delivery,
            "X-Correlation-Id": call.correlation_id,
        }
        try:
            answer = httpx2.post(
                call.address, content=body, headers=headers, timeout=self._seconds, follow_redirects=False
            )
        except httpx2.HTTPError as error:
            raise NotNow("the endpoint cannot be reached") from error
        if answer.status_code == GONE:
            raise Refused("the endpoint said 410")
        if not answer.is_success:
            raise NotNow(f"the endpoint said {answer.status_code}")


def signature(secret: str, at: int, body: bytes) -> str:
    """What shows that a message is ours and when it left: HMAC-SHA256 over the second, a dot, and the body."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast
