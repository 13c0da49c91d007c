"""Program B: its marginals, its weeks, its witness, and what is planted."""

from collections import Counter
from pathlib import Path

import pytest

from housestaff.core.finding import Verdict
from housestaff.files.program_toml import read_program
from housestaff.files.roster_json import read_roster
from housestaff.rules.judge import judge_roster
from housestaff.synthetic.generate import generate
from housestaff.synthetic.internal_medicine import reference_b
from housestaff.synthetic.internal_medicine.defects import spoiled_b
from housestaff.synthetic.internal_medicine.infeasible import infeasible_b
from housestaff.synthetic.planting.found import is_found, unplanted
from housestaff.synthetic.reference import Reference

SEED = 7
PLANTED = 58
SEEDS = [pytest.param(SEED, marks=pytest.mark.slow), pytest.param(1, marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return reference_b(SEED)


def test_it_has_the_cohorts_of_the_table(reference: Reference) -> None:
    first = reference.program.calendar.first
    found = Counter((person.cohort, person.level_on(first)) for person in reference.program.residents)
    sizes = [[found[cohort, level] for level in ("PGY-1", "PGY-2", "PGY-3")] for cohort in range(1, 6)]
    assert sizes == [[15, 9, 8], [15, 8, 8], [15, 8, 8], [15, 8, 8], [14, 8, 9]]
    assert sum(person.stage == "preliminary" for person in reference.program.residents) == 22


def test_every_cohort_has_its_clinic_weeks(reference: Reference) -> None:
    clinic = Counter(s.person for s in reference.witness.stints if s.rotation == "Y")
    by_cohort = {person.cohort: clinic[person.id] for person in reference.program.residents}
    assert by_cohort == {1: 11, 2: 11, 3: 10, 4: 10, 5: 10}


def test_the_leave_is_the_table(reference: Reference) -> None:
    kinds = Counter(leave.kind.value for leave in reference.program.leaves)
    sick = [leave for leave in reference.program.leaves if leave.kind.value == "sick"]
    vacation = Counter[str]()
    for leave in reference.program.leaves:
        if leave.kind.value == "vacation":
            vacation[leave.person] += (leave.last - leave.first).days + 1
    assert kinds["medical"] + kinds["parental"] == 40
    assert (len(sick), sum((leave.last - leave.first).days + 1 for leave in sick)) == (620, 900)
    assert all(20 <= count <= 23 for count in vacation.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_witness_keeps_every_rule(seed: int) -> None:
    made = reference_b(seed)
    findings = judge_roster(made.program, made.witness)
    assert [f.sentence for f in findings if f.verdict in {Verdict.BROKEN, Verdict.UNKNOWN}] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_defect_is_found_and_nothing_else(seed: int) -> None:
    spoiled = spoiled_b(seed)
    findings = judge_roster(spoiled.reference.program, spoiled.reference.witness)
    assert len(spoiled.manifest) == PLANTED
    assert [defect for defect in spoiled.manifest if not is_found(defect, findings)] == []
    assert unplanted(spoiled.manifest, findings) == []


def test_each_variant_names_a_few_facts(reference: Reference) -> None:
    assert [2 <= len(variant.facts) <= 5 for variant in infeasible_b(reference.program)] == [True] * 3


@pytest.mark.slow
def test_the_files_read_back_as_they_were(reference: Reference, tmp_path: Path) -> None:
    generate("B", SEED, tmp_path)
    assert read_program(tmp_path) == reference.program
    assert read_roster(tmp_path / "witness.json") == reference.witness
