"""Defects of coverage and of derived cells: nights, what follows from them, weeks of service, clinic half-days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property

from housestaff.core.duties import Family
from housestaff.core.people import Person
from housestaff.core.roster import Layer, Night, Stint
from housestaff.core.time import Half, days
from housestaff.rules.service import ClinicHalf
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.planting.draft import BROKEN, Draft

_DAY = timedelta(days=1)
_NIGHTS, _DERIVED, _DEMAND = ("one_name_a_night", BROKEN), ("derived_cells", BROKEN), ("demand_met", BROKEN)
_ATTENDINGS, _ROOMS = ("attendings_in_clinic", BROKEN), ("rooms_in_clinic", BROKEN)
_PAPERWORK = ("GME", "DFM")


class CoverageDefects:
    """Plants defects of nights, weeks and clinics; every date is spoiled once."""

    def __init__(self, draft: Draft, line: str, weeks: str) -> None:
        """Take the line of faculty call and the rotation of the weeks."""
        self.draft, self.line, self.weeks = draft, line, weeks
        self.program = draft.program
        self._dates = draft.dates
        calendar = self.program.calendar
        self.nights = sorted(
            night.day
            for night in draft.calls
            if night.line == line
            and calendar.is_workday(night.day + _DAY)
            and calendar.first < night.day < calendar.last - _DAY
        )
        self.edges = {block.last for block in calendar.series[0].blocks[:-1]}

    # -- nights --------------------------------------------------------------------------------------------------------

    def two_names(self, count: int) -> None:
        """A second name on a night of call."""
        for day, second in self._nights_for_a_second(count):
            self.draft.name_night(Night(self.line, day), (self._on_call(day), second.id))
            self.draft.note("two names on a night", "", day, self.line, _NIGHTS)

    def no_name(self, count: int) -> None:
        """A night of call that nobody has."""
        for day in self._spread(count):
            if self._can_spare(day + _DAY, Half.AM):
                self.draft.name_night(Night(self.line, day), ())
                self.draft.note("no name on a night", "", day, self.line, _NIGHTS)

    def missing_follow_up(self, count: int) -> None:
        """The attending sees clinics as usual on the morning after call, over the edge of a block."""
        edges = sorted(self.edges & set(self.nights))
        for day in self.draft.dice.sample(edges, count):
            self._dates.add(day)
            person = self._on_call(day)
            self.draft.put(person, day + _DAY, Half.AM, "AT")
            self.draft.put(person, day + _DAY, Half.PM, "GME")
            self.draft.note("follow-up missing at a block edge", person, day + _DAY, "PCAT, DO", _DERIVED)

    def stale_follow_up(self, count: int) -> None:
        """A call was moved to a colleague; the cells that followed it stayed with the first."""
        for day, second in self._nights_for_a_second(count):
            first = self._on_call(day)
            self.draft.name_night(Night(self.line, day), (second.id,))
            self.draft.put(first, day + _DAY, Half.AM, "PCAT")
            self.draft.put(first, day + _DAY, Half.PM, "DO")
            self.draft.note("follow-up left over", first, day + _DAY, "PCAT, DO", _DERIVED)

    def _on_call(self, day: date) -> str:
        return self.draft.clean.grid.roster.on_call(self.line, day)[0]

    def _spread(self, count: int) -> Iterator[date]:
        """So many nights that nothing has spoiled yet, inside blocks."""
        nights = [day for day in self.nights if day not in self.edges]
        self.draft.dice.shuffle(nights)
        for day in nights:
            if count and not {day, day + _DAY} & self._dates and self._can_spare(day + _DAY, Half.AM):
                self._dates |= {day, day + _DAY}
                count -= 1
                yield day
        if count:
            raise GeneratorError(f"{count} nights of call too few.", place="defects")

    def _nights_for_a_second(self, count: int) -> Iterator[tuple[date, Person]]:
        """Nights with a colleague who could take them without leaving the clinic short."""
        nights = [day for day in self.nights if day not in self.edges]
        self.draft.dice.shuffle(nights)
        for day in nights:
            second = None if {day, day + _DAY} & self._dates else next(self._colleagues(day), None)
            if count and second is not None:
                self._dates |= {day, day + _DAY}
                count -= 1
                yield day, second
        if count:
            raise GeneratorError(f"{count} nights of call too few.", place="defects")

    def _colleagues(self, day: date) -> Iterator[Person]:
        for person in self.program.faculty:
            codes = [self.draft.code(person.id, day + _DAY, half) for half in Half]
            spare = codes[0] in _PAPERWORK and codes[1] in _PAPERWORK
            if self.program.role_by_code[person.role_on(day)].takes_call and spare and self._is_rested(person, day):
                yield person

    def _is_rested(self, person: Person, day: date) -> bool:
        near = (day + timedelta(days=n) for n in range(-4, 5))
        return not any(person.id in self.draft.clean.grid.roster.on_call(self.line, each) for each in near)

    # -- weeks ---------------------------------------------------------------------------------------------------------

    def week_cut_at_an_edge(self, count: int) -> None:
        """An inpatient week ends with the block instead of on Thursday."""
        cut = [s for s in self.draft.stints if s.rotation == self.weeks and s.last - _DAY in self.edges]
        for stint in self.draft.dice.sample(sorted(cut, key=lambda each: each.first), count):
            self.draft.swap_stint(
                stint, [Stint(stint.person, stint.rotation, stint.first, stint.last - _DAY, stint.layer)]
            )
            self._dates |= {stint.last, stint.last + _DAY}
            self.draft.note("inpatient week cut at a block edge", "", stint.last, self.weeks, _DEMAND)

    def week_over_new_year_lost(self) -> None:
        """The inpatient week that began before July 1 is not carried over."""
        first = self.program.calendar.first
        stint = next(s for s in self.draft.stints if s.rotation == self.weeks and s.first < first <= s.last)
        self.draft.swap_stint(stint, [])
        self.draft.note("inpatient week over July 1 lost", "", first, self.weeks, _DEMAND)

    # -- clinic --------------------------------------------------------------------------------------------------------

    @cached_property
    def _clinic(self) -> dict[tuple[date, Half], ClinicHalf]:
        return {(half.day, half.half): half for half in self.draft.clean.service.clinic_halves()}

    def _can_spare(self, day: date, half: Half) -> bool:
        """Say whether the clinic does with an attending fewer there."""
        held = self._clinic.get((day, half))
        return held is not None and held.quarters <= 4 * (held.attendings - 1)

    def _halves(self) -> list[tuple[date, Half]]:
        places = [place for place in sorted(self._clinic) if place[0] not in self._dates]
        self.draft.dice.shuffle(places)
        return places

    def attending_deficits(self, count: int) -> None:
        """Attendings do paperwork while residents see patients."""
        for place in self._halves():
            held = self._clinic[place]
            names = [p for p in self.program.faculty if self.draft.code(p.id, *place) == "AT"]
            leaving = held.attendings - (held.quarters - 1) // 4
            if count and held.quarters and leaving <= len(names) and place[0] not in self._dates:
                for person in names[:leaving]:
                    self.draft.put(person.id, *place, "GME")
                self._dates.add(place[0])
                count -= 1
                self.draft.note("attending deficit", "", place[0], f"clinic {place[0]} {place[1]}", _ATTENDINGS)

    def room_overflows(self, count: int) -> None:
        """More people see patients than there are rooms."""
        limit = self.program.rooms.limit
        if limit is None:
            raise GeneratorError("the clinic has no limit of rooms to overflow.", place="defects")
        for place in self._halves():
            held = self._clinic[place]
            more = [p.id for p in self.program.faculty if self.draft.code(p.id, *place) in _PAPERWORK]
            slack = 4 * held.attendings - held.quarters
            residents = [p for p in self.program.residents if self._has_session(p, place)]
            free = [p for p in residents if p.level_on(place[0]) != "PGY-1"][:slack]
            if count and held.rooms + len(more) + len(free) > limit and place[0] not in self._dates:
                for id_ in more:
                    self.draft.put(id_, *place, "C")
                for person in free[: max(0, limit + 1 - held.rooms - len(more))]:
                    self.draft.put(person.id, *place, "C30")
                self._dates.add(place[0])
                count -= 1
                self.draft.note("room overflow", "", place[0], f"clinic {place[0]} {place[1]}", _ROOMS)
        if count:
            raise GeneratorError(f"{count} half-days too few for rooms to overflow.", place="defects")

    def _has_session(self, person: Person, place: tuple[date, Half]) -> bool:
        activity = self.program.activity_by_code.get(self.draft.code(person.id, *place))
        return (
            activity is not None
            and activity.family is Family.CLINIC
            and not (activity.rooms or activity.needs_supervision)
        )


def cells_without_record(draft: Draft, count: int, people: list[Person]) -> None:
    """A leave cell stands where no leave is on file."""
    for person, day in _session_days(draft, people, count):
        draft.put_day(person.id, day, "LV")
        draft.note("leave cell without record", person.id, day, "LV", _DERIVED)


def records_without_cells(draft: Draft, count: int, people: list[Person]) -> None:
    """Work stands by hand on a date of leave."""
    chosen = {person.id for person in people}
    leaves = [leave for leave in draft.program.leaves if leave.person in chosen and leave.kind.value == "vacation"]
    draft.dice.shuffle(leaves)
    for leave in leaves:
        if not count:
            return
        day = next(day for day in days(leave.first, leave.last) if draft.program.calendar.is_workday(day))
        rotation = draft.clean.grid.person(leave.person).rotation_on(day)
        code = (rotation.session or rotation.code) if rotation else ""
        activity = draft.program.activity_by_code.get(code)
        if code and (activity is None or activity.is_work):
            draft.dates.add(day)
            draft.put_day(leave.person, day, code, Layer.MANUAL)
            draft.note("leave without cells", leave.person, day, leave.id, _DERIVED)
            count -= 1


def _session_days(draft: Draft, people: list[Person], count: int) -> Iterator[tuple[Person, date]]:
    """A Tuesday on which the person has sessions of the rotation in both halves."""
    mixed = list(people)
    draft.dice.shuffle(mixed)
    for person in mixed:
        known = draft.clean.grid.person(person.id)
        good: list[date] = []
        for day in days(draft.program.calendar.first, draft.program.calendar.last):
            rotation = known.rotation_on(day)
            session = rotation.session if rotation is not None else ""
            if day.weekday() == 1 and session and all(known.code(day, half) == session for half in Half):
                good.append(day)
        good = [day for day in good if day not in draft.dates]
        if good and count:
            count -= 1
            day = draft.dice.choice(good)
            draft.dates.add(day)
            yield person, day
