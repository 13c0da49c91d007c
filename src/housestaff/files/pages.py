"""What stands on each printed page, as plain data for the templates."""

from __future__ import annotations

from calendar import Calendar as MonthCalendar
from datetime import date

from housestaff.core.calendar import Block
from housestaff.core.demand import CallLine
from housestaff.core.grid import Grid
from housestaff.core.nights import names_on_night
from housestaff.core.people import Person
from housestaff.core.person_grid import PersonGrid
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import Half, days
from housestaff.files.raw import Raw
from housestaff.files.workbook.codes import Codes
from housestaff.files.workbook.rows import Layout, layout, sheet_name_of

_WHITE, _GRAY = "#FFFFFF", "#E6E6E6"
_WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


def poster_page(program: Program, roster: Roster) -> dict[str, Raw]:
    """The year: groups of people, a row each, two cells a block."""
    codes, series = Codes(program), program.calendar.series[0]
    stays: dict[str, list[Raw]] = {}
    for stint in sorted(roster.stints, key=lambda stint: stint.first):
        stays.setdefault(stint.person, []).append(stint)
    shown = {person.id for person in program.residents}
    used = dict.fromkeys(stint.rotation for stint in roster.stints if stint.person in shown)
    groups: dict[str, list[dict[str, Raw]]] = {}
    for person in sorted(program.residents, key=lambda person: _level(program, person)):
        level = _level(program, person)
        halves: list[dict[str, Raw]] = []
        for block in series.blocks:
            pair = [_on(stays.get(person.id, []), first, last) for first, last in block.halves()]
            gone = not any(person.is_employed(day) for day in (block.first, block.middle, block.last))
            halves += _halves(pair, [_GRAY if gone else codes.color(code) if code else _WHITE for code in pair])
        groups.setdefault(level or "Without a level", []).append({"name": sheet_name_of(person), "halves": halves})
    count = sum(len(rows) for rows in groups.values()) + len(groups)
    blocks = [{"number": block.number, "dates": _dates(block)} for block in series.blocks]
    height = min(11.0, max(3.2, 204 / max(count, 1)))
    return {
        "title": program.name,
        "note": f"Rotations {series.first:%B %-d, %Y} to {series.last:%B %-d, %Y}",
        "blocks": blocks,
        "groups": [{"name": name, "rows": rows} for name, rows in groups.items()],
        "row_height": height,
        "text_size": min(8.5, max(5.0, height * 1.1)),
        "legend": [_entry(codes, program, code) for code in sorted(used)],
    }


def _level(program: Program, person: Person) -> str:
    return next((level for block in program.calendar.series[0].blocks if (level := person.level_on(block.first))), "")


def _on(stays: list[Raw], first: date, last: date) -> str:
    return next((str(stay.rotation) for stay in stays if stay.first <= last and stay.last >= first), "")


def _halves(pair: list[str], colors: list[str]) -> list[dict[str, Raw]]:
    if pair[0] == pair[1]:
        return [{"code": pair[0], "color": colors[0], "span": 2, "bold": True}]
    return [{"code": code, "color": color, "span": 1, "bold": True} for code, color in zip(pair, colors, strict=True)]


def _dates(block: Block) -> str:
    return f"{block.first:%b %-d} – {block.last:%b %-d}"


def _entry(codes: Codes, program: Program, code: str) -> dict[str, str]:
    known = codes.rotations.get(code) or codes.activities.get(code) or program.rotation_by_code.get(code)
    return {"code": code, "name": known.name if known else "", "color": codes.color(code)}


def block_pages(grid: Grid) -> dict[str, Raw]:
    """Each block of the roster: days, call, and the half-days of everybody who is there."""
    codes = Codes(grid.program)
    first, last = grid.period
    blocks = [
        _block(grid, codes, layout(grid.program, block))
        for block in grid.program.calendar.series[0].blocks
        if block.first <= last and block.last >= first
    ]
    return {"title": f"{grid.program.name}, blocks", "blocks": blocks, "text_size": 6.2}


def _block(grid: Grid, codes: Codes, plan: Layout) -> dict[str, Raw]:
    program = grid.program
    used: dict[str, None] = {}
    groups: list[dict[str, Raw]] = []
    for group in plan.groups:
        rows = [_row(grid.person(person.id), codes, plan, used) for person in group.people]
        if rows:
            groups.append({"name": group.name, "rows": rows})
    lines = sum(len(group["rows"]) + 1 for group in groups)
    calls = [
        {"name": line.name, "names": [_names(program, grid.roster, line, day) for day in plan.days]}
        for line in program.calls
    ]
    known = [code for code in codes.known if code in used]
    return {
        "number": plan.block.number,
        "dates": f"{plan.block.first:%B %-d} to {plan.block.last:%B %-d, %Y}",
        "days": [
            {"weekday": f"{day:%a}", "date": f"{day:%b %-d}", "off": not program.calendar.is_workday(day)}
            for day in plan.days
        ],
        "calls": calls,
        "groups": groups,
        "lines": lines,
        "row_height": min(6.2, max(3.0, (214 - 5.4 * len(calls)) / max(lines, 1))),
        "legend": [_entry(codes, program, code) for code in known],
    }


