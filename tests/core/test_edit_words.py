"""Edits as a person writes them on one line."""

from __future__ import annotations

from datetime import date

import pytest

from housestaff.core.edit_words import read_edit
from housestaff.core.edits import Edit, SetCall, SetHalf, SetStint
from housestaff.core.errors import BadInput
from housestaff.core.time import Half

DAY = date(2025, 8, 5)


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("half r1 2025-08-05 am C", [SetHalf(person="r1", day=DAY, half=Half.AM, code="C")]),
        ("  half  r1 2025-08-05  PM  - ", [SetHalf(person="r1", day=DAY, half=Half.PM, code=None)]),
        ("half r1 2025-08-05 pm Peds night", [SetHalf(person="r1", day=DAY, half=Half.PM, code="Peds night")]),
        ("day r1 2025-08-05 C", [SetHalf(person="r1", day=DAY, half=half, code="C") for half in Half]),
        ("call faculty_call 2025-08-05 f2", [SetCall(line="faculty_call", day=DAY, person="f2")]),
        ("call faculty_call 2025-08-05 -", [SetCall(line="faculty_call", day=DAY, person=None)]),
        (
            "stint r1 2025-08-05..2025-08-11 CARD",
            [SetStint(person="r1", first=DAY, last=date(2025, 8, 11), rotation="CARD")],
        ),
        ("stint r1 2025-08-05 -", [SetStint(person="r1", first=DAY, last=DAY, rotation=None)]),
    ],
)
def test_a_line_is_read_as_the_edits_it_asks_for(text: str, edits: list[Edit]) -> None:
    assert list(read_edit(text)) == edits


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("", "''", "'half r1 2025-08-05 am C'"),
        ("night faculty_call 2025-08-05 f2", "'night faculty_call 2025-08-05 f2'", "'call faculty_call 2025-08-05 f2'"),
        ("half r1 2025-08-05 C", "'half r1 2025-08-05 C'", "'half r1 2025-08-05 am C'"),
        ("half r1 2025-08-05 noon C", "'half r1 2025-08-05 noon C', half", "am or pm"),
        ("day r1 tomorrow C", "'day r1 tomorrow C', day", "2025-08-05"),
        ("stint r1 ..2025-08-05 CARD", "'stint r1 ..2025-08-05 CARD', first", "2025-08-05"),
    ],
)
def test_a_line_that_is_no_edit_is_named_with_what_would_be_right(text: str, place: str, remedy: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_edit(text)
    assert caught.value.place == place
    assert remedy in caught.value.remedy
