"""Cells of a schedule changed from the command line: of a draft, or of what is in force; judged, told, undone."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from housestaff.doors.operator import Acting, As, AsJson, InProgram, acting, say

if TYPE_CHECKING:
    from housestaff.core.edits import Edit
    from housestaff.core.finding import Finding
    from housestaff.features.schedules.queries import Judged
    from housestaff.rules.change_judge import Verdicts

Schedule = Annotated[UUID, typer.Argument(help="The id of a schedule.")]
Revision = Annotated[int, typer.Option("--revision", help="The revision that you saw.")]
Changes = Annotated[
    list[str],
    typer.Argument(
        help="Each in quotes: 'half r1 2025-08-05 am C', 'day r1 2025-08-05 C', 'call faculty_call 2025-08-05 f2', "
        "'stint r1 2025-08-05..2025-08-11 CARD'; '-' as the last word is nothing or nobody."
    ),
]
WhatIf = Annotated[bool, typer.Option("--what-if", help="Judge it against the newest cells and keep nothing.")]
ReasonCode = Annotated[
    str, typer.Option("--reason-code", help="Why, where it touches the next days, which are frozen.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words; kept with it.")]
BROKEN = 1


def add_edit_commands(group: typer.Typer) -> None:
    """Put the commands of this file into the group of schedules."""
    for command in (edit, undo, amend, lock):
        group.command()(command)


def edit(
    schedule_id: Schedule,
    changes: Changes,
    revision: Annotated[int | None, typer.Option("--revision", help="The revision that you saw.")] = None,
    reason: Reason = "",
    *,
    what_if: WhatIf = False,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Change cells of a draft, all in one step; exit 1 where a rule that must hold is newly broken by it."""
    from housestaff.features.schedules.commands import EditDraft

    edits, typed = _read(changes)
    with acting(by, program) as here, _as_typed(typed):
        if what_if:
            _tell_what_if(here, schedule_id, edits, as_json=as_json)
            return
        seen = _seen(revision, "--revision")
        found = here.do(EditDraft(schedule_id=schedule_id, revision=seen, edits=edits, reason=reason))
    told = {"schedule_id": schedule_id, "revision": seen + 1}
    _tell(found, told, f"It is kept as revision {seen + 1}.", as_json=as_json)


def undo(
    schedule_id: Schedule, revision: Revision, *, by: As = "", program: InProgram = "", as_json: AsJson = False
) -> None:
    """Take the newest step of a draft back, as a further revision; exit 1 where that newly breaks a rule."""
    from housestaff.features.schedules.commands import UndoDraft

    with acting(by, program) as here:
        found = here.do(UndoDraft(schedule_id=schedule_id, revision=revision))
    told = {"schedule_id": schedule_id, "revision": revision + 1}
    _tell(found, told, f"It is taken back, as revision {revision + 1}.", as_json=as_json)


