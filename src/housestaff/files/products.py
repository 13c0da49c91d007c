"""Everything a published year consists of, written into one folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from housestaff.core.certificate import Certificate
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.files.calendar_ics import write_calendars
from housestaff.files.certificate import certificate_text, write_certificate
from housestaff.files.pdf import write_block_pages, write_call_calendar, write_certificate_page, write_poster
from housestaff.files.program_toml import write_program_folder
from housestaff.files.roster_json import write_roster
from housestaff.files.tables_csv import write_findings
from housestaff.files.workbook.annual_sheet import write_annual_workbook
from housestaff.files.workbook.block_sheet import write_block_workbook


def write_all(
    program: Program, roster: Roster, certificate: Certificate, folder: Path, *, made: datetime
) -> list[tuple[str, Path]]:
    """Write a year's files; returns what each is for, and where. `made` is the time they carry."""
    folder.mkdir(parents=True, exist_ok=True)
    write_program_folder(program, folder)
    steps: list[tuple[str, str, Callable[[Path], object]]] = [
        ("Roster", "roster.json", lambda path: write_roster(roster, path)),
        (
            "Block workbook (Excel)",
            "blocks.xlsx",
            lambda path: write_block_workbook(program, roster, path, exported_at=made),
        ),
        (
            "Year workbook (Excel)",
            "year.xlsx",
            lambda path: write_annual_workbook(program, roster, path, exported_at=made),
        ),
        ("Wall poster of the year", "year.pdf", lambda path: write_poster(program, roster, path, made=made)),
        ("Half-days by block", "blocks.pdf", lambda path: write_block_pages(program, roster, path, made=made)),
        ("Call calendar", "calls.pdf", lambda path: write_call_calendar(program, roster, path, made=made)),
        ("Calendars for phones", "calendars", lambda path: write_calendars(program, roster, path, now=made)),
        ("Findings", "findings.csv", lambda path: path.write_text(write_findings(certificate.findings), "utf-8")),
        ("Certificate", "certificate.json", lambda path: path.write_text(write_certificate(certificate), "utf-8")),
        (
            "Certificate to read",
            "certificate.txt",
            lambda path: path.write_text(certificate_text(certificate, program), "utf-8"),
        ),
        (
            "Certificate to print",
            "certificate.pdf",
            lambda path: write_certificate_page(certificate, path, made=made, program=program),
        ),
    ]
    done: list[tuple[str, Path]] = []
    for title, name, write in steps:
        write(folder / name)
        done.append((title, folder / name))
    return done