def _row(mine: PersonGrid, codes: Codes, plan: Layout, used: dict[str, None]) -> dict[str, Raw]:
    halves: list[dict[str, Raw]] = []
    for day in plan.days:
        pair = [mine.code(day, half) for half in Half]
        used.update(dict.fromkeys(code for code in pair if code))
        for code in pair:
            activity = codes.activities.get(code)
            color = codes.color(code) if code else _WHITE
            halves.append({"code": code, "color": color, "span": 1, "bold": bool(activity and activity.protected)})
    stays = [mine.rotation_on(day) for day in (plan.days[0], plan.days[-1])]
    shown = "/".join(dict.fromkeys(rotation.code for rotation in stays if rotation))
    color = codes.color(stays[0].code) if stays[0] else _WHITE
    return {"name": sheet_name_of(mine.person), "rotation": shown, "color": color, "halves": halves}


def _names(program: Program, roster: Roster, line: CallLine, day: date) -> str:
    people = [program.person_by_id.get(id_) for id_ in _on_night(roster, line, day)]
    return " / ".join(sheet_name_of(person) for person in people if person)


def _on_night(roster: Roster, line: CallLine, day: date) -> tuple[str, ...]:
    return names_on_night(roster, line, day) if day.weekday() in line.weekdays else ()


def call_pages(program: Program, roster: Roster) -> dict[str, Raw]:
    """The months of the roster, a week a row, Sunday first."""
    dates = [night.day for night in roster.calls] or [program.calendar.first]
    months: list[dict[str, Raw]] = []
    year, month = min(dates).year, min(dates).month
    while (year, month) <= (max(dates).year, max(dates).month):
        months.append(
            {
                "name": f"{date(year, month, 1):%B %Y}",
                "weeks": [
                    [_call_day(program, roster, day, inside=day.month == month) for day in week]
                    for week in MonthCalendar(6).monthdatescalendar(year, month)
                ],
            }
        )
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return {"title": f"{program.name}, call", "note": f"Call, {program.name}", "weekdays": _WEEKDAYS, "months": months}


def _call_day(program: Program, roster: Roster, day: date, *, inside: bool) -> dict[str, Raw]:
    holiday = program.calendar.holiday_on(day)
    calls = [
        {"line": line.name, "names": names} for line in program.calls if (names := _names(program, roster, line, day))
    ]
    off = day.weekday() >= 5 or holiday is not None
    note = holiday.name if holiday else ""
    return {"number": day.day, "inside": inside, "off": off, "note": note, "calls": calls}


def person_pages(program: Program, roster: Roster) -> dict[str, Raw]:
    """Each person's year: a row a block with rotations, nights of call, and leave."""
    codes, people = Codes(program), list[dict[str, Raw]]()
    first, last = Grid(program, roster).period
    nights: dict[str, list[tuple[date, str]]] = {}
    for day in days(first, last):
        for line in program.calls:
            for who in _on_night(roster, line, day):
                nights.setdefault(who, []).append((day, line.name))
    for person in program.people:
        if not (person.is_trainee or person.is_faculty):
            continue
        stays = list(roster.stints_of(person.id))
        held = (stays, nights.get(person.id, []))
        rows = [_person_row(program, codes, (person, block), held) for block in program.series_of(person).blocks]
        note = _level(program, person) or person.role_on(program.calendar.first)
        people.append({"name": person.display_name, "note": f"{note}  ·  {program.name}".strip(" ·"), "rows": rows})
    return {"title": f"{program.name}, people", "people": people}


def _person_row(
    program: Program, codes: Codes, of: tuple[Person, Block], held: tuple[list[Raw], list[tuple[date, str]]]
) -> dict[str, Raw]:
    (person, block), (stays, nights) = of, held
    shown = [_on(stays, first, last) for first, last in block.halves()]
    rotations = [_entry(codes, program, code) for code in dict.fromkeys(code for code in shown if code)]
    calls = [f"{day:%a %b %-d}" for day, _ in nights if block.holds(day)]
    away = [
        f"{leave.kind} {leave.first:%b %-d}" + (f" – {leave.last:%b %-d}" if leave.last != leave.first else "")
        for leave in program.leaves
        if leave.person == person.id and leave.blocks and leave.first <= block.last and leave.last >= block.first
    ]
    return {
        "number": block.number,
        "dates": _dates(block),
        "rotations": rotations,
        "calls": ", ".join(calls),
        "leave": ", ".join(away),
    }