def amend(  # noqa: PLR0913 - each is an option of the command
    schedule_id: Schedule,
    changes: Changes,
    base: Annotated[int | None, typer.Option("--base", help="The version that you saw.")] = None,
    reason_code: ReasonCode = "",
    *,
    reason: Reason = "",
    what_if: WhatIf = False,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Change cells of a published schedule, as a new version; exit 1, with nothing changed, where it breaks a rule.

    `--what-if` judges the change against the newest version and does not look at what is frozen.
    """
    from housestaff.core.errors import RuleBroken
    from housestaff.features.schedules.commands import AmendSchedule

    edits, typed = _read(changes)
    with acting(by, program) as here, _as_typed(typed):
        if what_if:
            _tell_what_if(here, schedule_id, edits, as_json=as_json)
            return
        command = AmendSchedule(
            schedule_id=schedule_id,
            base_number=_seen(base, "--base"),
            edits=edits,
            reason_code=reason_code,
            reason=reason,
        )
        try:
            number, found = here.do(command)
        except RuleBroken as refused:
            say_refused(refused, "Nothing is changed: these rules must hold.", as_json=as_json)
            raise typer.Exit(BROKEN) from refused
    _tell(
        found, {"schedule_id": schedule_id, "number": number}, f"It is in force as version {number}.", as_json=as_json
    )


def lock(
    schedule_id: Schedule,
    on: Annotated[
        list[str] | None, typer.Option("--on", help="Lock a person, 'r1', or days, 'r1 2025-08-05..2025-08-09'.")
    ] = None,
    off: Annotated[list[str] | None, typer.Option("--off", help="Unlock what was locked, as it was written.")] = None,
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Lock people of a draft, or their days, against solving, or unlock them; without either, tell what is locked."""
    from housestaff.features.schedules import queries
    from housestaff.features.schedules.commands import LockPlaces

    with acting(by, program) as here:
        if on or off:
            locked = here.do(LockPlaces(schedule_id=schedule_id, lock=tuple(on or ()), unlock=tuple(off or ())))
        else:
            locked = sorted(here.read(queries.one, needs="schedule:read", schedule_id=schedule_id).locked)
    say(as_json, {"schedule_id": schedule_id, "locked": locked}, "\n".join(locked) or "Nothing is locked.")


def say_refused(refused: Any, sentence: str, *, as_json: bool) -> None:
    """Tell which rules stand in the way, each with its sum and its source."""
    from housestaff.doors.progress import finding_row

    findings: Sequence[Finding] = refused.findings
    told = {"findings": [finding_row(each) for each in findings], "broken": len(findings)}
    say(as_json, told, "\n".join([*_lines("breaks", findings), sentence]))


def _tell_what_if(here: Acting, schedule_id: UUID, edits: tuple[Edit, ...], *, as_json: bool) -> None:
    from dataclasses import asdict

    from housestaff.features.schedules import queries

    found: Judged = here.read(queries.checked, needs="schedule:read_draft", schedule_id=schedule_id, edits=edits)
    cells = [asdict(cell) for cell in found.cells]
    told = {"schedule_id": schedule_id, "kept": False, "diff": cells}
    _tell(found, told, f"{len(cells)} cells would change; nothing is kept.", as_json=as_json)


def _tell(found: Judged | Verdicts, told: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """Tell what a change causes and what it lifts, and leave with 1 where it newly breaks what must hold."""
    from housestaff.doors.progress import finding_row

    still = [each for each in found.findings if each.is_violation]
    rows = {"newly_broken": found.newly_broken, "lifted": found.lifted, "findings": still}
    told |= {name: [finding_row(each) for each in some] for name, some in rows.items()}
    lines = [*_lines("breaks", found.newly_broken), *_lines("lifts", found.lifted)]
    counted = (
        f"{len(found.newly_broken)} newly broken, {len(found.lifted)} lifted, {len(still)} broken where it reaches."
    )
    say(as_json, told, "\n".join([*lines, f"{sentence} {counted}"]))
    if found.newly_broken:
        raise typer.Exit(BROKEN)


def _lines(word: str, findings: Iterable[Finding]) -> list[str]:
    """Each finding with whom and when it is about; its sentence holds the sum and the source."""
    return [
        f"  {word} {each.rule}, {each.who}, "
        + (f"{each.first}" if each.first == each.last else f"{each.first} to {each.last}")
        + f": {each.sentence}"
        for each in findings
    ]


def _seen(number: int | None, option: str) -> int:
    from housestaff.core.errors import BadInput

    if number is None:
        raise BadInput(
            "what you saw is not named.",
            place=option,
            remedy="Give the number that `housestaff schedules show` tells, or judge it only with --what-if.",
        )
    return number


def _read(changes: Iterable[str]) -> tuple[tuple[Edit, ...], list[str]]:
    """The edits, and for each of them the words that asked for it."""
    from housestaff.core.edit_words import read_edit

    pairs = [(each, text) for text in changes for each in read_edit(text)]
    return tuple(each for each, _text in pairs), [text for _each, text in pairs]


@contextmanager
def _as_typed(typed: Sequence[str]) -> Generator[None]:
    """Name a change that is refused by the words in which it was typed; the command knows its number only."""
    from housestaff.core.errors import BadInput

    try:
        yield
    except BadInput as error:
        named = re.fullmatch(r"edit (\d+), (\w+)", error.place)
        if named is None:
            raise
        place = f"'{typed[int(named[1]) - 1]}', {named[2]}"
        raise BadInput(error.problem, place=place, remedy=error.remedy) from error
