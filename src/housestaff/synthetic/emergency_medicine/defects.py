"""What is planted into program C, with the rule that must find it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random

from housestaff.core.duties import DutyKind
from housestaff.core.people import Person
from housestaff.core.roster import Cell, Layer
from housestaff.core.time import HOUR, Half, Span, Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.emergency_medicine.program import CONFERENCE, TABLE
from housestaff.synthetic.emergency_medicine.witness import reference_c, shift_duty
from housestaff.synthetic.planting import hours
from housestaff.synthetic.planting.blocks import certificate_ended, left_before_the_end, requirement_short
from housestaff.synthetic.planting.coverage import cells_without_record, records_without_cells
from housestaff.synthetic.planting.draft import BROKEN, Draft, Spoiled

_DAY = timedelta(days=1)
_CREDENTIAL = "trauma_life_support"
_LONG_SHIFT = 10 * HOUR + 15
"""Six shifts of this length are sixty-one and a half hours."""


@cache
def spoiled_c(seed: int) -> Spoiled:
    """Program C with every planted defect, and the manifest."""
    counts = tables.table(TABLE)["defects"]
    draft = Draft(reference_c(seed), Random(f"defects {seed}"))
    hours.day_off_lost(draft, counts["day_off_lost"])
    hours.short_breaks(draft, counts["short_break"], counts["joined_gap"])
    hours.first_year_moonlighting(draft, counts["first_year_moonlighting"])
    _Shifts(draft).plant(counts)
    residents = list(draft.program.residents)
    cells_without_record(draft, counts["leave_cell_without_record"], residents)
    records_without_cells(draft, counts["leave_without_cells"], residents)
    left_before_the_end(draft, "PGY-3", 3)
    certificate_ended(draft, 1, "TRAUMA", _CREDENTIAL)
    requirement_short(draft, counts["requirement_short"], {"EMS", "ADMUS", "ANES"}, "RSH")
    return draft.done()


class _Shifts:
    """Plants what only the law of emergency medicine sees."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.zone = draft, draft.program.zone
        self.by_person: dict[str, dict[date, Cell]] = {person.id: {} for person in draft.program.residents}
        for cell in draft.duties:
            if cell.duty.kind is DutyKind.EMERGENCY_SHIFT and cell.person is not None:
                self.by_person[cell.person][cell.duty.day] = cell

    def plant(self, counts: tables.Row) -> None:
        """Weeks that are too long, and shifts after which somebody stayed late and rested too little."""
        people = list(self.by_person)
        self.draft.dice.shuffle(people)
        left = {self._long_week: counts["long_week"], self._stayed_late: counts["stayed_late"]}
        for id_ in people:
            for plant, count in left.items():
                if count and plant(self.draft.program.person(id_)):
                    left[plant] -= 1
                    break
        if any(left.values()):
            raise GeneratorError("too few places for defects of shifts.", place="defects")

    def _replace(self, old: Cell, span: Span) -> None:
        self.draft.duties[self.draft.duties.index(old)] = Cell(replace(old.duty, span=span), old.person)

    def _stayed_late(self, person: Person) -> bool:
        """After an evening that ran an hour and a half over, the next day's shift begins as a mid shift."""
        mine = self.by_person[person.id]
        for day, cell in sorted(mine.items()):
            after = mine.get(day + _DAY)
            evenings = cell.duty.line == "evening" and after is not None and after.duty.line == "evening"
            if after is not None and evenings and (day + _DAY).weekday() != Weekday.WEDNESDAY:
                self._replace(cell, Span(cell.duty.span.start, cell.duty.span.end + 90))
                start = self.zone.at(day + _DAY, 11 * HOUR)
                self._replace(after, Span(start, start + 9 * HOUR))
                self.draft.note("stayed late", person.id, day + _DAY, "evening", ("equal_time_off", BROKEN))
                return True
        return False

    def _long_week(self, person: Person) -> bool:
        """Six shifts of more than ten hours, with Sunday free."""
        for monday in self._weeks(person):
            for n in range(7):
                old = self.by_person[person.id].get(monday + n * _DAY)
                if old is not None:
                    self.draft.duties.remove(old)
            for n in range(6):
                self._add(person.id, monday + n * _DAY, 7 if n < 2 else 13 if n == 2 else 12)
            self.draft.put_day(person.id, monday + 6 * _DAY, "OFF", Layer.SOLVER)
            self.draft.note("61-hour week", person.id, monday, "ED", ("sixty_in_the_department", BROKEN))
            return True
        return False

    def _add(self, id_: str, day: date, hour: int) -> None:
        start = self.zone.at(day, hour * HOUR)
        line = "morning" if hour == 7 else "mid"
        self.draft.duties.append(Cell(shift_duty(id_, day, line, "main", Span(start, start + _LONG_SHIFT)), id_))
        meets = day.weekday() == Weekday.WEDNESDAY
        self.draft.put(id_, day, Half.AM, CONFERENCE if meets else "ED", Layer.SOLVER)
        self.draft.put(id_, day, Half.PM, "ED", Layer.SOLVER)

    def _weeks(self, person: Person) -> Iterator[date]:
        """Mondays of weeks in the department, without leave, before and after which nothing stands near."""
        mine, known = self.by_person[person.id], self.draft.clean.grid.person(person.id)
        calendar = self.draft.program.calendar
        for monday in days(calendar.first + 7 * _DAY, calendar.last - 14 * _DAY):
            dates = [monday + n * _DAY for n in range(-1, 8)]
            rotations = {rotation.code for day in dates if (rotation := known.rotation_on(day))}
            away = any((day, half) in known.away for day in dates for half in Half)
            is_clear = dates[0] not in mine and dates[-2] not in mine
            if monday.weekday() == Weekday.MONDAY and rotations == {"ED"} and not away and is_clear:
                yield monday
