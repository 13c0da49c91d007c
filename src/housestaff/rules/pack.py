"""Packs: dated rows of numbers for rules, read from TOML and refused where something does not add up."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Protocol

from housestaff.core.errors import BadInput
from housestaff.core.finding import Citation, Force
from housestaff.rules.rule import COMMON

_FORCES = {"must": Force.MUST, "should": Force.SHOULD, "policy": Force.SHOULD}
_UNITS = (
    "hours", "nights", "weeks", "days", "months", "factor", "percent", "quarters", "people", "moonlighting",
    "weeks_in_a_row", "sessions", "encounters", "patients",
)  # fmt: skip
_KNOWN = {
    "id",
    "rule",
    "force",
    "numbers",
    "since",
    "until",
    "cites",
    "confidence",
    "verified_by",
    "enabled",
    "conflicts",
    "note",
    "levels",
    "not_judged",
}
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class PackRow:
    """One dated row: which rule, how binding, with which numbers, from when, and who read the source.

    A row that no roster can show has no rule; `not_judged` says why.
    """

    id: str
    rule: str
    force: Force
    numbers: Mapping[str, Any]
    since: date
    until: date | None
    citation: Citation
    verified_by: str = ""
    enabled: bool = True
    conflicts: tuple[str, ...] = ()
    note: str = ""
    levels: tuple[str, ...] = ()
    not_judged: str = ""

    @property
    def is_vouched_for(self) -> bool:
        """Say whether somebody read the document, or a summary of it, so that the row may be switched on."""
        return self.citation.confidence != "unverified" or bool(self.verified_by)


@dataclass(frozen=True, slots=True)
class Pack:
    """A named, versioned set of rows, and to whom it applies."""

    id: str
    title: str
    version: int
    applies_to: Mapping[str, str] = field(default_factory=dict[str, str])
    rows: tuple[PackRow, ...] = ()


def read_pack(text: str, known_rules: Collection[str], *, place: str = "pack", verified: Collection[str] = ()) -> Pack:
    """Read a pack from TOML text; `verified` names rows that someone has checked against their document."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"this is no TOML: {error}.", place=place) from error
    head = data.get("pack", {})
    if not isinstance(head.get("id"), str) or not isinstance(head.get("version"), int):
        raise BadInput("the [pack] table needs an id and a whole version.", place=place)
    rows = tuple(_row(row, head, known_rules, place, verified) for row in data.get("rule", ()))
    refuse_overlaps(rows, place)
    return Pack(head["id"], head.get("title", head["id"]), head["version"], head.get("applies_to", {}), rows)


def _row(
    row: Mapping[str, Any], head: Mapping[str, Any], known: Collection[str], place: str, verified: Collection[str]
) -> PackRow:
    id_ = row.get("id", "")
    place = f"{place}, rule {id_ or '?'}"
    if unknown := set(row) - _KNOWN:
        raise BadInput(f"unknown key {min(unknown)}.", place=place, remedy=f"Known: {', '.join(sorted(_KNOWN))}.")
    not_judged = row.get("not_judged", "")
    body = "" if not_judged else row.get("rule", id_)
    if not not_judged and body not in known:
        raise BadInput(f"there is no rule '{body}'.", place=place, remedy="Give the name of a rule of docs/rules.md.")
    if row.get("force") not in _FORCES:
        raise BadInput(f"force is {row.get('force')!r}.", place=place, remedy="Write must, should or policy.")
    cites = row.get("cites", {})
    if row["force"] == "must" and not cites.get("title"):
        raise BadInput("a must has no cites.", place=place, remedy="Name the document and its section.")
    if not isinstance(row.get("since"), date):
        raise BadInput("since is missing.", place=place, remedy="Write the first date in force, such as 2013-07-01.")
    for name in row.get("numbers", {}):
        if not name.endswith(_UNITS):
            raise BadInput(
                f"the number {name} has no unit.", place=place, remedy=f"End its name in one of {', '.join(_UNITS)}."
            )
    confidence = row.get("confidence", "unverified")
    checked = row.get("verified_by", "") or ("the program" if id_ in verified else "")
    enabled = bool(row.get("enabled", True)) or id_ in verified
    if confidence == "unverified" and enabled and not checked:
        raise BadInput(
            f"{id_} is enabled but nobody verified it.", place=place, remedy="Fill verified_by, or set enabled = false."
        )
    citation = _citation(cites, head, confidence)
    return PackRow(
        id_,
        body,
        _FORCES[row["force"]],
        row.get("numbers", {}),
        row["since"],
        row.get("until"),
        citation,
        checked,
        enabled,
        tuple(row.get("conflicts", ())),
        row.get("note", ""),
        tuple(row.get("levels", ())),
        not_judged,
    )


def _citation(cites: Mapping[str, Any], head: Mapping[str, Any], confidence: str) -> Citation:
    title, section = cites.get("title", "program policy"), cites.get("section", "")
    is_common = title == COMMON
    return Citation(
        title if is_common or not section else f"{title}, {section}",
        section if is_common else "",
        cites.get("section_2023", "") if is_common else "",
        pack=head["id"],
        pack_version=head["version"],
        confidence=confidence,
    )


class Row(Protocol):
    """A row of any pack: what it is called, and when it holds."""

    @property
    def id(self) -> str:
        """Its name."""
        ...

    @property
    def since(self) -> date:
        """Its first date."""
        ...

    @property
    def until(self) -> date | None:
        """Its last date, if it has one."""
        ...


def refuse_overlaps(rows: Iterable[Row], place: str) -> None:
    """Refuse two rows of one name that hold on the same date."""
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for other in by_id[row.id]:
            if row.since <= (other.until or FOREVER) and other.since <= (row.until or FOREVER):
                raise BadInput(
                    f"two rows of {row.id} overlap from {max(row.since, other.since)}.",
                    place=place,
                    remedy="End the earlier one with until.",
                )
        by_id[row.id].append(row)


@cache
def shipped(id_: str, known_rules: frozenset[str], verified: frozenset[str] = frozenset()) -> Pack:
    """A pack that comes with Housestaff."""
    source = resources.files("housestaff.rules").joinpath(f"packs/{id_}.toml")
    if not source.is_file():
        raise BadInput(f"there is no pack '{id_}'.", place="packs", remedy=f"Known: {', '.join(shipped_ids())}.")
    return read_pack(source.read_text("utf-8"), known_rules, place=f"pack {id_}", verified=verified)


@cache
def shipped_ids() -> tuple[str, ...]:
    """The ids of all packs that come with Housestaff."""
    names = (entry.name for entry in resources.files("housestaff.rules").joinpath("packs").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml") and name not in _DATA))


_DATA = {"defaults.toml", "boards.toml"}
