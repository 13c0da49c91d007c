"""Program A: its marginals, its witness, what is planted, and the same bytes for the same seed."""

from collections import Counter
from pathlib import Path

import pytest

from housestaff.core.finding import Verdict
from housestaff.core.leave import Leave
from housestaff.files.program_toml import read_program
from housestaff.files.roster_json import read_roster
from housestaff.rules.judge import judge_roster
from housestaff.synthetic import family_medicine
from housestaff.synthetic.family_medicine.defects import spoiled_a
from housestaff.synthetic.family_medicine.infeasible import infeasible_a
from housestaff.synthetic.generate import generate
from housestaff.synthetic.planting.found import is_found, unplanted
from housestaff.synthetic.reference import Reference

SEED = 7
RESIDENT_LEAVE = {
    "vacation": (58, 376), "conference": (16, 64), "sick": (12, 19), "personal": (8, 12), "military": (5, 70),
    "medical": (3, 34), "bereavement": (3, 12), "parental": (2, 50),
}  # fmt: skip
PLANTED = 50


@pytest.fixture(scope="module")
def reference() -> Reference:
    return family_medicine.reference_a(SEED)


def days_of(leave: Leave) -> int:
    return (leave.last - leave.first).days + 1


def test_it_has_the_people_of_the_table(reference: Reference) -> None:
    first = reference.program.calendar.first
    levels = Counter(person.level_on(max(first, person.employment[0].first)) for person in reference.program.residents)
    assert levels == {"PGY-1": 6, "PGY-2": 6, "PGY-3": 5}
    assert len(reference.program.faculty) == 12


def test_it_has_the_rotations_of_the_table(reference: Reference) -> None:
    rotations = reference.program.rotations
    assert Counter(each.kind.value for each in rotations) == {
        "inpatient": 12, "night": 5, "outpatient": 26, "procedure": 5, "emergency": 4, "education": 3, "elective": 3,
        "off_site": 2, "recovery": 2,
    }  # fmt: skip
    assert sum(each.is_combined for each in rotations) == 14


def test_the_leave_of_residents_is_the_table(reference: Reference) -> None:
    trainees = {person.id for person in reference.program.residents}
    mine = [leave for leave in reference.program.leaves if leave.person in trainees]
    kinds = {leave.kind.value for leave in mine}
    found = {
        kind: (sum(x.kind.value == kind for x in mine), sum(days_of(x) for x in mine if x.kind.value == kind))
        for kind in kinds
    }
    assert found == RESIDENT_LEAVE
    assert max(map(days_of, mine)) == 26


def test_the_leave_of_faculty_is_near_the_table(reference: Reference) -> None:
    faculty = {person.id for person in reference.program.faculty}
    mine = [leave for leave in reference.program.leaves if leave.person in faculty]
    assert len(mine) == 67
    assert abs(sum(map(days_of, mine)) - 350) <= 10


def test_the_witness_has_every_week_and_night(reference: Reference) -> None:
    weeks = [
        s for s in reference.witness.stints if s.rotation == "FMIT" and s.first >= reference.program.calendar.first
    ]
    by_person = Counter(stint.person for stint in weeks)
    nights = Counter(night.line for night in reference.witness.calls)
    assert len(weeks) == 52
    assert [by_person[f"f{n:02}"] for n in range(1, 6)] == [4, 5, 5, 3, 5]
    assert sum(by_person[f"f{n:02}"] for n in range(6, 11)) == 30
    assert nights == {"faculty_call": 261, "weekend_night": 52}


@pytest.mark.parametrize(
    "seed", [SEED, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_the_witness_keeps_every_rule(seed: int) -> None:
    made = family_medicine.reference_a(seed)
    findings = judge_roster(made.program, made.witness)
    assert [f.sentence for f in findings if f.verdict in {Verdict.BROKEN, Verdict.UNKNOWN}] == []


@pytest.mark.parametrize(
    "seed", [SEED, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_every_planted_defect_is_found_and_nothing_else(seed: int) -> None:
    spoiled = spoiled_a(seed)
    findings = judge_roster(spoiled.reference.program, spoiled.reference.witness)
    assert len(spoiled.manifest) == PLANTED
    assert [defect for defect in spoiled.manifest if not is_found(defect, findings)] == []
    assert unplanted(spoiled.manifest, findings) == []


def test_nothing_planted_is_found_in_the_clean_witness(reference: Reference) -> None:
    findings = judge_roster(reference.program, reference.witness)
    wrong = [
        d for d in spoiled_a(SEED).manifest if d.expected_verdict in {"broken", "unknown"} and is_found(d, findings)
    ]
    assert wrong == []


def test_each_variant_names_a_few_facts(reference: Reference) -> None:
    variants = infeasible_a(reference.program)
    assert len(variants) == 3
    assert all(2 <= len(variant.facts) <= 5 for variant in variants)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    files = generate("A", SEED, tmp_path / "one")
    family_medicine.reference_a.cache_clear()
    spoiled_a.cache_clear()
    again = generate("family_medicine", SEED, tmp_path / "two")
    assert [f.read_bytes() for f in files] == [f.read_bytes() for f in again]


def test_the_files_read_back_as_they_were(reference: Reference, tmp_path: Path) -> None:
    generate("A", SEED, tmp_path)
    assert read_program(tmp_path) == reference.program
    assert read_roster(tmp_path / "witness.json") == reference.witness
    assert read_roster(tmp_path / "history.json") == reference.history
