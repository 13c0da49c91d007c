"""The review of what was read: everything odd with its cell and remedy, and the decisions of a person about it.

Nothing is saved until every item is accepted, mapped or ignored, and the decisions are kept for the next file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from housestaff.core.errors import BadInput
from housestaff.core.leave import Leave
from housestaff.core.roster import Roster
from housestaff.files.raw import as_table


class ItemKind(StrEnum):
    """What sort of oddity an item is."""

    UNKNOWN_CODE = "unknown_code"
    SPELLING = "spelling"
    VARIANT = "variant"
    SLASH_CELL = "slash_cell"
    UNMATCHED_NAME = "unmatched_name"
    ALIAS = "alias"
    DOUBLE_NAME = "double_name"
    HELPER_NAME = "helper_name"
    IMPOSSIBLE_DATE = "impossible_date"
    WRONG_YEAR = "wrong_year"
    AMBIGUOUS_DATE = "ambiguous_date"
    INSERTED_COLUMN = "inserted_column"
    BLOCK_LENGTH = "block_length"
    FORMULA = "formula"
    NOTE = "note"
    LEAVE_WITHOUT_RECORD = "leave_without_record"
    LEAVE_WITHOUT_CELLS = "leave_without_cells"
    NOT_READ = "not_read"
    SERVICE_OUTSIDE = "service_outside"
    UNKNOWN_ROTATION = "unknown_rotation"
    ROTATION_EDITED = "rotation_edited"
    NEW_ROW = "new_row"


ACCEPT, IGNORE = "accept", "ignore"


@dataclass(frozen=True, slots=True)
class Item:
    """One oddity: where, what was read, what is odd about it, what to do, and the likely meaning with its certainty.

    `key` names the question; the same answer holds for every item with that key, in this file and in the next.
    """

    sheet: str
    cell: str
    kind: ItemKind
    read: str
    odd: str
    remedy: str
    suggestion: str = ""
    certainty: float = 0.0
    key: str = ""

    @property
    def place(self) -> str:
        """The cell as people say it, for example "Block 9!H14"."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    @property
    def question(self) -> str:
        """What the decision is filed under."""
        return self.key or f"{self.kind.value}:{self.read}"

    def __str__(self) -> str:
        """The item as one line for a person."""
        guess = f" Likely '{self.suggestion}' ({self.certainty:.0%})." if self.suggestion else ""
        return f"{self.place}: '{self.read}': {self.odd} {self.remedy}{guess}"


Decisions = Mapping[str, str]


@dataclass(frozen=True)
class Read:
    """What a workbook comes to under some decisions: items still to be decided stand out."""

    items: tuple[Item, ...]
    roster: Roster
    leaves: tuple[Leave, ...] = ()


@dataclass(frozen=True)
class Review:
    """A workbook under review.

    A decision is `accept` (the suggestion is right), `ignore` (leave the cell out), or the meaning itself: a code, a
    person's id, a date. `interpret` reads the workbook again under other decisions.
    """

    file: str
    interpret: Callable[[Decisions], Read] = field(repr=False)
    decisions: Decisions = field(default_factory=dict[str, str])
    read: Read = field(init=False)

    def __post_init__(self) -> None:
        """Read once under the decisions."""
        object.__setattr__(self, "read", self.interpret(self.decisions))

    @property
    def items(self) -> tuple[Item, ...]:
        """Everything odd, decided or not."""
        return self.read.items

    @property
    def open(self) -> tuple[Item, ...]:
        """What still waits for a person."""
        return tuple(item for item in self.items if item.question not in self.decisions)

    def decided(self, decisions: Decisions) -> Review:
        """This review with more decisions, filed by question."""
        return replace(self, decisions={**self.decisions, **decisions})

    def answer(self, items: Iterable[Item], answer: str) -> Review:
        """This review with one answer for some items."""
        return self.decided({item.question: answer for item in items})

    def accepting(self, at_least: float = 0.9) -> Review:
        """This review with every suggestion accepted that is at least this certain; a person asks for it by name."""
        sure = [item for item in self.open if item.suggestion and item.certainty >= at_least]
        return self.answer(sure, ACCEPT)

    def accept(self) -> tuple[Roster, tuple[Leave, ...]]:
        """The roster and the leave, once every item is decided; before that a refusal that names what is open."""
        left = self.open
        if left:
            lines = "\n".join(f"  - {item}" for item in left[:40])
            more = f"\n  ... and {len(left) - 40} more" if len(left) > 40 else ""
            raise BadInput(
                f"{len(left)} items are not decided:\n{lines}{more}\n",
                place=self.file,
                remedy="Accept, map or ignore each of them.",
            )
        return self.read.roster, self.read.leaves


def settle(item: Item, decisions: Decisions) -> str | None:
    """The meaning of an item under some decisions: a word, or nothing where it is ignored or still open."""
    answer = decisions.get(item.question)
    if answer is None or answer == IGNORE:
        return None
    return item.suggestion if answer == ACCEPT else answer


def decisions_json(decisions: Decisions) -> str:
    """Decisions as a file that is kept for next time."""
    return json.dumps(dict(sorted(decisions.items())), ensure_ascii=False, indent=1) + "\n"


def read_decisions(text: str, name: str = "decisions.json") -> dict[str, str]:
    """The decisions of a kept file."""
    try:
        table = as_table(json.loads(text))
    except json.JSONDecodeError as error:
        place = f"{name}, line {error.lineno}"
        raise BadInput(f"this is no JSON: {error.msg}.", place=place, remedy="Mend or delete the file.") from error
    if table is None or not all(isinstance(value, str) for value in table.values()):
        raise BadInput("this is no list of decisions.", place=name, remedy='It looks like {"unknown_code:XY": "C30"}.')
    return table
