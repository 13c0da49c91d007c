"""Pages to print: the year as a poster, a page a block, call by month, a page a person, and the certificate.

The only file that names Typst. Data goes in as JSON and is never put together with a template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module, resources
from pathlib import Path

from housestaff.core.certificate import Certificate
from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.files.certificate_page import certificate_page
from housestaff.files.pages import block_pages, call_pages, person_pages, poster_page
from housestaff.files.raw import Raw
from housestaff.files.version_pages import version_pages
from housestaff.files.version_sheet import VersionSheet


def write_poster(program: Program, roster: Roster, path: Path, *, made: datetime) -> None:
    """The year on one wall: people and blocks, rotations in their colors, a legend."""
    _write(path, "poster", poster_page(program, roster), (program.name, made))


def write_block_pages(program: Program, roster: Roster, path: Path, *, made: datetime) -> None:
    """A landscape page for each block with every half-day and the lines of call."""
    _write(path, "block", block_pages(Grid(program, roster)), (program.name, made))


def write_call_calendar(program: Program, roster: Roster, path: Path, *, made: datetime) -> None:
    """The names on call, a month a page."""
    _write(path, "calls", call_pages(program, roster), (program.name, made))


def write_person_pages(program: Program, roster: Roster, path: Path, *, made: datetime) -> None:
    """A page for each person: rotations, call and leave of the year."""
    _write(path, "person", person_pages(program, roster), (program.name, made))


def write_certificate_page(
    certificate: Certificate, path: Path, *, made: datetime, program: Program | None = None
) -> None:
    """The certificate of a roster to file or to show; with the program at hand, people have names."""
    name = program.name if program else certificate.program
    _write(path, "certificate", certificate_page(certificate, program), (name, made))


def write_version_pages(version: VersionSheet, path: Path) -> None:
    """A published version: its cover, two weeks a page, call, people and rotations."""
    _write(path, "version", version_pages(version), (version.program, version.made))


def _write(path: Path, template: str, data: Mapping[str, Raw], of: tuple[str, datetime]) -> None:
    """Set a page; the same data and instant give the same bytes."""
    program, made = of
    typst: Raw = import_module("typst")  # it is heavy, and only who prints waits for it
    whole = {
        "program": program,
        "made": [made.year, made.month, made.day],
        "made_text": f"{made:%Y-%m-%d %H:%M}",
        "title": program,
        **data,
    }
    folder = Path(str(resources.files("housestaff.files") / "templates"))
    fonts = Path(str(resources.files("font_source_sans_pro") / "files"))
    pdf = typst.compile(
        folder / f"{template}.typ",
        root=folder,
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(whole, ensure_ascii=False)},
        timestamp=int(made.replace(tzinfo=made.tzinfo or UTC).timestamp()),
    )
    path.write_bytes(bytes(pdf))
