"""The codes of a grid: what each display code means, which one was meant by a variant, and its color."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from housestaff.core.duties import Activity, Family
from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.files.guard import gathered
from housestaff.files.nearest import nearest
from housestaff.files.raw import Raw
from housestaff.files.records import Record, Where
from housestaff.files.shapes import ACTIVITY, ROTATION

FAMILY_COLORS: Mapping[Family, str] = {
    Family.CLINIC: "#D9EAD3",
    Family.SUPERVISION: "#C9DAF8",
    Family.EDUCATION: "#FFF2CC",
    Family.ADMINISTRATION: "#EAD9F2",
    Family.SERVICE: "#F9CB9C",
    Family.OFF: "#E6E6E6",
    Family.LEAVE: "#F4B6B6",
}
KIND_COLORS: Mapping[RotationKind, tuple[str, ...]] = {
    RotationKind.INPATIENT: ("#F9CB9C", "#F4B183", "#FBDDBE", "#EFC29A", "#F7D4A8", "#E8B98F"),
    RotationKind.NIGHT: ("#B4A7D6", "#9C8FC7", "#CBC1E4"),
    RotationKind.OUTPATIENT: ("#D9EAD3", "#B6D7A8", "#C9E2BE", "#E4F1DF", "#A9CF99", "#CFE6C2"),
    RotationKind.PROCEDURE: ("#CFE2F3", "#A9CBE8", "#BCD7EE"),
    RotationKind.EMERGENCY: ("#F3C1CF", "#EBA6B9", "#F8D7E0"),
    RotationKind.EDUCATION: ("#FFF2CC", "#FFE599", "#FBEDB5"),
    RotationKind.ELECTIVE: ("#D0E6E8", "#B2D6D9", "#E0EFF0"),
    RotationKind.OFF_SITE: ("#E6D5B8", "#D9C29B", "#EFE3CC"),
    RotationKind.RECOVERY: ("#E6E6E6", "#D6D6D6"),
}
_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a printed text means: the code, how sure that is, and what had to be overlooked."""

    code: str
    certainty: float
    oddity: str = ""


@cache
def _catalog() -> dict[str, Raw]:
    text = resources.files("housestaff.files.catalogs").joinpath("family_medicine.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def family_medicine_activities() -> tuple[Activity, ...]:
    """The activities that family medicine programs print, each with its family, supervision, rooms and color."""
    return _records("activity", ACTIVITY)


@cache
def family_medicine_services() -> tuple[Rotation, ...]:
    """The service rotations of family medicine with their usual duty times and days off."""
    return _records("rotation", ROTATION)


def _records(section: str, record: Record) -> tuple[Raw, ...]:
    problems: list[BadInput] = []
    where = Where("family_medicine.toml", problems)
    found = tuple(record.read(row, where.at(f"[[{section}]] {row['code']}")) for row in _catalog()[section])
    if problems:
        raise gathered(problems)
    return found


def meaning_of(code: str) -> tuple[str, str]:
    """The activity and the variant that a display code means, for example ("C", "30") for C30."""
    activity, variant = _catalog()["meaning"].get(code, (code, ""))
    return str(activity), str(variant)


def display_of(activity: str, variant: str = "") -> str:
    """The display code of an activity and a variant: the way back from `meaning_of`."""
    for code, (base, kind) in _catalog()["meaning"].items():
        if (base, kind) == (activity, variant):
            return str(code)
    return activity


def squeezed(text: str) -> str:
    """A text with every sort of blank made plain, doubled ones joined, outer ones cut."""
    return _BLANKS.sub(" ", text).strip()


class Codes:
    """The codes that a program knows, asked for by what stands in a cell."""

    def __init__(self, program: Program) -> None:
        """Take the codes of a program; one without activities is read with those of family medicine."""
        activities = program.activities or family_medicine_activities()
        rotations = program.rotations or family_medicine_services()
        self.activities = {activity.code: activity for activity in activities}
        self.rotations = {rotation.code: rotation for rotation in rotations}
        self._tones = self._kind_tones()
        self.known = {**dict.fromkeys(self.activities), **dict.fromkeys(self.rotations)}
        self._folded: dict[str, str] = {}
        for code in self.known:
            self._folded.setdefault(code.casefold().replace(" ", ""), code)

    def read(self, text: str) -> Reading:
        """What a cell means; an empty code where nobody can say, the nearest known one as a guess without certainty."""
        if text in self.known:
            return Reading(text, 1.0)
        plain = squeezed(text)
        if plain in self.known:
            return Reading(plain, 1.0, "it has blanks that do not show")
        folded = self._folded.get(plain.casefold().replace(" ", ""))
        if folded:
            return Reading(folded, 0.95, f"it is a spelling of {folded}")
        if "/" in plain:
            parts = [self._folded.get(part.strip().casefold(), "") for part in plain.split("/")]
            first = next((part for part in parts if part), "")
            return Reading(first, 0.6 if first else 0.0, "it holds two activities")
        return Reading(nearest(plain, self.known) or "", 0.3, "nobody has told what it means")

    def family(self, code: str) -> Family | None:
        """The family of a code; a rotation's days are service."""
        if code in self.activities:
            return self.activities[code].family
        return Family.SERVICE if code in self.rotations else None

    def _kind_tones(self) -> dict[str, str]:
        """A color for each rotation: a hue for its kind, a tone of its own as far as tones last."""
        seen: dict[RotationKind, int] = {}
        tones: dict[str, str] = {}
        for code, rotation in self.rotations.items():
            number = seen.get(rotation.kind, 0)
            seen[rotation.kind] = number + 1
            palette = KIND_COLORS[rotation.kind]
            tones[code] = rotation.color or palette[number % len(palette)]
        return tones

    def color(self, code: str) -> str:
        """The color of a code: its rotation's, its own, or that of its family; white for what nobody knows."""
        if code in self._tones:
            return self._tones[code]
        activity, family = self.activities.get(code), self.family(code)
        return (activity.color if activity else "") or (FAMILY_COLORS[family] if family else "#FFFFFF")

    def where(self, codes: Iterable[str] = (), **facts: bool) -> list[str]:
        """The activity codes with these facts, for example needs_supervision=True."""
        chosen = set(codes)
        return [
            code
            for code, activity in self.activities.items()
            if all(bool(getattr(activity, name)) == value for name, value in facts.items())
            and (not chosen or code in chosen)
        ]
