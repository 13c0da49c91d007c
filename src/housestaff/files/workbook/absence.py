"""Leave on a sheet and leave on record: cells without a record become records once a person says which kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from housestaff.core.duties import Family
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import HalfDay
from housestaff.core.time import Half
from housestaff.files.workbook.review import Item, ItemKind
from housestaff.files.workbook.tell import Gathered

_LIKELY = {"CONF": ("conference", 0.95), "TDY": ("military", 0.95), "DEP": ("military", 0.95), "LV": ("vacation", 0.5)}


def read_absence(program: Program, gathered: Gathered) -> tuple[Leave, ...]:
    """New records for leave cells that no record covers; cells of leave are then no entries of their own."""
    away = program.halves_away
    without: dict[tuple[str, str], dict[date, list[Half]]] = defaultdict(lambda: defaultdict(list))
    for place, code in list(gathered.cells.items()):
        if gathered.codes.family(code) is not Family.LEAVE:
            continue
        del gathered.cells[place]
        if (place.person, place.day, place.half) not in away:
            without[place.person, code][place.day].append(place.half)
    found: list[Leave] = []
    for (person, code), by_day in without.items():
        for number, (first, last, half) in enumerate(_runs(by_day), 1):
            kind = _kind(gathered, code, HalfDay(person, first, half or Half.AM), last)
            if kind is not None:
                id_ = f"{person}.{first}.{code}.{number}"
                found.append(Leave(id_, person, kind, first, last, half, note="from the workbook"))
    _tell_missing_cells(program, gathered)
    return tuple(found)


def _kind(gathered: Gathered, code: str, place: HalfDay, last: date) -> LeaveKind | None:
    sheet, cell = gathered.places[place]
    likely, sure = _LIKELY.get(code, ("other", 0.5))
    item = Item(
        sheet,
        cell,
        ItemKind.LEAVE_WITHOUT_RECORD,
        code,
        f"leave to {last} stands here, and no record says so.",
        f"Say which kind it is: {', '.join(kind.value for kind in LeaveKind)}.",
        likely,
        sure,
    )
    answer = gathered.tell(item)
    return LeaveKind(answer) if answer in set(LeaveKind) else None


def _runs(by_day: dict[date, list[Half]]) -> Iterator[tuple[date, date, Half | None]]:
    """Days of the same halves that follow each other, as first and last day and the half that is away."""
    days = sorted(by_day)
    start = 0
    for index, day in enumerate(days):
        halves = by_day[day]
        following = index + 1 < len(days) and days[index + 1] == day + timedelta(days=1)
        if following and by_day[days[index + 1]] == halves:
            continue
        yield days[start], day, None if len(halves) == 2 else halves[0]
        start = index + 1


def _tell_missing_cells(program: Program, gathered: Gathered) -> None:
    if not gathered.dates:
        return
    shown = {(place.person, place.day, place.half): code for place, code in gathered.cells.items()}
    for leave in program.leaves:
        if not leave.blocks or not _touches(leave, gathered.dates):
            continue
        wrong = [(day, half) for day, half in leave.halves() if (leave.person, day, half) in shown]
        if wrong:
            place = HalfDay(leave.person, *wrong[0])
            sheet, cell = gathered.places[place]
            item = Item(
                sheet,
                cell,
                ItemKind.LEAVE_WITHOUT_CELLS,
                shown[leave.person, wrong[0][0], wrong[0][1]],
                f"{leave.kind} to {leave.last} is on record, and {len(wrong)} half-days say something else.",
                "Accept that the record is right, or cancel the leave.",
                "ignore",
                0.5,
                f"leave_without_cells:{leave.id}",
            )
            gathered.tell(item)


def _touches(leave: Leave, dates: Sequence[date]) -> bool:
    return leave.first <= max(dates) and leave.last >= min(dates)
