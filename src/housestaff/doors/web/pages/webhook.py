"""The program's own endpoint on the pages: named, its secret shown once, switched, forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from housestaff.core.errors import BadInput
from housestaff.doors.web.visitor import Page, Sent, Visitor, to
from housestaff.features.notices.commands import RemoveWebhook, SetWebhook, SwitchWebhook
from housestaff.features.notices.webhook import endpoints
from housestaff.plumbing.crypto import new_token

router = APIRouter(prefix="/program/webhook")


@router.get("")
def shown(page: Page) -> Response:
    """The endpoint, if there is one."""
    return _shown(page)


def _shown(page: Visitor, *, status: int = 200, **more: Any) -> Response:
    found: list[dict[str, Any]] = page.read(endpoints, needs="membership:write")
    told = {"secret": "", "problem": None, "typed": "", **more}
    return page.page("webhook.html", status=status, endpoint=found[0] if found else None, **told)


@router.post("")
def name(page: Page, sent: Sent) -> Response:
    """Name the endpoint; its secret is shown on this page and never again."""
    secret = new_token()
    try:
        page.do(SetWebhook(url=sent.text("url"), secret=secret))
    except BadInput as error:
        return _shown(page, status=400, problem=error, typed=sent.text("url"))
    return _shown(page, secret=secret)


@router.post("/{endpoint_id}")
def change(endpoint_id: UUID, page: Page, sent: Sent) -> Response:
    """Switch the endpoint on or off, or forget it."""
    how = sent.text("how")
    page.do(
        RemoveWebhook(endpoint_id=endpoint_id)
        if how == "forget"
        else SwitchWebhook(endpoint_id=endpoint_id, on=how == "on")
    )
    return to("/program/webhook", said="saved")
