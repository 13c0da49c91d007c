"""The numbers and choices of a program: what is in force, the default, what may be chosen, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from housestaff.core.errors import BadInput, NotFound
from housestaff.doors.web.visitor import Form, Page, Sent, Visitor, to
from housestaff.features.program import queries
from housestaff.features.program.commands import SetPolicy
from housestaff.files.kinds import DAY
from housestaff.rules.settings import Setting, known_settings

router = APIRouter(prefix="/program/policy")
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "fair": ("_from_fair",),
    "call": ("call",),
    "leave": ("leave", "vacation", "away", "deployment", "convalescence"),
    "work": (
        "moonlighting",
        "travel",
        "stays",
        "spill",
        "supervision",
        "continuity",
        "rest",
        "hours",
        "long_run",
        "run",
    ),
    "change": ("freeze", "change_debounce", "digest", "early_warning", "thin"),
}
"""By which words of its key a setting belongs to a group; the first that fits, else `reading`."""


@dataclass(frozen=True)
class Told:
    """What somebody wrote for a setting and why it was not kept."""

    key: str = ""
    value: str = ""
    since: str = ""
    problem: str = ""


@router.get("")
def policy(page: Page, q: str = "", *, own: bool = False) -> Response:
    """Every setting, grouped; searched, or only those of the program's own."""
    return _policy(page, q=q, own=own, told=Told())


def _policy(page: Visitor, *, told: Told, q: str = "", own: bool = False, status: int = 200) -> Response:
    if page.read(queries.whole, needs="schedule:read") is None:
        return page.page("program_empty.html")
    rows: list[dict[str, Any]] = page.read(queries.policy_now, needs="schedule:read")
    found = [row for row in rows if (not own or row["own"] is not None) and _fits(row, q)]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        groups.setdefault(group_of(row["key"]), []).append(row)
    may_write = page.may("policy:write")
    switches = page.read(queries.switches, needs="schedule:read")
    asked = {"q": q, "own": own}
    return page.page(
        "policy.html", status=status, groups=groups, told=told, asked=asked, may_write=may_write, switches=switches
    )


def _fits(row: dict[str, Any], words: str) -> bool:
    text = f"{row['key'].replace('_', ' ')} {row['key']} {row['note']}".lower()
    return all(word in text for word in words.lower().split())


def group_of(key: str) -> str:
    """The group in which a setting is shown."""
    return next((group for group, words in _GROUPS.items() if any(word in key for word in words)), "reading")


@router.post("/switches/{kind}")
def switch(kind: str, page: Page, sent: Sent) -> Response:
    """Switch a rule on or off, vouch for a row, or leave it as the packs say."""
    known: dict[str, dict[str, Any]] = page.read(queries.switches, needs="schedule:read")
    if kind not in known:
        raise NotFound(f"There is nothing to switch called {kind}.")
    name, how = sent.text("name"), sent.text("how")
    own = {each: held for each, held in known[kind]["own"].items() if each != name}
    if how in {"on", "off"}:
        own[name] = how == "on"
    try:
        page.do(SetPolicy(values={kind: own or None}))
    except BadInput as error:
        return _policy(page, told=Told(kind, name, "", str(error)), status=400)
    return to("/program/policy?said=saved#switches")


@router.post("/{key}")
def change(key: str, page: Page, sent: Sent) -> Response:
    """Set one value, from a date on or for good, or take the default back."""
    setting = known_settings().get(key)
    if setting is None:
        raise NotFound(f"There is no setting {key}.")
    try:
        value = None if sent.text("how") == "default" else _value(setting, sent, page)
        page.do(SetPolicy(values={key: value}))
    except BadInput as error:
        told = Told(key, sent.text("value"), sent.text("since"), str(error))
        return _policy(page, told=told, q=sent.text("q"), own=bool(sent.text("own")), status=400)
    asked = {name: sent.text(name) for name in ("q", "own") if sent.text(name)}
    return to(f"/program/policy?{urlencode({**asked, 'said': 'saved'})}#{key}")


def _value(setting: Setting, sent: Form, page: Visitor) -> Any:
    """The value that was written; with a date it joins those that held before."""
    text, since = sent.text("value"), sent.text("since")
    value: bool | int | str = text
    if isinstance(setting.default, bool):
        value = text == "true"
    elif isinstance(setting.default, int):
        value = sent.number("value")
    setting.check(value, "value")
    if not since:
        return value
    DAY.read(since)
    rows: list[dict[str, Any]] = page.read(queries.policy_now, needs="schedule:read")
    held = next(row["own"] for row in rows if row["key"] == setting.key)
    return _joined(held, {"from": since, "is": value})


def _joined(held: Any, new: dict[str, Any]) -> list[dict[str, Any]]:
    """Dated values in the order of their dates, the new one among them."""
    before: list[dict[str, Any]] = [] if held is None else [{"is": held}]
    if isinstance(held, list):
        before = cast("list[dict[str, Any]]", held)
    rows = [row for row in before if str(row.get("from", "")) != new["from"]]
    return sorted([*rows, new], key=lambda row: str(row.get("from", "")))
