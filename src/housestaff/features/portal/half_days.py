"""The board of half-days: people by AM and PM of a block, with the names of each night of call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from housestaff.core.demand import CallLine
from housestaff.core.nights import names_on_night
from housestaff.core.people import Person
from housestaff.core.time import Half
from housestaff.features.portal.boards import MOST_DAYS, Stretch, blocks_of
from housestaff.features.portal.sight import Sight, each_day, look
from housestaff.features.program.store import Programs
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.unit import Unit


@dataclass(frozen=True, slots=True)
class HalfCell:
    """What stands on a half-day."""

    code: str
    family: str
    layer: str


@dataclass(frozen=True, slots=True)
class HalfLine:
    """A person with every half-day of a span, AM and PM in turn."""

    person: str
    name: str
    note: str
    rotation: str
    cells: tuple[HalfCell, ...]
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Nights:
    """A line of call with the names of each night: none, one, or more than one."""

    line: str
    name: str
    names: tuple[tuple[tuple[str, str], ...] | None, ...]
    """By day: (person, name) of each; nothing where the line has no night."""


@dataclass(frozen=True, slots=True)
class DayHead:
    """A day above its half-days."""

    day: date
    note: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class BlockBoard:
    """People by half-days."""

    stretch: Stretch
    before: Stretch | None
    after: Stretch | None
    blocks: tuple[Stretch, ...]
    days: tuple[DayHead, ...]
    calls: tuple[Nights, ...]
    groups: tuple[tuple[str, tuple[HalfLine, ...]], ...]
    today: date


def block(
    unit: Unit,
    programs: Programs,
    schedules: Schedules,
    *,
    schedule_id: UUID,
    day: date | None = None,
    people: Sequence[str] = (),
) -> BlockBoard:
    """The block that holds a day: today's, where none is named and the schedule covers it, or the first."""
    sight = look(unit, programs, schedules, schedule_id)
    wanted = set(people)
    blocks = blocks_of(sight)
    asked = min(max(day or sight.today, sight.first), sight.last)
    place = next(number for number, each in enumerate(blocks) if each.first <= asked <= each.last)
    stretch = _short(blocks[place], asked)
    days = each_day(stretch.first, stretch.last)
    return BlockBoard(
        stretch=stretch,
        before=blocks[place - 1] if place else None,
        after=blocks[place + 1] if place + 1 < len(blocks) else None,
        blocks=blocks,
        days=tuple(_head(sight, day) for day in days),
        calls=nights(sight, days),
        groups=tuple(
            (word, tuple(half_line(sight, person, days) for person in group if not wanted or person.id in wanted))
            for word, group in sight.groups()
            if not wanted or any(person.id in wanted for person in group)
        ),
        today=sight.today,
    )


def _short(stretch: Stretch, day: date) -> Stretch:
    """A stretch that a screen can hold: of a long gap between blocks only the weeks from a day on."""
    if stretch.days <= MOST_DAYS:
        return stretch
    return Stretch(stretch.name, day, min(stretch.last, day + timedelta(days=MOST_DAYS - 1)))


def _head(sight: Sight, day: date) -> DayHead:
    holiday = sight.program.calendar.holiday_on(day)
    return DayHead(day, holiday.name if holiday else "", not sight.program.calendar.is_workday(day))


def half_line(sight: Sight, person: Person, days: Iterable[date]) -> HalfLine:
    """The half-days of a person."""
    here = sight.grid.person(person.id)
    cells: list[HalfCell] = []
    rotations: list[str] = []
    for day in days:
        stint = here.stint_on(day)
        if stint is not None and stint.rotation not in rotations:
            rotations.append(stint.rotation)
        for half in Half:
            entry = here.codes.get((day, half))
            if entry is None:
                cells.append(HalfCell("", "blank", ""))
            else:
                cells.append(HalfCell(sight.code(here, entry), sight.family(entry), entry.layer.name.lower()))
    is_locked = any(lock.partition(" ")[0] == person.id for lock in sight.schedule.locked)
    note = person.track or person.role_on(sight.first)
    return HalfLine(person.id, person.display_name, note, " / ".join(rotations), tuple(cells), is_locked)


def nights(sight: Sight, days: Sequence[date]) -> tuple[Nights, ...]:
    """Each line of call over some days."""
    people = sight.program.person_by_id

    def names(line: CallLine, day: date) -> tuple[tuple[str, str], ...] | None:
        if day.weekday() not in line.weekdays:
            return None
        found = names_on_night(sight.grid.roster, line, day)
        return tuple((each, people[each].display_name) for each in found if each in people)

    return tuple(Nights(line.id, line.name, tuple(names(line, day) for day in days)) for line in sight.program.calls)


def codes(programs: Programs) -> list[tuple[str, str]]:
    """What may stand on a half-day: each code of the program with its name."""
    program = programs.get()
    found = {each.code: each.name for each in program.activities} | {
        each.code: each.name for each in program.rotations if each.is_service
    }
    return sorted(found.items())
