"""Forms know every field of a program file: what they show and send back is what stood there."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import FormData

from housestaff.core.program import Program
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.doors.web.fields import Field, fields_of
from housestaff.doors.web.forms import Filled, Typed, empty, facts_of, filled, shown
from housestaff.doors.web.visitor import Form
from housestaff.features.program.tables import PARTS
from housestaff.files.pattern import PATTERN
from housestaff.files.program_document import LISTS
from housestaff.files.records import Where
from housestaff.files.shapes import EVENT, HOLIDAY, PERSON, ROTATION, SERIES
from housestaff.synthetic.emergency_medicine import reference_c
from housestaff.synthetic.family_medicine import reference_a
from housestaff.synthetic.internal_medicine import reference_b

REFERENCES = {"a": reference_a, "b": reference_b, "c": reference_c}


def sent(form: Filled) -> Form:
    """What a browser sends of a form that nobody has touched."""
    pairs: list[tuple[str, str]] = []
    for each in form.fields:
        pairs += _pairs(each, f"f.{each.key}", form.typed[each.key])
    return Form(FormData([*pairs]))


def _pairs(each: Field, name: str, typed: Any) -> list[tuple[str, str]]:
    if each.sort == "truth":
        return [(name, "yes")] if typed else []
    if each.sort == "choices":
        return [(name, one) for one in typed]
    if each.sort == "rows":
        return _row_pairs(each, name, typed)
    if each.sort == "grid":
        cells = [(f"{name}.{slot}", cell["activity"]) for slot, cell in typed["cells"].items()]
        force = [(f"{name}.{slot}.force", cell["force"]) for slot, cell in typed["cells"].items()]
        return [*cells, *force, *_row_pairs(each, f"{name}.row", typed["rows"])]
    return [(name, typed)]


def _row_pairs(each: Field, name: str, rows: list[Typed]) -> list[tuple[str, str]]:
    return [
        pair
        for number, row in enumerate(rows)
        for inner in each.rows
        for pair in _pairs(inner, f"{name}.{number}.{inner.key}", row[inner.key])
    ]


def values(program: Program) -> list[tuple[str, Any, Any]]:
    """Every value of a program that a form exists for, with its record."""
    found = [(section, LISTS[section][1], each) for section in PARTS for each in getattr(program, LISTS[section][0])]
    calendar = program.calendar
    found += [("series", SERIES, each) for each in calendar.series]
    found += [("holiday", HOLIDAY, each) for each in calendar.holidays]
    return [*found, *(("event", EVENT, each) for each in calendar.events)]


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCES)
def test_what_a_form_shows_and_sends_back_untouched_is_what_stood_there(name: str) -> None:
    program = REFERENCES[name](1).program
    for section, record, value in values(program):
        form = filled(record, sent(shown(record, value)))
        facts = facts_of(record, form)
        told: list[Any] = list(form.problems)
        back = record.read(facts, Where(section, told))
        assert told == [], (section, value)
        assert _in_order(back) == _in_order(value)


def _in_order(value: Any) -> Any:
    """A rotation with its pattern by half-day: only there does the order of the cells say something."""
    if not isinstance(value, Rotation):
        return value
    pattern = sorted(value.pattern, key=lambda cell: (cell.weekday, cell.half))
    return (ROTATION.write(value, without=frozenset({"pattern"})), PATTERN.write(pattern))


@pytest.mark.parametrize("section", PARTS)
def test_every_field_of_a_section_has_an_input(section: str) -> None:
    record = LISTS[section][1]
    keys = {each.key.partition(".")[0] for each in fields_of(record)}
    assert keys == {column.key.partition(".")[0] for column in record.columns}


def test_a_new_rotation_begins_with_the_defaults() -> None:
    form = empty(ROTATION)
    form.typed |= {"code": "X", "name": "X", "kind": "elective"}
    back = ROTATION.read(facts_of(ROTATION, form), Where("", []))
    assert back == Rotation("X", "X", RotationKind.ELECTIVE)


def test_every_problem_of_a_form_names_its_field_and_row() -> None:
    form = empty(PERSON)
    form.typed |= {"id": "x", "cohort": "two", "levels": [{"level": "PGY-1", "from": "soon", "to": ""}]}
    assert facts_of(PERSON, form) == {}
    assert [each.place for each in form.problems] == ["display_name", "kind", "cohort", "levels, row 1, from"]
    assert form.problem_of("cohort") == "'two' is no whole number. Write digits."
