"""Duties: a span of time that needs someone, with all that a rule may ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from housestaff.core.time import Half, Span


class DutyKind(StrEnum):
    """What sort of duty it is; a rule reads the kind and the flags, never the name."""

    ROTATION_DAY = "rotation_day"
    CLINIC_HALF_DAY = "clinic_half_day"
    SUPERVISION_HALF_DAY = "supervision_half_day"
    OTHER_HALF_DAY = "other_half_day"
    EMERGENCY_SHIFT = "emergency_shift"
    IN_HOUSE_CALL = "in_house_call"
    HOME_CALL = "home_call"
    NIGHT_FLOAT = "night_float"
    JEOPARDY = "jeopardy"
    CONFERENCE = "conference"
    MOONLIGHTING = "moonlighting"
    TRANSITION = "transition"


class Flag(StrEnum):
    """A fact about a duty that some rule depends on."""

    IN_HOUSE = "in_house"
    SCHEDULED = "scheduled"
    CLINICAL = "clinical"
    EDUCATION = "education"
    ADMINISTRATIVE = "administrative"
    TRANSITION = "transition"
    HOME_CALL = "home_call"
    IN_HOUSE_CALL = "in_house_call"
    NIGHT_FLOAT = "night_float"
    MOONLIGHTING = "moonlighting"
    NEW_PATIENTS = "new_patients"


class Certainty(StrEnum):
    """How sure a duty is: written down, taken from defaults, or only a service without a yes or no."""

    KNOWN = "known"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


class Family(StrEnum):
    """The five families of what happens in a half-day."""

    CLINIC = "clinic"
    SUPERVISION = "supervision"
    EDUCATION = "education"
    ADMINISTRATION = "administration"
    SERVICE = "service"
    OFF = "off"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Activity:
    """What happens in one half-day: the code that is printed, and what it means to the rules.

    `start` and `end` are minutes of the day; without them the half-day times of the program hold.
    """

    code: str
    name: str
    family: Family
    counts: bool = True
    needs_supervision: bool = False
    gives_supervision: bool = False
    rooms: int = 0
    protected: bool = False
    virtual: bool = False
    procedure: bool = False
    credential: str = ""
    variant: str = ""
    color: str = ""
    start: int | None = None
    end: int | None = None

    @property
    def is_work(self) -> bool:
        """Say whether a person in this cell is at work."""
        return self.family not in {Family.OFF, Family.LEAVE}


_FLAGS: dict[DutyKind, frozenset[Flag]] = {
    DutyKind.ROTATION_DAY: frozenset({Flag.IN_HOUSE, Flag.SCHEDULED, Flag.CLINICAL, Flag.NEW_PATIENTS}),
    DutyKind.CLINIC_HALF_DAY: frozenset({Flag.IN_HOUSE, Flag.SCHEDULED, Flag.CLINICAL, Flag.NEW_PATIENTS}),
    DutyKind.SUPERVISION_HALF_DAY: frozenset({Flag.IN_HOUSE, Flag.SCHEDULED, Flag.CLINICAL}),
    DutyKind.OTHER_HALF_DAY: frozenset({Flag.IN_HOUSE, Flag.SCHEDULED, Flag.ADMINISTRATIVE}),
    DutyKind.EMERGENCY_SHIFT: frozenset({Flag.IN_HOUSE, Flag.SCHEDULED, Flag.CLINICAL, Flag.NEW_PATIENTS}),
    DutyKind.IN_HOUSE_CALL: frozenset(
        {Flag.IN_HOUSE, Flag.SCHEDULED, Flag.CLINICAL, Flag.IN_HOUSE_CALL, Flag.NEW_PATIENTS}
    ),
    DutyKind.HOME_CALL: frozenset({Flag.HOME_CALL, Flag.SCHEDULED}),
    DutyKind.NIGHT_FLOAT: frozenset(
        {Flag.IN_HOUSE, Flag.SCHEDULED, Flag.CLINICAL, Flag.NIGHT_FLOAT, Flag.NEW_PATIENTS}
    ),
    DutyKind.JEOPARDY: frozenset(),
    DutyKind.CONFERENCE: frozenset({Flag.IN_HOUSE, Flag.SCHEDULED, Flag.EDUCATION}),
    DutyKind.MOONLIGHTING: frozenset({Flag.IN_HOUSE, Flag.CLINICAL, Flag.MOONLIGHTING}),
    DutyKind.TRANSITION: frozenset({Flag.IN_HOUSE, Flag.SCHEDULED, Flag.TRANSITION}),
}


def usual_flags(kind: DutyKind) -> frozenset[Flag]:
    """The flags that a duty of a kind has unless its source says otherwise."""
    return _FLAGS[kind]


@dataclass(frozen=True, slots=True)
class Duty:
    """A span that needs someone.

    `day` is the local date on which it starts, `line` the demand it serves, `work` the pieces of an at-home call that
    were really worked. `counts` says whether its minutes count toward the hours; of an at-home call only `work` does.
    """

    id: str
    kind: DutyKind
    day: date
    span: Span
    flags: frozenset[Flag]
    activity: str = ""
    rotation: str = ""
    half: Half | None = None
    line: str = ""
    site: str = ""
    counts: bool = True
    certainty: Certainty = Certainty.KNOWN
    work: tuple[Span, ...] = ()
    program: str = ""

    @property
    def counted(self) -> tuple[Span, ...]:
        """The pieces whose minutes count toward the hours."""
        if Flag.HOME_CALL in self.flags:
            return self.work
        return (self.span,) if self.counts else ()
