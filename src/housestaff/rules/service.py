"""Who is on which service: counts over rotations, call lines and clinic half-days of a finished roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property

from housestaff.core.calendar import Block
from housestaff.core.demand import CallLine, Demand
from housestaff.core.duties import Activity, Duty, DutyKind, Family
from housestaff.core.grid import Grid
from housestaff.core.nights import names_on_night
from housestaff.core.people import Person
from housestaff.core.roster import Stint
from housestaff.core.rotations import Requirement, RequirementUnit
from housestaff.core.time import Half, Span, days
from housestaff.core.view import Amount, ClinicHalf, Dealt
from housestaff.rules.fairness.days_worked import holidays_dealt, weekends_dealt
from housestaff.rules.fairness.shares import shares
from housestaff.rules.night_rotations import night_runs

FIRST_YEAR = "PGY-1"


def weeks_in(block: Block) -> int:
    """Whole weeks of a short block; the weeks at the edges of a year have six to nine days."""
    return max(1, round(block.length / 7))


def is_for(person: Person, who: str, day: date) -> bool:
    """Say whether a person is one of those a demand asks for on a date."""
    kind, colon, skill = who.partition(":")
    if colon and kind == "credential":
        return person.has_credential(skill, day)
    if who in {"resident", "faculty"}:
        return person.is_trainee if who == "resident" else person.is_faculty
    return who in {"any", person.level_on(day), person.role_on(day), person.id}


class FinishedService:
    """The services of a finished roster, counted."""

    def __init__(self, grid: Grid, focus: Span | None = None, chosen: frozenset[str] | None = None) -> None:
        """Read a grid; a focus leaves out windows that do not touch it, and those chosen the years of all others."""
        self.grid, self.program, self.focus, self._chosen = grid, grid.program, focus, chosen
        self._clinic: list[ClinicHalf] | None = None

    def _dates_asked(self) -> tuple[date, date]:
        """The first and last date that the focus leaves."""
        if self.focus is None:
            return self.first, self.last
        zone = self.program.zone
        return max(self.first, zone.date_of(self.focus.start)), min(self.last, zone.date_of(self.focus.end))

    def _asked(self, span: Span) -> bool:
        return self.focus is None or span.overlaps(self.focus)

    @property
    def first(self) -> date:
        """The first date of the academic year that the roster holds."""
        return max(self.grid.period[0], self.program.calendar.first)

    @property
    def last(self) -> date:
        """The last date of the academic year that the roster holds."""
        return min(self.grid.period[1], self.program.calendar.last)

    @property
    def whole_year(self) -> bool:
        """Say whether the roster holds the whole academic year, so that yearly counts mean something."""
        return self.first == self.program.calendar.first and self.last == self.program.calendar.last

    @property
    def year(self) -> Span:
        """The academic year as far as the roster holds it."""
        return self.program.zone.day_span(self.first, self.last)

    # -- rotations -----------------------------------------------------------------------------------------------------

    def required(self) -> Iterator[tuple[Person, Requirement]]:
        """Every resident with every requirement of rotations that is for them."""
        counted = {RequirementUnit.BLOCKS, RequirementUnit.HALF_BLOCKS, RequirementUnit.WEEKS}
        for person in self.program.residents if self.whole_year else ():
            if self._chosen is not None and person.id not in self._chosen:
                continue
            level = self.level_of_year(person)
            for requirement in self.program.requirements:
                named = person.id in requirement.persons or (
                    not requirement.persons and requirement.level in {level, person.track}
                )
                if requirement.unit in counted and named and person.id not in requirement.not_for:
                    yield person, requirement

    def level_of_year(self, person: Person) -> str:
        """The level that a person has on their first day of the year."""
        start = next((dates.first for dates in person.employment if dates.first > self.program.calendar.first), None)
        return person.level_on(start or self.program.calendar.first)

    def amount_of(self, person: Person, requirement: Requirement, *, outside: bool = False) -> Amount:
        """How much of a required rotation a person has; `outside` counts only what stands outside its window."""
        return sum(
            self.amount_in(person, requirement, block)
            for block in self.program.series_of(person).blocks
            if not outside or (requirement.window and block.number not in requirement.window)
        )

    def amount_in(self, person: Person, requirement: Requirement, block: Block) -> int:
        """How much of a required rotation a person's stays hold in one block."""
        grid, codes = self.grid.person(person.id), self._codes(requirement.rotation)
        on = [stint.rotation if (stint := grid.stint_on(first)) else "" for first, _last in block.halves()]
        if requirement.unit is RequirementUnit.WEEKS:
            last = grid.stint_on(block.last)
            return weeks_in(block) if last is not None and last.rotation in codes else 0
        if len(codes) > 1:
            return int(set(on) == codes)
        if requirement.unit is RequirementUnit.HALF_BLOCKS:
            return sum(code in codes for code in on)
        return int(all(code in codes for code in on))

    def _codes(self, rotation: str) -> set[str]:
        found = self.program.rotation_by_code.get(rotation)
        return set(found.halves) if found and found.halves else {rotation}

    def order(self, person: Person, requirement: Requirement) -> Iterator[tuple[Amount, Amount, Span]]:
        """For each stay on a rotation that comes after another: one stay, and how many of the other came before."""
        stints = self.grid.person(person.id).stints
        for stint in stints:
            if stint.rotation in self._codes(requirement.rotation):
                before = sum(other.rotation == requirement.after and other.first < stint.first for other in stints)
                yield 1, before, self.program.zone.day_span(stint.first, stint.last)

    # -- demand --------------------------------------------------------------------------------------------------------

    @cached_property
    def _on_service(self) -> dict[tuple[str, date], list[Person]]:
        """Who is on a rotation on a date, by their stays."""
        found: dict[tuple[str, date], list[Person]] = defaultdict(list)
        for stint in self.grid.roster.stints:
            person = self.program.person_by_id.get(stint.person)
            if person is not None:
                for day in days(max(stint.first, self.first), min(stint.last, self.last)):
                    found[stint.rotation, day].append(person)
        return found

    def holders(self, demand: Demand) -> Iterator[tuple[Amount, Span]]:
        """How many holders a line of demand has, for each run of days with the same number."""
        run: list[date] = []
        held = 0
        for day in [*self._days_of(demand), None]:
            count = (
                -1
                if day is None
                else sum(is_for(p, demand.who, day) for p in self._on_service.get((demand.where, day), ()))
            )
            if run and (count != held or day is None or day - run[-1] != timedelta(days=1)):
                span = self.program.zone.day_span(run[0], run[-1])
                if self._asked(span):
                    yield held, span
                run = []
            if day is not None:
                run.append(day)
                held = count

    def _days_of(self, demand: Demand) -> Iterator[date]:
        series = self.program.calendar.series[0]
        for day in days(max(self.first, demand.first or self.first), min(self.last, demand.last or self.last)):
            block = series.block_on(day)
            in_block = not demand.blocks or (block is not None and block.number in demand.blocks)
            on_day = (not demand.weekdays or day.weekday() in demand.weekdays) and (
                not demand.dates or day in demand.dates
            )
            if in_block and on_day:
                yield day

    def crowds(self) -> Iterator[tuple[str, str, Amount, int, Span]]:
        """For each rotation and level with a roof: the most people at one time, the roof, and when."""
        for rotation in self.program.rotations:
            for level, _least, most in rotation.capacity:
                worst: tuple[int, date] | None = None
                for day in days(self.first, self.last):
                    people = self._on_service.get((rotation.code, day), ())
                    count = sum(level == "all" or is_for(person, level, day) for person in people)
                    if worst is None or count > worst[0]:
                        worst = count, day
                if worst is not None:
                    span = self.program.zone.day_span(worst[1])
                    if self._asked(span):
                        yield rotation.code, level, worst[0], most, span

    def names_on_call(self, line: CallLine) -> Iterator[tuple[Amount, Span, date]]:
        """How many names each night of a call line has."""
        for day in days(self.first, self.last):
            if day.weekday() in line.weekdays:
                span = Span(
                    self.program.zone.at(day, line.start),
                    self.program.zone.at(day, line.end + (1440 if line.end <= line.start else 0)),
                )
                if self._asked(span):
                    yield len(names_on_night(self.grid.roster, line, day)), span, day

    def shares(self) -> list[Dealt]:
        """How the nights of the shared call lines were dealt, when the whole year is there."""
        if self.focus is not None or not self.whole_year:
            return []
        return shares(self.program, self.grid.roster)

    def weekends_dealt(self) -> list[Dealt]:
        """How the weekends with duty fell on the residents of each level, when the whole year is there."""
        return weekends_dealt(self.grid, self.level_of_year) if self.focus is None and self.whole_year else []

    def holidays_dealt(self) -> list[Dealt]:
        """How the holidays with duty fell on the residents of each level, when the whole year is there."""
        return holidays_dealt(self.grid, self.level_of_year) if self.focus is None and self.whole_year else []

    def nights_on_rotation(self, person: Person) -> Iterator[tuple[int, Span, bool]]:
        """Days on night rotations: of each unbroken run, and, as the last and said so, of the whole year."""
        for count, span in night_runs(self.grid, person, self.first, self.last):
            if self._asked(span):
                yield count, span, False
        if self.whole_year and self.focus is None:
            total = sum(count for count, _span in night_runs(self.grid, person, self.first, self.last))
            yield total, self.year, True

    # -- clinic --------------------------------------------------------------------------------------------------------

    def clinic_halves(self) -> Iterator[ClinicHalf]:
        """Every half-day on which the clinic is open, with what it needs and has."""
        if self._clinic is None:
            self._clinic = list(self._count_clinic())
        return iter(self._clinic)

    def _count_clinic(self) -> Iterator[ClinicHalf]:
        for day in days(*self._dates_asked()):
            for half in Half if self.program.calendar.is_workday(day) else ():
                if self._asked(self.program.zone.half_span(day, half)):
                    yield self.clinic_half(day, half)

    def clinic_half(self, day: date, half: Half) -> ClinicHalf:
        """What the clinic needs and has in one half-day: numbers, or expressions where sessions are still open."""
        given, demand = set(self.program.attending_demand.given_by), self.program.attending_demand
        counts: dict[str, Amount] = defaultdict(int)
        early: list[str] = []
        for person, activity, held in self.sessions(day, half):
            if activity.code in given:
                counts["attendings"] = counts["attendings"] + held
                if not self.has_other_work(person, day, half):
                    counts["preceptors"] = counts["preceptors"] + held
            if activity.family is Family.CLINIC:
                counts["rooms"] = counts["rooms"] + activity.rooms * held
                counts["virtual"] = counts["virtual"] + int(activity.virtual) * held
                counts["sessions"] = counts["sessions"] + held
                if person.is_trainee and activity.needs_supervision:
                    level = person.level_on(day)
                    need = demand.quarters_of(level, procedure=activity.procedure)
                    counts["quarters"] = counts["quarters"] + need * held
                    counts["residents"] = counts["residents"] + held
                    early += [person.id] if level == FIRST_YEAR else []
        kinds = ("quarters", "attendings", "rooms", "virtual", "sessions", "residents", "preceptors")
        amounts = {kind: counts[kind] for kind in kinds}
        return ClinicHalf(day, half, self.program.zone.half_span(day, half), **amounts, early=tuple(early))

    def has_other_work(self, person: Person, day: date, half: Half) -> bool:
        """Say whether somebody who supervises in a half-day has other duties in it: then they are not free for it."""
        start, end = self.program.half_day(half)
        zone = self.program.zone
        span = Span(zone.at(day, start), zone.at(day, end))
        return any(
            duty.half is not half and duty.span.overlaps(span) and duty.kind is not DutyKind.JEOPARDY
            for duty in self._free_standing.get((person.id, day), ())
        )

    @cached_property
    def _free_standing(self) -> dict[tuple[str, date], list[Duty]]:
        """The duties with times of their own, by person and date: only they can stand beside a half-day."""
        found: dict[tuple[str, date], list[Duty]] = defaultdict(list)
        for cell in self.grid.roster.duties:
            if cell.person is not None:
                found[cell.person, cell.duty.day].append(cell.duty)
        return found

    def sessions(self, day: date, half: Half) -> Iterator[tuple[Person, Activity, Amount]]:
        """Who holds which session in a half-day, and whether: one where it is decided."""
        for person in self.program.people:
            if person.is_trainee or person.is_faculty:
                activity = self.program.activity_by_code.get(self.grid.person(person.id).code(day, half))
                if activity is not None:
                    yield person, activity, 1

    # -- single duties -------------------------------------------------------------------------------------------------

    def stints(self, people: Iterable[Person]) -> Iterator[tuple[Person, Stint, Span]]:
        """Every stay of the people."""
        for person in people:
            for stint in self.grid.person(person.id).stints:
                span = self.program.zone.day_span(stint.first, stint.last)
                if self._asked(span):
                    yield person, stint, span
