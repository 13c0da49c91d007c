"""The commands of imports: a file is read and reviewed, and is in force only once everything odd is decided."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, say

Import = Annotated[UUID, typer.Argument(help="The id of an import.")]
PROGRAM_ENDINGS = {".toml", ".yaml", ".yml"}


def add_import_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    group = typer.Typer(no_args_is_help=True, help="Files read, reviewed, and put into a program or a draft.")
    for word, command in {"read": read, "show": show, "apply": apply}.items():
        group.command(word)(command)
    app.add_typer(group, name="imports")


def read(
    file: Annotated[Path, typer.Argument(help="A program file or its folder, a roster.json, or a workbook.")],
    kind: Annotated[
        str, typer.Option("--kind", help="block_workbook or year_workbook, where the name does not say it.")
    ] = "",
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Read a file and tell what it holds, what is odd in it and what to do; nothing of it is in force yet."""
    from housestaff.features.schedules import imports
    from housestaff.files.guard import read_bytes
    from housestaff.files.program_archive import packed

    _check_kind(kind)
    is_program = file.is_dir() or file.suffix.lower() in PROGRAM_ENDINGS
    name, content = packed(file) if is_program else (file.name, read_bytes(file))
    with acting(by, program) as here:
        made = here.do(imports.ReadImport(name=name, content=content, kind=kind))
        found = here.read(imports.run_of, needs="schedule:write", import_id=made)
    say(as_json, found, "\n".join(_review_lines(found)))


def show(import_id: Import, *, by: As = "", program: InProgram = "", as_json: AsJson = False) -> None:
    """Show an import with its review."""
    from housestaff.features.schedules import imports

    with acting(by, program) as here:
        found = here.read(imports.run_of, needs="schedule:write", import_id=import_id)
    say(as_json, found, "\n".join(_review_lines(found)))


def apply(  # noqa: PLR0913 - each is an option of the command
    import_id: Import,
    decide: Annotated[
        list[str] | None,
        typer.Option("--decide", help="'QUESTION=ANSWER'; the answer is accept, ignore, or the meaning itself."),
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="A JSON file of answers by question, as {question: answer}.")
    ] = None,
    accept: Annotated[
        float | None,
        typer.Option("--accept", help="Accept suggestions at least so certain, such as 0.9.", min=0, max=1),
    ] = None,
    *,
    into: Annotated[UUID | None, typer.Option("--into", help="The draft it goes into; else a new one.")] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", help="The revision of the draft that you saw; else the newest.")
    ] = None,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Put what was read into the program or a draft; refused, naming each cell, while something odd is undecided."""
    from housestaff.features.schedules import imports

    answers = {**_kept(decisions), **_answers(decide or ())}
    with acting(by, program) as here:
        if accept is not None:
            found = here.read(imports.run_of, needs="schedule:write", import_id=import_id)
            answers = {**imports.sure_answers(found["review"]["items"], accept), **answers}
        command = imports.ApplyImport(import_id=import_id, decisions=answers, schedule_id=into, revision=revision)
        made = here.do(command)
    sentence = f"It stands in draft {made}; `housestaff schedules check` judges it."
    told = {"import_id": import_id, "schedule_id": made}
    say(as_json, told, sentence if made else "The program has what was read.")


def _check_kind(kind: str) -> None:
    from housestaff.core.errors import BadInput
    from housestaff.features.schedules.imports import BLOCK_WORKBOOK, YEAR_WORKBOOK

    if kind not in {"", BLOCK_WORKBOOK, YEAR_WORKBOOK}:
        remedy = f"Use {BLOCK_WORKBOOK} or {YEAR_WORKBOOK}."
        raise BadInput(f"'{kind}' is no kind of workbook.", place="--kind", remedy=remedy)


def _review_lines(found: dict[str, Any]) -> list[str]:
    """An import in lines: what was read, then each cell that is odd, why, what to do, and the question it asks."""
    items = found["review"]["items"]
    numbers = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in _counts(found["review"]))
    lines = [f"{found['import_id']}: {found['name']}, {found['kind']}, {found['state']}: {numbers}"]
    lines += [_item_line(item) for item in items]
    if found["state"] == "applied":
        return [*lines, "It was applied already."]
    left = {item["question"] for item in items if item["decided"] is None}
    waiting = f"{len(left)} questions wait for an answer; " if left else "Nothing waits for an answer; "
    return [*lines, waiting + "`housestaff imports apply` puts it in force."]


def _counts(review: dict[str, Any]) -> list[tuple[str, int]]:
    return [(what, count) for what, count in review.items() if what != "items"]


def _item_line(item: dict[str, Any]) -> str:
    place = f"{item['sheet']}!{item['cell']}" if item["cell"] else item["sheet"]
    guess = f" Likely '{item['suggestion']}' ({item['certainty']:.0%})." if item["suggestion"] else ""
    kept = f" Decided: {item['decided']}." if item["decided"] is not None else ""
    return f"  {place}: '{item['read']}': {item['odd']} {item['remedy']}{guess}{kept} [{item['question']}]"


def _answers(decide: Iterable[str]) -> dict[str, str]:
    from housestaff.core.errors import BadInput

    found: dict[str, str] = {}
    for text in decide:
        question, _, answer = text.rpartition("=")
        if not question or not answer:
            remedy = "Write 'QUESTION=ANSWER', with the question as `housestaff imports show` has it in brackets."
            raise BadInput(f"'{text}' is no decision.", place="--decide", remedy=remedy)
        found[question] = answer
    return found


def _kept(file: Path | None) -> dict[str, str]:
    from housestaff.files.guard import read_text
    from housestaff.files.workbook.review import read_decisions

    return read_decisions(read_text(file), file.name) if file is not None else {}
