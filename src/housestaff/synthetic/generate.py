"""Writing a reference program as files: program, history, witness, planted defects, infeasible variants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.files.program_toml import write_program_folder
from housestaff.files.roster_json import write_roster
from housestaff.files.tables_csv import Defect, write_calls, write_defects
from housestaff.files.workbook.annual_sheet import write_annual_workbook
from housestaff.files.workbook.block_sheet import write_block_workbook
from housestaff.synthetic import emergency_medicine, family_medicine, internal_medicine, tables
from housestaff.synthetic.emergency_medicine.defects import spoiled_c
from housestaff.synthetic.emergency_medicine.infeasible import infeasible_c
from housestaff.synthetic.family_medicine.defects import spoiled_a
from housestaff.synthetic.family_medicine.infeasible import infeasible_a
from housestaff.synthetic.internal_medicine.defects import spoiled_b
from housestaff.synthetic.internal_medicine.infeasible import infeasible_b
from housestaff.synthetic.messy import messy_annual_workbook, messy_block_workbook
from housestaff.synthetic.planting.draft import Spoiled
from housestaff.synthetic.reference import Infeasible, Reference

_INFEASIBLE = "infeasible variant"
_EXPORTED = datetime(2025, 7, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of program is made: its reference, its spoiled copy, and its infeasible variants."""

    reference: Callable[[int], Reference]
    spoiled: Callable[[int], Spoiled]
    infeasible: Callable[[Program], tuple[Infeasible, ...]]


KINDS = {
    "family_medicine": Kind(family_medicine.reference_a, spoiled_a, infeasible_a),
    "internal_medicine": Kind(internal_medicine.reference_b, spoiled_b, infeasible_b),
    "emergency_medicine": Kind(emergency_medicine.reference_c, spoiled_c, infeasible_c),
}
_LETTERS = {"A": "family_medicine", "B": "internal_medicine", "C": "emergency_medicine"}


def generate(kind: str, seed: int, folder: Path) -> list[Path]:
    """Write a reference program of a kind; the same seed gives the same bytes.

    The folder holds the clean program with history.json and witness.json, `defective/` the spoiled one, defects.csv
    the manifest, and `infeasible-N/` the variants. Raises `BadInput` for a kind that nobody knows.
    """
    made = KINDS.get(_LETTERS.get(kind.upper(), kind))
    if made is None:
        known = ", ".join(f"{name} ({letter})" for letter, name in _LETTERS.items() if name in KINDS)
        raise BadInput(f"there is no program of the kind '{kind}'.", remedy=f"Known: {known}.")
    reference, spoiled = made.reference(seed), made.spoiled(seed)
    variants = made.infeasible(reference.program)
    files = [*_write_reference(reference, folder, "witness.json"), *_write_defective(spoiled, folder / "defective")]
    messes = _write_workbooks(_LETTERS.get(kind.upper(), kind), seed, reference, folder)
    files += sorted(folder.glob("*.xlsx"))
    for number, variant in enumerate(variants, start=1):
        place = folder / f"infeasible-{number}"
        files += _write_program(Reference(variant.program, reference.history, reference.history), place)
    manifest = folder / "defects.csv"
    manifest.write_text(write_defects([*spoiled.manifest, *messes, *_facts(variants)]), "utf-8", newline="")
    return [*files, manifest]


def write_demo_program(seed: int, folder: Path) -> None:
    """Write the program and history of family medicine A, ready to be solved."""
    _write_program(KINDS["family_medicine"].reference(seed), folder)


def _write_program(reference: Reference, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    write_program_folder(reference.program, folder)
    write_roster(reference.history, folder / "history.json")
    return sorted(path for path in folder.iterdir() if path.is_file())


def _write_reference(reference: Reference, folder: Path, roster: str) -> list[Path]:
    files = _write_program(reference, folder)
    write_roster(reference.witness, folder / roster)
    calls = folder / "call.csv"
    calls.write_text(write_calls(reference.witness), "utf-8", newline="")
    return [*files, folder / roster, calls]


def _write_defective(spoiled: Spoiled, folder: Path) -> list[Path]:
    return _write_reference(spoiled.reference, folder, "roster.json")


def _write_workbooks(kind: str, seed: int, reference: Reference, folder: Path) -> list[Defect]:
    """The block and the annual workbook of the witness, clean and messy; the manifest of the mess comes back."""
    program, witness = reference.program, reference.witness
    blocks = tables.table("messy")["workbooks"].get(kind)
    clean, year = folder / "block_workbook.xlsx", folder / "annual_workbook.xlsx"
    write_block_workbook(program, witness, clean, exported_at=_EXPORTED, blocks=blocks)
    write_annual_workbook(program, witness, year, exported_at=_EXPORTED)
    dice = Random(f"messy {seed}")
    return [
        *messy_block_workbook(program, clean, folder / "block_workbook_messy.xlsx", dice),
        *messy_annual_workbook(program, year, folder / "annual_workbook_messy.xlsx", dice),
    ]


def _facts(variants: Iterable[Infeasible]) -> Iterator[Defect]:
    """The facts of the infeasible variants as lines of the manifest, one line a fact."""
    for number, variant in enumerate(variants, start=1):
        for count, fact in enumerate(variant.facts, start=1):
            yield Defect(
                f"infeasible-{number}.{count}",
                _INFEASIBLE,
                where=f"infeasible-{number}: {fact}",
                expected_rule=variant.name,
                expected_verdict="infeasible",
            )
