"""How a form is saved: what is refused is told in the form itself, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from housestaff.core.errors import BadInput, Stale
from housestaff.core.program import Program
from housestaff.doors.web.forms import Filled

KEPT, REFUSED, FASTER = 200, 400, 409


def kept(form: Filled, do: Callable[[], Any]) -> int:
    """Carry out what a form asks; the status tells whether it was kept, and the form what stood in the way."""
    if form.problems:
        return REFUSED
    try:
        do()
    except BadInput as error:
        form.problems.append(error)
        return REFUSED
    except Stale as error:
        form.problems.append(BadInput(str(error)))
        return FASTER
    return KEPT


def known_values(program: Program) -> dict[str, list[str]]:
    """What the fields of a form offer: codes, levels and names that the program knows."""
    rotations = [each.code for each in program.rotations]
    printed = {cell.activity for each in program.rotations for cell in each.pattern}
    activities = sorted(printed | {each.code for each in program.activities})
    levels = {span.level for person in program.people for span in person.levels}
    return {
        "rotations": rotations,
        "activities": activities,
        "places": [*rotations, *activities],
        "levels": ["all", *sorted(levels)],
        "series": [each.id for each in program.calendar.series],
        "people": [each.id for each in program.people],
        "roles": [each.code for each in program.roles],
        "credentials": sorted({held.kind for person in program.people for held in person.credentials}),
    }
