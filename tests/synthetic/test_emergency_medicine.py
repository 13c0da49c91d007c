"""Program C: its marginals, its shifts, its witness, and what is planted."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from housestaff.core.finding import Verdict
from housestaff.core.time import days
from housestaff.files.program_toml import read_program
from housestaff.files.roster_json import read_roster
from housestaff.rules.judge import judge_roster
from housestaff.synthetic.emergency_medicine import reference_c
from housestaff.synthetic.emergency_medicine.defects import spoiled_c
from housestaff.synthetic.emergency_medicine.infeasible import infeasible_c
from housestaff.synthetic.generate import generate
from housestaff.synthetic.planting.found import is_found, unplanted
from housestaff.synthetic.reference import Reference

SEED = 7
PLANTED = 24
SEEDS = [SEED, pytest.param(1, marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return reference_c(SEED)


def in_department(reference: Reference, day: date) -> Counter[str]:
    people = reference.program.person_by_id
    return Counter(
        people[s.person].level_on(day) for s in reference.witness.stints if s.rotation == "ED" and s.holds(day)
    )


def test_as_many_are_in_the_department_in_each_block_as_the_table_says(reference: Reference) -> None:
    for block in reference.program.calendar.series[0].blocks:
        assert in_department(reference, block.first) == {"PGY-1": 6, "PGY-2": 8, "PGY-3": 8}


def test_every_date_has_twelve_to_fourteen_shifts(reference: Reference) -> None:
    shifts = Counter(cell.duty.day for cell in reference.witness.duties)
    calendar = reference.program.calendar
    assert all(12 <= shifts[day] <= 14 for day in days(calendar.first, calendar.last))
    assert 12.3 <= sum(shifts.values()) / 365 <= 13.5


def test_every_night_has_a_third_year_resident(reference: Reference) -> None:
    people = reference.program.person_by_id
    nights = {c.duty.day for c in reference.witness.duties if c.duty.line == "night" and c.duty.site == "main"}
    led = {
        c.duty.day for c in reference.witness.duties
        if c.duty.line == "night" and c.duty.site == "main" and people[c.person or ""].level_on(c.duty.day) == "PGY-3"
    }  # fmt: skip
    assert nights == led == set(days(reference.program.calendar.first, reference.program.calendar.last))


def test_everybody_has_four_weeks_of_vacation(reference: Reference) -> None:
    assert set(Counter(leave.person for leave in reference.program.leaves).values()) == {4}
    assert all(leave.last - leave.first == timedelta(days=6) for leave in reference.program.leaves)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_witness_keeps_every_rule(seed: int) -> None:
    made = reference_c(seed)
    findings = judge_roster(made.program, made.witness)
    assert [f.sentence for f in findings if f.verdict in {Verdict.BROKEN, Verdict.UNKNOWN}] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_defect_is_found_and_nothing_else(seed: int) -> None:
    spoiled = spoiled_c(seed)
    findings = judge_roster(spoiled.reference.program, spoiled.reference.witness)
    assert len(spoiled.manifest) == PLANTED
    assert [defect for defect in spoiled.manifest if not is_found(defect, findings)] == []
    assert unplanted(spoiled.manifest, findings) == []


def test_each_variant_names_a_few_facts(reference: Reference) -> None:
    assert [2 <= len(variant.facts) <= 5 for variant in infeasible_c(reference.program)] == [True, True]


def test_the_files_read_back_as_they_were(reference: Reference, tmp_path: Path) -> None:
    generate("C", SEED, tmp_path)
    assert read_program(tmp_path) == reference.program
    assert read_roster(tmp_path / "witness.json") == reference.witness
