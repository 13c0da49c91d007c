"""The formulas of a block sheet: counters right of the grid, and the clinic's arithmetic under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from housestaff.core.demand import attendings_needed
from housestaff.core.program import Program
from housestaff.files.workbook.codes import Codes
from housestaff.files.workbook.formats import HEAD, Looks
from housestaff.files.workbook.paper import Sheet, cell_name, cell_range
from housestaff.files.workbook.rows import COUNTERS, FIRST_DAY_COLUMN, HEADING_ROW, NAME_COLUMN, Group, Layout

FRACTION, TOTAL, AVAILABLE, SHORT = 4, 6, 7, 8
NEEDED = {FRACTION, TOTAL, SHORT}
"""The lines that ask for attendings; where the clinic is closed they ask for none."""

_Formula: TypeAlias = Callable[[int, int], str]
_Value: TypeAlias = Callable[[Mapping[int, str], Sequence[float]], float]


def counted(texts: Sequence[str], codes: Sequence[str]) -> int:
    """How many cells hold one of the codes."""
    wanted = set(codes)
    return sum(text in wanted for text in texts)


def code_sets(program: Program, codes: Codes) -> dict[str, list[str]]:
    """The sets of codes that the formulas count, by the name that the workbook gives them."""
    in_person = codes.where(needs_supervision=True, virtual=False)
    virtual = codes.where(needs_supervision=True, virtual=True)
    return {
        "in_person": in_person,
        "virtual": virtual,
        "clinic": [*in_person, *virtual],
        "with_room": [code for code in in_person if codes.activities[code].rooms],
        "procedures": codes.where(procedure=True),
        "attending": list(program.attending_demand.given_by),
        "nights": ["NF"],
        "own_panel": ["CC"],
        "off": ["PC", "OFF"],
        "leave": ["LV"],
        "inpatient": ["IPT"],
    }


def _count(cells: str, name: str) -> str:
    return f"SUMPRODUCT(COUNTIF({cells},{name}))"


def write_counters(
    sheet: Sheet, plan: Layout, sets: Mapping[str, Sequence[str]], looks: Looks, texts: Mapping[int, Sequence[str]]
) -> None:
    """Clinic, virtual, nights, post-call and leave of each person, as formulas with their present values."""
    names = ("in_person", "virtual", "clinic", "nights", "own_panel", "off", "leave", "inpatient")
    for offset, title in enumerate(COUNTERS):
        sheet.write_string(HEADING_ROW, plan.counter_column + offset, title, looks.head(font_size=8))
    for row, held in texts.items():
        cells = cell_range(row, FIRST_DAY_COLUMN, row, plan.last_day_column)
        for offset, name in enumerate(names):
            column = plan.counter_column + offset
            formula, value = _count(cells, name), float(counted(held, sets[name]))
            if name == "inpatient":
                formula, value = f"ROUND({formula}/14,1)", round(value / 14, 1)
            sheet.write_formula(row, column, f"={formula}", looks.quiet(), value)


def write_computed(
    sheet: Sheet,
    plan: Layout,
    program: Program,
    kit: tuple[Mapping[str, Sequence[str]], Looks],
    texts: Mapping[int, Sequence[str]],
) -> None:
    """The clinic's lines for each half-day: who sees patients, how many attendings that needs, how many there are."""
    sets, looks = kit
    lines = _lines(plan, program, sets)
    top = plan.computed
    sheet.merge_range(top - 1, 0, top - 1, NAME_COLUMN, "Clinic, each half-day", looks.head(align="left", indent=1))
    for offset, (label, _, _) in enumerate(lines):
        sheet.set_row(top + offset, 20)
        strong = {"bold": True, "top": 1, "top_color": HEAD} if offset in {TOTAL, AVAILABLE} else {}
        sheet.merge_range(top + offset, 0, top + offset, NAME_COLUMN, label, looks.quiet(align="right", **strong))
    for column in range(FIRST_DAY_COLUMN, plan.last_day_column + 1):
        values: list[float] = []
        held = {row: cells[column - FIRST_DAY_COLUMN] for row, cells in texts.items()}
        is_open = program.calendar.is_workday(plan.days[(column - FIRST_DAY_COLUMN) // 2])
        for offset, (_, formula, value) in enumerate(lines):
            counts = is_open or offset not in NEEDED
            text = formula(column, top) if counts else "0"
            values.append(value(held, values) if counts else 0.0)
            number = "0.##" if offset == FRACTION else "0"
            look = looks.quiet(num_format=f"{number};-{number};", font_size=9)
            sheet.write_formula(top + offset, column, "=" + text, look, values[-1])
    _warn(sheet, plan, program, looks)


def _lines(plan: Layout, program: Program, sets: Mapping[str, Sequence[str]]) -> list[tuple[str, _Formula, _Value]]:
    def count(groups: Sequence[Group], name: str) -> tuple[_Formula, _Value]:
        return _count_in(groups, name, sets[name])

    residents = [group for group in plan.groups if group.name.startswith("PGY")]
    interns = [group for group in residents if group.name == "PGY-1"]
    seniors = [group for group in residents if group.name != "PGY-1"]
    everybody = list(plan.groups)
    quarters = dict(program.attending_demand.quarters)
    quarter = program.attending_demand.procedure
    weights = [(count([group], "clinic"), quarters.get(group.name, 0)) for group in residents]

    def fraction(column: int, _top: int) -> str:
        parts = [f"{weight / 4:g}*{formula(column, 0)}" for (formula, _), weight in weights if weight]
        return "+".join(parts) or "0"

    def fraction_value(held: Mapping[int, str], seen: Sequence[float]) -> float:
        return sum(weight * value(held, seen) for (_, value), weight in weights) / 4

    def total(column: int, top: int) -> str:
        return f"ROUNDUP({cell_name(top + 4, column)}+{quarter / 4:g}*{cell_name(top + 5, column)},0)"

    def total_value(_held: Mapping[int, str], seen: Sequence[float]) -> float:
        return attendings_needed(round(4 * seen[4]) + quarter * round(seen[5]))

    def short(column: int, top: int) -> str:
        return f"MAX(0,{cell_name(top + 6, column)}-{cell_name(top + 7, column)})"

    return [
        ("Screeners (in person)", *count(everybody, "with_room")),
        ("Virtual", *count(everybody, "virtual")),
        ("Interns in clinic", *count(interns, "clinic")),
        ("Residents in clinic", *count(seniors, "clinic")),
        ("Attendings needed (fraction)", fraction, fraction_value),
        ("Procedures", *count(residents, "procedures")),
        ("Total need", total, total_value),
        ("Attendings available", *count(everybody, "attending")),
        ("Attendings short", short, lambda _held, seen: max(0.0, seen[6] - seen[7])),
    ]


def _count_in(groups: Sequence[Group], name: str, codes: Sequence[str]) -> tuple[_Formula, _Value]:
    rows = [(group.first, group.last) for group in groups]
    wanted = set(codes)

    def formula(column: int, _top: int) -> str:
        if not rows or not codes:
            return "0"
        cells = f"{cell_name(rows[0][0], column)}:{cell_name(rows[-1][1], column)}"
        return _count(cells, name)

    def value(held: Mapping[int, str], _seen: Sequence[float]) -> float:
        return float(sum(text in wanted for row, text in held.items() if rows and rows[0][0] <= row <= rows[-1][1]))

    return formula, value


def _warn(sheet: Sheet, plan: Layout, program: Program, looks: Looks) -> None:
    """Red where attendings are short, amber where more people see patients than rooms are wanted."""
    top, first, last = plan.computed, FIRST_DAY_COLUMN, plan.last_day_column
    red = looks.look(bg_color="#E06666", font_color="#FFFFFF", bold=True)
    amber = looks.look(bg_color="#F6B26B", bold=True)
    over = {"type": "cell", "criteria": ">", "value": 0, "format": red}
    sheet.conditional_format(top + 8, first, top + 8, last, over)
    for limit, tone in ((program.rooms.limit, red), (program.rooms.wanted, amber)):
        if limit is not None:
            crowded = {"type": "cell", "criteria": ">", "value": limit, "format": tone}
            sheet.conditional_format(top, first, top, last, crowded)
