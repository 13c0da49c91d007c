"""The HTTP face of notices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from housestaff.features.notices import queries
from housestaff.features.notices.commands import (
    ReadNotice,
    RemoveWebhook,
    SetPreferences,
    SetWebhook,
    SwitchWebhook,
)
from housestaff.features.notices.preferences import preferences as own_preferences
from housestaff.features.notices.webhook import endpoint, endpoints
from housestaff.plumbing.crypto import new_token
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.pages import Limit

router = APIRouter(prefix="/notices", tags=["notices"], responses=PROBLEMS)

wishes = APIRouter(prefix="/portal", tags=["notices"], responses=PROBLEMS)


@router.get("", openapi_extra=needs("notice:read"))
def own(
    asked: InProgram,
    *,
    unread: bool = False,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> dict[str, Any]:
    """One's own notices, the newest first."""
    items = asked.read(queries.own, needs="notice:read", unread=unread, limit=limit, before=cursor)
    return {"items": items, "cursor": items[-1]["notice_id"] if len(items) == limit else None}


@router.post("/{notice_id}/read", status_code=204, openapi_extra=needs("notice:read"))
def read(notice_id: UUID, asked: InProgram) -> None:
    """Mark one's own notice as read."""
    asked.do(ReadNotice(notice_id=notice_id))


@router.get("/{notice_id}/deliveries", openapi_extra=needs("notice:read"))
def deliveries(notice_id: UUID, asked: InProgram) -> dict[str, Any]:
    """What happened to a notice."""
    return {"items": asked.read(queries.deliveries, needs="notice:read", notice_id=notice_id)}


class Preferences(BaseModel):
    """What is to be changed; nothing as a value takes a wish back."""

    locale: str | None = Field(None, max_length=35)
    zone: str | None = Field(None, max_length=100)
    quiet_hours: str | None = Field(None, max_length=11, examples=["22:00-07:00"])
    email_off: list[str] | None = Field(None, max_length=100)


@wishes.get("/preferences", openapi_extra=needs("own:settings"))
def preferences(asked: InProgram) -> dict[str, Any]:
    """One's own wishes: which mails, quiet hours, zone, language."""
    return asked.read(own_preferences, needs="own:settings")


@wishes.patch("/preferences", openapi_extra=needs("own:settings"))
def set_preferences(body: Preferences, asked: InProgram) -> dict[str, Any]:
    """Change one's own wishes; the notice in the app cannot be switched off."""
    asked.do(SetPreferences(values=body.model_dump(exclude_unset=True)))
    return asked.read(own_preferences, needs="own:settings")


hooks = APIRouter(prefix="/webhook-endpoints", tags=["notices"], responses=PROBLEMS)


class NewEndpoint(BaseModel):
    """Where notices are to go too."""

    url: str = Field(max_length=2000, examples=["https://hospital.example/housestaff"])


class EndpointSwitch(BaseModel):
    """On or off."""

    on: bool


@hooks.get("", openapi_extra=needs("membership:write"))
def webhook_endpoints(asked: InProgram) -> dict[str, Any]:
    """The program's endpoint, if it has named one."""
    return {"items": asked.read(endpoints, needs="membership:write")}


@hooks.get("/{endpoint_id}", openapi_extra=needs("membership:write"))
def webhook_endpoint(endpoint_id: UUID, asked: InProgram) -> dict[str, Any]:
    """The endpoint, without its secret."""
    return asked.read(endpoint, needs="membership:write", endpoint_id=endpoint_id)


@hooks.post("", status_code=201, openapi_extra=needs("membership:write"))
def set_webhook(body: NewEndpoint, asked: InProgram) -> dict[str, Any]:
    """Name the program's endpoint instead of the one before; the secret that signs is shown here and never again."""
    secret = new_token()
    made = asked.without_key().do(SetWebhook(url=body.url, secret=secret))
    return {"endpoint_id": made, "secret": secret}


@hooks.patch("/{endpoint_id}", status_code=204, openapi_extra=needs("membership:write"))
def switch_webhook(endpoint_id: UUID, body: EndpointSwitch, asked: InProgram) -> None:
    """Switch the endpoint on or off."""
    asked.do(SwitchWebhook(endpoint_id=endpoint_id, on=body.on))


@hooks.delete("/{endpoint_id}", status_code=204, openapi_extra=needs("membership:write"))
def remove_webhook(endpoint_id: UUID, asked: InProgram) -> None:
    """Forget the endpoint."""
    asked.do(RemoveWebhook(endpoint_id=endpoint_id))
