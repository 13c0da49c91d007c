"""The program file: all that a program says about itself, as TOML that people write, and back."""

from __future__ import annotations

from pathlib import Path

from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.files.guard import gathered, read_text
from housestaff.files.program_document import document_of, parsed, program_of
from housestaff.files.program_folder import joined, program_file, split
from housestaff.files.records import Where
from housestaff.files.toml_text import toml


def read_program(path: Path) -> Program:
    """Read a program file (TOML, or YAML with the same keys) with the CSV tables beside it, or the folder of both.

    Every problem of the file is named with its place and what would be right, all of them in one `BadInput`.
    """
    file = program_file(path)
    problems: list[BadInput] = []
    document = joined(parsed(read_text(file), file.name), file.parent, problems)
    return _read(document, file.name, problems)


def parse_program(text: str, name: str = "program.toml") -> Program:
    """Read a program from the text of one file, with no tables beside it."""
    return _read(parsed(text, name), name, [])


def write_program(program: Program) -> str:
    """A program as canonical TOML; the same value always gives the same text."""
    return toml(document_of(program))


def write_program_folder(program: Program, folder: Path) -> None:
    """Write program.toml and the CSV tables into a folder; no fact stands in both."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in split(program):
        (folder / name).write_bytes(text.encode("utf-8"))


def _read(document: dict[str, object], name: str, problems: list[BadInput]) -> Program:
    program = program_of(document, Where(name, problems))
    if program is None or problems:
        raise gathered(problems)
    return program
