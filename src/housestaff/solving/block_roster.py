"""A block of half-days as a view: its clinic and the days of its services are still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ortools.sat.python import cp_model

from housestaff.core.grid import Grid
from housestaff.core.people import Person
from housestaff.solving.choices import Choice
from housestaff.solving.clinic import OpenClinic
from housestaff.solving.open_roster import OpenRoster


class BlockRoster(OpenRoster):
    """The open roster of a block: the clinic is open too, and open service days are no fixed duties."""

    def __init__(
        self,
        grid: Grid,
        model: cp_model.CpModel,
        choices: dict[str, list[Choice]],
        *,
        clinic: OpenClinic,
        people: Iterable[Person],
    ) -> None:
        """Read the fixed grid, the open duties of some people and the open clinic."""
        super().__init__(grid, model, choices)
        self._service, self._people = clinic, tuple(people)
        ids = {each.duty.id for mine in choices.values() for each in mine}
        # A half that is open here is no blank: the grid's guess that it may be worked stands in its own choice.
        self._open_ids = ids | {f"{id_}.blank" for id_ in ids}

    @property
    def people(self) -> Sequence[Person]:
        """The people of the part."""
        return self._people

    def fixed_duties(self, person: Person) -> Iterator[Any]:
        """The duties of the grid that are not open."""
        return (duty for duty in self.grid.person(person.id).duties if duty.id not in self._open_ids)
