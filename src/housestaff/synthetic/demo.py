"""The program of the demo: family medicine, written as the files a coordinator would have."""

from __future__ import annotations

from pathlib import Path

from housestaff.files.program_toml import write_program_folder
from housestaff.files.roster_json import write_roster
from housestaff.synthetic.family_medicine.witness import reference_a


def write_demo_program(seed: int, folder: Path) -> None:
    """Write program A and last year's last inpatient week; its witness roster stays out, the year is to be solved."""
    reference = reference_a(seed)
    write_program_folder(reference.program, folder)
    write_roster(reference.history, folder / "history.json")
