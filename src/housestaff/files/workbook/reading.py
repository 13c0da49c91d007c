"""Reading a block workbook that anybody made: found, matched, mapped, and everything odd put before a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from housestaff.core.errors import BadInput
from housestaff.core.grid import Grid
from housestaff.core.leave import Leave
from housestaff.core.nights import names_on_night
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.files.workbook.absence import read_absence
from housestaff.files.workbook.body import block_days, read_calls, read_people
from housestaff.files.workbook.codes import Codes
from housestaff.files.workbook.header import find_head
from housestaff.files.workbook.inferring import infer_program
from housestaff.files.workbook.names import Names
from housestaff.files.workbook.review import Decisions, Item, ItemKind, Read, Review
from housestaff.files.workbook.sheets import Workbook, open_workbook
from housestaff.files.workbook.tell import Gathered

_WHY = "from the workbook"


def read_block_workbook(path: Path, program: Program | None = None, decisions: Decisions | None = None) -> Review:
    """Read the block sheets of a workbook for review; without a program, people and dates are taken from the sheets."""
    book = open_workbook(path)
    known = program or infer_program(book)
    return review_of(book, known, decisions)


def review_of(book: Workbook, program: Program, decisions: Decisions | None = None) -> Review:
    """The review of a workbook that is already open."""
    return Review(book.file, lambda answers: _interpret(book, program, answers), dict(decisions or {}))


def _interpret(book: Workbook, program: Program, decisions: Decisions) -> Read:
    gathered = Gathered(Codes(program), Names(program.people), decisions)
    blocks = [block for series in program.calendar.series for block in series.blocks]
    found = 0
    for page in book.pages:
        located = find_head(page, blocks, decisions)
        if located is None:
            if len(page.rows) > 20 and page.name != "Codes":
                gathered.tell(_not_read(page.name))
            continue
        found += 1
        head, items = located
        gathered.items += items
        dates = block_days(head)
        gathered.dates += dates
        if blocks and not any((block.first, block.last) == (dates[0], dates[-1]) for block in blocks):
            gathered.tell(_odd_length(page.name, len(dates), f"{dates[0]} to {dates[-1]}"))
        read_people(page, head, gathered)
        read_calls(page, head, program, gathered)
    if not found:
        raise BadInput(
            "no sheet looks like a block.",
            place=book.file,
            remedy="A block sheet has a heading PROVIDER with names under it, and a row of dates.",
        )
    leaves = read_absence(program, gathered)
    return Read(tuple(gathered.items), _roster(program, gathered, (*program.leaves, *leaves)), leaves)


def _not_read(name: str) -> Item:
    odd, remedy = "the sheet has no heading PROVIDER or no dates.", "Accept to leave the sheet out, or add them."
    return Item(name, "", ItemKind.NOT_READ, name, odd, remedy, "ignore", 0.5)


def _odd_length(name: str, length: int, dates: str) -> Item:
    odd, remedy = f"its {length} days ({dates}) are no block of the program.", "Accept the dates, or mend the calendar."
    return Item(name, "", ItemKind.BLOCK_LENGTH, dates, odd, remedy, "accept", 0.5)


def _roster(program: Program, gathered: Gathered, leaves: tuple[Leave, ...]) -> Roster:
    """The roster of all that was read; a cell that follows from the rest is not stored a second time."""
    _services(program, gathered)
    complete = (min(gathered.dates), max(gathered.dates))
    bare = Roster(
        stints=tuple(sorted(_joined(gathered.stints), key=lambda stint: (stint.person, stint.first))),
        complete=complete,
    )
    bare = replace(bare, calls=MappingProxyType(_decided(program, gathered, bare)))
    codes = gathered.codes
    known = {"rotations": tuple(codes.rotations.values()), "activities": tuple(codes.activities.values())}
    whole = replace(program, leaves=leaves, **known)
    grid = Grid(whole, bare)
    halves: dict[HalfDay, tuple[Entry, ...]] = {}
    for place in sorted(gathered.cells):
        code = gathered.cells[place]
        if grid.code(place) != code:
            halves[place] = (Entry(Layer.MANUAL, code, why=_WHY),)
    return replace(bare, halves=MappingProxyType(halves))


def _decided(program: Program, gathered: Gathered, bare: Roster) -> dict[Night, tuple[CallEntry, ...]]:
    """The nights that were read, without those that only name the holder of the week."""
    lines = program.call_by_id
    return {
        night: entries
        for night, entries in sorted(gathered.calls.items())
        if tuple(entry.person for entry in entries) != names_on_night(bare, lines[night.line], night.day)
    }


def _services(program: Program, gathered: Gathered) -> None:
    """Weeks of service of people without a rotation are stays; service codes elsewhere are told."""
    codes = {code for code, rotation in gathered.codes.rotations.items() if rotation.is_service}
    on: dict[str, list[Stint]] = {}
    for stint in gathered.stints:
        on.setdefault(stint.person, []).append(stint)
    runs: list[list[HalfDay]] = []
    for place in sorted(gathered.cells):
        code = gathered.cells[place]
        if code not in codes or any(
            stint.rotation == code and stint.holds(place.day) for stint in on.get(place.person, [])
        ):
            continue
        last = runs[-1][-1] if runs else None
        goes_on = last is not None and last.person == place.person and gathered.cells[last] == code
        if goes_on and last is not None and place.day - last.day <= timedelta(days=1):
            runs[-1].append(place)
        else:
            runs.append([place])
    for run in runs:
        person, code = run[0].person, gathered.cells[run[0]]
        if not program.person(person).is_trainee and len(run) >= 6:
            gathered.stints.append(Stint(person, code, run[0].day, run[-1].day, Layer.PRELOAD))
            continue
        sheet, cell = gathered.places[run[0]]
        odd = f"{code} stands here without a stay on it ({len(run)} half-days)."
        gathered.items.append(
            Item(
                sheet,
                cell,
                ItemKind.SERVICE_OUTSIDE,
                code,
                odd,
                "Accept the cells as they are, or mend the stay.",
                code,
                0.5,
                f"service_outside:{person}:{code}:{run[0].day}",
            )
        )


def _joined(stints: list[Stint]) -> list[Stint]:
    """Stays of people on one service that go on over the edge of a block, as one."""
    found: list[Stint] = []
    for stint in sorted(dict.fromkeys(stints), key=lambda each: (each.person, each.first)):
        before = found[-1] if found else None
        follows = before is not None and before.person == stint.person and before.rotation == stint.rotation
        short = before is not None and (stint.last - before.first).days < 14
        if before is not None and follows and short and stint.first == before.last + timedelta(days=1):
            found[-1] = replace(before, last=stint.last)
        else:
            found.append(stint)
    return found
