"""A broken and a kept roster for each rule that letters cannot show: small programs, one fact apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from housestaff.core.duties import Duty, DutyKind, usual_flags
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.letters import duties_of
from housestaff.core.program import Dated, Policy, Program
from housestaff.core.roster import Cell, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.rotations import Requirement, RequirementUnit, Rotation, RotationKind
from housestaff.core.supervision import SupervisionPool
from housestaff.core.time import Half, Span, Zone, days
from housestaff.core.wishes import Wish, WishKind
from housestaff.rules.finished_roster import FinishedRoster
from tests.builders import BLOCKS, ROTATIONS, attending, program, resident

FIRST, LAST = BLOCKS[0].first, BLOCKS[-1].last
WHOLE = (FIRST, LAST)
ZONE = Zone("America/Chicago")
ELSEWHERE = Rotation("AWAY", "Away", RotationKind.OFF_SITE, site="Elsewhere", off_site=True)
CLINICS = (Requirement("PGY-2", "C", 2, 3, unit=RequirementUnit.HALF_DAYS_A_WEEK),)


@dataclass(frozen=True)
class Case:
    """What breaks a rule and what keeps it, with the numbers of the edition and a published roster."""

    broken: tuple[Program, Roster]
    kept: tuple[Program, Roster]
    numbers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    published: Roster | None = None

    def view(self, *, kept: bool) -> FinishedRoster:
        """One of the two as the judge reads it."""
        crew, roster = self.kept if kept else self.broken
        return FinishedRoster.of(crew, roster, published=self.published)


def day_of(number: int) -> date:
    """The n-th day of the first block."""
    return FIRST + timedelta(days=number - 1)


def lettered(row: str, person: str = "r1", first: date = FIRST) -> tuple[Cell, ...]:
    """The duties of a row of letters, a day a letter."""
    return tuple(
        Cell(replace(duty, id=f"{person}.{duty.id}"), person)
        for offset, letter in enumerate(row)
        if letter != "."
        for duty in duties_of(letter, first + timedelta(days=offset), ZONE)
    )


def policy(**values: bool | float | str) -> Policy:
    """A policy in force since ever."""
    return Policy({key: (Dated(value),) for key, value in values.items()})


def on_call(*nights: date, person: str = "f1") -> Roster:
    """A roster with nights of faculty call."""
    roster = Roster(complete=WHOLE)
    for night in nights:
        roster = roster.with_call(Night("faculty_call", night), person)
    return roster


def half_days(codes: Mapping[tuple[str, date, Half], str], *stints: Stint) -> Roster:
    """A roster of decided half-days."""
    entries = {HalfDay(*place): Entry(Layer.MANUAL, code) for place, code in codes.items()}
    return Roster(stints=stints, complete=WHOLE).with_entries(entries)


def away(kind: LeaveKind, first: date, last: date, person: str = "f1") -> Leave:
    """A leave of a kind."""
    return Leave(f"{person}.{first}", person, kind, first, last)


# -- call --------------------------------------------------------------------------------------------------------------


def _recovery() -> Case:
    crew = program(attending(), leaves=(away(LeaveKind.MILITARY, day_of(2), day_of(21)),))
    return Case((crew, on_call(day_of(28))), (crew, on_call(day_of(29))))


def _convalescence() -> Case:
    crew = program(attending(), leaves=(away(LeaveKind.MEDICAL, day_of(5), day_of(8)),))
    return Case((crew, on_call(day_of(11))), (crew, on_call(day_of(12))))


def _near_week() -> Case:
    week = Stint("f1", "FMIT", day_of(16), day_of(22))
    crew = program(attending())
    near, far = (replace(on_call(day_of(number)), stints=(week,)) for number in (25, 26))
    return Case((crew, near), (crew, far))


def _transition() -> Case:
    crew = program(resident(), rotations=(*ROTATIONS, ELSEWHERE))
    night, next_first = Stint("r1", "NF", day_of(1), day_of(14)), day_of(15)
    there = Roster(stints=(night, Stint("r1", "AWAY", next_first, day_of(28))), complete=WHOLE)
    here = Roster(stints=(night, Stint("r1", "CARD", next_first, day_of(28))), complete=WHOLE)
    return Case((crew, there), (crew, here))


def _early_call() -> Case:
    crew = program(resident())
    early, late = (Roster(duties=lettered("K", first=each), complete=WHOLE) for each in (day_of(1), day_of(2)))
    return Case((crew, early), (crew, late), {"months": 1})


# -- supervision and clinic --------------------------------------------------------------------------------------------


def clinic(
    residents: int, *attendings: str, supervision_pools: tuple[SupervisionPool, ...] = ()
) -> tuple[Program, Roster]:
    """A clinic morning on the sixth day with some residents, and attendings in it."""
    people = [resident(f"r{number}") for number in range(1, residents + 1)]
    crew = program(*people, attending("f1"), attending("f2"), supervision_pools=supervision_pools)
    codes = {(person.id, day_of(6), Half.AM): "C" for person in people}
    return crew, half_days(codes | {(name, day_of(6), Half.AM): "AT" for name in attendings})


def _supervised() -> Case:
    pools = (SupervisionPool("C", ("AT", "PCAT")),)
    return Case(clinic(2, supervision_pools=pools), clinic(2, "f1", supervision_pools=pools))


def _preceptors() -> Case:
    return Case(clinic(3, "f1"), clinic(2, "f1"), {"people": 2})


def _exception() -> Case:
    return Case(clinic(5, "f1"), clinic(5, "f1", "f2"), {"people": 4, "months": 6})


def _clinic_year(*clinics: date) -> tuple[Program, Roster]:
    crew = program(resident(), requirements=CLINICS)
    stay = (Stint("r1", "CARD", FIRST, day_of(28)), Stint("r1", "CARD", day_of(29), LAST))
    workdays = [day for day in days(FIRST, LAST) if crew.calendar.is_workday(day)]
    codes = {("r1", day, half): "CARD" for day in workdays for half in Half}
    for day in clinics:
        codes["r1", day, Half.AM] = "C"
        codes["r1", day, Half.PM] = "C"
    return crew, half_days(codes, *stay)


def _mondays() -> list[date]:
    return [day for day in days(FIRST, LAST) if day.weekday() == 1]


def _clinic_load() -> Case:
    return Case(_clinic_year(*_mondays()[1:]), _clinic_year(*_mondays()))


def _clinic_weeks() -> Case:
    return Case(_clinic_year(*_mondays()[:5]), _clinic_year(*_mondays()[:6]), {"weeks": 40})


def _continuity() -> Case:
    tuesdays = _mondays()
    crew = policy(continuity_gap_weeks=4)
    far, near = (_clinic_year(tuesdays[0], tuesdays[number]) for number in (5, 4))
    return Case((replace(far[0], policy=crew), far[1]), (replace(near[0], policy=crew), near[1]))


def _night_float() -> Case:
    crew = program(resident())
    long, short = (Roster(stints=(Stint("r1", "NF", day_of(1), day_of(n)),), complete=WHOLE) for n in (29, 28))
    return Case((crew, long), (crew, short), {"weeks_in_a_row": 4, "weeks": 8})


# -- requirements ------------------------------------------------------------------------------------------------------


def _window() -> Case:
    crew = program(resident(), requirements=(Requirement("PGY-2", "CARD", 0, 2, window=(3,)),))
    early, late = (Roster(stints=(Stint("r1", "CARD", block.first, block.last),), complete=WHOLE) for block in BLOCKS)
    return Case((crew, early), (crew, late))


def _capacity() -> Case:
    rotations = tuple(replace(each, capacity=(("all", 0, 1),)) if each.code == "CARD" else each for each in ROTATIONS)
    crew = program(resident("r1"), resident("r2"), rotations=rotations)
    one, other = Stint("r1", "CARD", *_block(0)), Stint("r2", "CARD", *_block(1))
    both = Stint("r2", "CARD", *_block(0))
    return Case((crew, Roster(stints=(one, both), complete=WHOLE)), (crew, Roster(stints=(one, other), complete=WHOLE)))


def _block(number: int) -> tuple[date, date]:
    return BLOCKS[number].first, BLOCKS[number].last


# -- fairness ----------------------------------------------------------------------------------------------------------


def _shared(dates: list[date], **values: int) -> Case:
    crew = program(resident("r1"), resident("r2"), policy=policy(**values))
    mine, ours = list[Cell](), list[Cell]()
    for number, day in enumerate(dates):
        mine += lettered("D", "r1", day)
        ours += lettered("D", f"r{1 + number % 2}", day)
    return Case((crew, Roster(duties=tuple(mine), complete=WHOLE)), (crew, Roster(duties=tuple(ours), complete=WHOLE)))


def _weekends() -> Case:
    return _shared([day for day in days(FIRST, LAST) if day.weekday() == 5], weekends_from_fair=1)


def _holidays() -> Case:
    case = _shared([date(2025, 9, 1)], holidays_from_fair=0)
    crew = replace(case.broken[0], policy=policy(holidays_from_fair=1))
    return Case(case.broken, (crew, case.broken[1]))


def _calls() -> Case:
    crew = program(attending("f1"), attending("f2"))
    nights = [day for day in days(FIRST, LAST) if day.weekday() in {0, 1, 2, 3, 6}]
    uneven, even = on_call(*nights), on_call()
    for number, night in enumerate(nights):
        even = even.with_call(Night("faculty_call", night), f"f{1 + number % 2}")
    return Case((crew, uneven), (crew, even))


def _wishes() -> Case:
    crew = program(attending(), wishes=(Wish("f1", WishKind.AVOID_DATE, str(day_of(4))),))
    return Case((crew, on_call(day_of(4))), (crew, on_call(day_of(5))))


def _changes() -> Case:
    crew = program(attending())
    return Case((crew, on_call(day_of(4))), (crew, on_call(day_of(5))), published=on_call(day_of(5)))


def _return() -> Case:
    crew = program(resident())
    stay = Stint("r1", "CARD", *_block(0))
    kind = DutyKind.HOME_CALL
    start = ZONE.at(day_of(27), 17 * 60)
    home = Duty(
        "h",
        kind,
        day_of(27),
        Span(start, start + 900),
        usual_flags(kind),
        counts=False,
        work=(Span(start, start + 60),),
    )
    rosters = [
        Roster(stints=(stay,), duties=(*lettered(row), Cell(home, "r1")), complete=WHOLE)
        for row in ("D" * 26 + ".D", "D" * 20)
    ]
    return Case((crew, rosters[0]), (crew, rosters[1]))


CASES: Mapping[str, Callable[[], Case]] = {
    "recovery_after_deployment": _recovery,
    "convalescence": _convalescence,
    "call_near_week": _near_week,
    "transition_rotation_day": _transition,
    "early_call": _early_call,
    "supervised": _supervised,
    "preceptor_ratio": _preceptors,
    "primary_care_exception": _exception,
    "clinic_load": _clinic_load,
    "clinic_weeks": _clinic_weeks,
    "keep_continuity": _continuity,
    "night_float_weeks": _night_float,
    "rotation_window": _window,
    "rotation_capacity": _capacity,
    "even_weekends": _weekends,
    "even_holidays": _holidays,
    "even_calls": _calls,
    "honor_wishes": _wishes,
    "least_change": _changes,
    "home_call_return": _return,
}
