"""Names that a program file uses without telling who or what they are, and names that it tells twice."""

from __future__ import annotations

from collections.abc import Mapping

from housestaff.core.errors import BadInput
from housestaff.files.csv_text import PlacedRow
from housestaff.files.nearest import nearest_of
from housestaff.files.raw import Raw
from housestaff.files.records import Where

_NAMES = {
    "person": ("people", "id"),
    "role": ("roles", "code"),
    "rotation": ("rotations", "code"),
    "activity": ("activities", "code"),
    "call": ("calls", "id"),
    "leave": ("leaves", "id"),
}
_PERSONS = {
    "leave": "leaves",
    "wish": "wishes",
    "balance": "balances",
    "stay": "stays",
    "approval": "approvals",
}


def check_references(document: Mapping[str, Raw], fields: Mapping[str, Raw], where: Where) -> None:
    """Tell each name that stands twice, and each record of a person whom nobody knows."""
    if where.problems:
        return
    for section, (attribute, name) in _NAMES.items():
        seen: dict[str, int] = {}
        for number, value in enumerate(fields[attribute], 1):
            own = getattr(value, name)
            if own in seen:
                where.at(f"[[{section}]] {number}").tell(
                    BadInput(f"'{own}' stands already in [[{section}]] {seen[own]}.", remedy="Give each its own.")
                )
            seen.setdefault(own, number)
    people = {person.id for person in fields["people"]}
    for section, attribute in _PERSONS.items():
        for number, value in enumerate(fields[attribute], 1):
            if value.person not in people:
                row = document[section][number - 1]
                place = row.where if isinstance(row, PlacedRow) else where.at(f"[[{section}]] {number}")
                place.tell(BadInput(f"there is no person '{value.person}'.", remedy=nearest_of(value.person, people)))
