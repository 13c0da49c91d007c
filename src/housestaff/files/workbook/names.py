"""Who a name on a sheet is: exactly, by an alias, or by likeness, and nobody under 0.9 without a human."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

from housestaff.core.people import Person
from housestaff.files.raw import Raw
from housestaff.files.workbook.codes import squeezed
from housestaff.files.workbook.review import ItemKind

SURE = 0.9


@dataclass(frozen=True, slots=True)
class Match:
    """The person that a name most likely means, how sure that is, and what is odd about it."""

    person: str
    certainty: float
    kind: ItemKind | None
    odd: str = ""


class Names:
    """The names of a program's people, asked for by what stands on a sheet."""

    def __init__(self, people: Iterable[Person]) -> None:
        """Take the people; a name that two of them share belongs to nobody."""
        self.people = {person.id: person for person in people}
        self._exact: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        shared: set[str] = set()
        for person in self.people.values():
            for name in {person.display_name, person.sheet_name, person.id} - {""}:
                if self._exact.setdefault(squeezed(name), person.id) != person.id:
                    shared.add(squeezed(name))
        for name in shared:
            del self._exact[name]
        for person in self.people.values():
            for alias in person.aliases:
                self._aliases.setdefault(squeezed(alias.name).casefold(), person.id)
        self._folded = {name.casefold(): id_ for name, id_ in self._exact.items()}

    def match(self, text: str) -> Match:
        """The person that a text means."""
        if text in self._exact:
            return Match(self._exact[text], 1.0, None)
        plain = squeezed(text)
        if plain in self._exact:
            return Match(self._exact[plain], 1.0, ItemKind.SPELLING, "it has blanks that do not show.")
        if plain.casefold() in self._aliases:
            return Match(self._aliases[plain.casefold()], 1.0, ItemKind.ALIAS, "it is another name of somebody.")
        if plain.casefold() in self._folded:
            return Match(self._folded[plain.casefold()], 0.98, ItemKind.ALIAS, "capitals differ.")
        return self._likely(plain)

    def _likely(self, plain: str) -> Match:
        fuzz: Raw = import_module("rapidfuzz.fuzz")
        best, person = 0.0, ""
        for name, id_ in (*self._folded.items(), *self._aliases.items()):
            folded = plain.casefold()
            score = max(float(fuzz.ratio(folded, name)), float(fuzz.token_sort_ratio(folded, name))) / 100
            if score > best:
                best, person = score, id_
        if best >= SURE:
            return Match(person, best, ItemKind.ALIAS, "it is nearly the name of somebody.")
        return Match(person if best >= 0.6 else "", best, ItemKind.UNMATCHED_NAME, "nobody has this name.")
