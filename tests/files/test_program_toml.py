"""A program file says all that a program is, the same program gives the same bytes, and slips are answered in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from housestaff.core.calendar import BlockSeries
from housestaff.core.errors import BadInput
from housestaff.core.program import Program
from housestaff.core.rotations import CellForce
from housestaff.core.time import Half
from housestaff.files.program_document import document_of
from housestaff.files.program_toml import parse_program, read_program, write_program, write_program_folder
from tests.files.values import programs

SLOWLY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FROM_THE_SPECIFICATION = """
[program]
id = "fm-a"
name = "Family Medicine A"
time_zone = "America/Chicago"
specialty = "family_medicine"
boards = ["ABFM"]
packs = ["acgme-common", "fm-2023", "local"]
week_starts_on = "monday"

[[series]]
id = "main"
academic_year = 2025
blocks = [
  { number = 1, first = 2025-07-01, last = 2025-07-30 },
  { number = 2, first = 2025-07-31, last = 2025-08-27 },
]

[[rotation]]
code = "IPT"
name = "Inpatient team"
kind = "inpatient"
week_starts_on = "friday"
capacity = { "PGY-1" = [1, 1], "PGY-2" = [1, 1], "PGY-3" = [1, 1] }
duty_times = { start = "06:30", end = "17:30" }
days_off = { managed_by = "solver", per_28_days = 4 }
leave_eligible = false
pattern.wednesday.pm = { activity = "LEC", protected = false }

[[requirement]]
level = "PGY-1"
rotation = "IPT"
min = 2
max = 2
unit = "blocks"

[attending_demand]
quarters = { "PGY-1" = 2, "PGY-2" = 1, "PGY-3" = 1, procedure = 4 }
given_by = ["AT", "PCAT"]

[clinic]
rooms_wanted = 6
rooms_limit = 8
virtual_share = 0.30

[policy]
freeze_horizon_days = 7
call_minimum_nights_between = [{ from = 2025-07-01, is = 2 }]
eight_hours_force = "should"
"""


def with_line(old: str, new: str) -> str:
    assert old in FROM_THE_SPECIFICATION
    return FROM_THE_SPECIFICATION.replace(old, new)


@given(programs())
@SLOWLY
def test_what_is_written_is_read_as_the_same_program(program: Program) -> None:
    text = write_program(program)
    again = parse_program(text)
    assert again == program
    assert write_program(again) == text


@given(programs())
@settings(SLOWLY, max_examples=12)
def test_a_folder_with_tables_holds_the_same_program(
    tmp_path_factory: pytest.TempPathFactory, program: Program
) -> None:
    folder = tmp_path_factory.mktemp("program")
    write_program_folder(program, folder)
    assert read_program(folder) == program


@given(programs())
@settings(SLOWLY, max_examples=10)
def test_yaml_with_the_same_keys_is_read_too(program: Program) -> None:
    text = yaml.safe_dump(document_of(program), sort_keys=False)
    assert parse_program(text, "program.yaml") == program


def test_the_example_of_the_specification_is_read() -> None:
    program = parse_program(FROM_THE_SPECIFICATION)
    team = program.rotation("IPT")
    assert (team.start, team.end) == (390, 1050)
    assert team.capacity_of("PGY-2") == (1, 1)
    assert (team.pattern[0].half, team.pattern[0].force) == (Half.PM, CellForce.SUGGESTED)
    assert program.policy.on("call_minimum_nights_between", date(2025, 6, 30)) is None
    assert program.policy.on("call_minimum_nights_between", date(2025, 7, 1)) == 2
    assert program.attending_demand.quarters_of("PGY-1", procedure=True) == 6


def test_a_yaml_time_and_a_yaml_no_are_words() -> None:
    text = """
program: {id: fm, name: no, time_zone: UTC}
series:
- {id: main, academic_year: 2025, blocks: [{number: 1, first: 2025-07-01, last: 2025-07-30}]}
rotation:
- {code: IPT, name: "on", kind: inpatient, duty_times: {start: 17:30, end: 06:30}, night: true}
"""
    program = parse_program(text, "program.yml")
    assert program.name == "no"
    assert (program.rotations[0].start, program.rotations[0].end) == (1050, 390)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('week_starts_on = "friday"', 'week_start_on = "friday"', ["[[rotation]] 1 (IPT)", "'week_starts_on'?"]),
        (
            'week_starts_on = "friday"',
            'week_starts_on = "fryday"',
            ["week_starts_on", "'fryday' is no weekday", "monday"],
        ),
        ('start = "06:30"', 'start = "6h30"', ["duty_times.start", "'6h30' is no time of day", "07:30"]),
        ('start = "06:30"', 'begin = "06:30"', ["'begin' is no key of duty_times", "start"]),
        ("last = 2025-07-30", 'last = "30.7.2025"', ["blocks", "last", "'30.7.2025' is no date", "2025-07-31"]),
        ("first = 2025-07-31", "first = 2025-07-30", ["overlaps block 1", "Let block 2 start on 2025-07-31"]),
        ("first = 2025-07-31", "first = 2025-08-01", ["leaves a hole after block 1", "start on 2025-07-31"]),
        ("last = 2025-07-30", "last = 2025-02-30", ["line", "no TOML"]),
        ('kind = "inpatient"', 'kind = "inpatent"', ["kind", "Did you mean 'inpatient'?"]),
        ("[policy]", "[polcy]", ["'polcy' is no known section", "Did you mean 'policy'?"]),
        ("freeze_horizon_days", "freeze_horizont", ["[policy]", "Did you mean 'freeze_horizon_days'?"]),
        ('eight_hours_force = "should"', 'eight_hours_force = "may"', ["[policy], eight_hours_force", "Choose one of"]),
        ("min = 2", 'min = "two"', ["[[requirement]] 1, min", "no whole number"]),
        ('time_zone = "America/Chicago"', 'time_zone = "Chicago"', ["time_zone", "America/Chicago"]),
        ('id = "fm-a"\n', "", ["[program]", "'id' is missing"]),
        ('"PGY-2" = [1, 1], "PGY-3"', '"PGY-2" = [2, 1], "PGY-3"', ["capacity", "PGY-2", "[1, 2]"]),
        ("pattern.wednesday.pm", "pattern.wednesday.noon", ["pattern", "noon", "AM or PM"]),
        ('code = "IPT"\n', "", ["[[rotation]] 1", "'code' is missing"]),
    ],
)
def test_a_slip_is_named_with_its_place_and_what_would_be_right(old: str, new: str, told: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        parse_program(with_line(old, new))
    message = str(refused.value)
    assert refused.value.place.startswith("program.toml")
    assert refused.value.remedy
    for part in told:
        assert part in message


def test_all_slips_of_a_file_are_told_at_once() -> None:
    text = with_line("min = 2", 'min = "two"').replace("rooms_limit", "room_limit").replace("2025-07-31", "2025-08-02")
    with pytest.raises(BadInput, match="3 problems"):
        parse_program(text)


def test_names_that_stand_twice_or_nowhere_are_told() -> None:
    more = '\n[[person]]\nid = "p1"\ndisplay_name = "Lee"\nkind = "resident"\n'
    leave = '\n[[leave]]\nleave_id = "l1"\nperson_id = "p2"\nkind = "sick"\nfrom = 2025-07-01\nto = 2025-07-01\n'
    with pytest.raises(BadInput) as refused:
        parse_program(FROM_THE_SPECIFICATION + more + more + leave)
    assert "'p1' stands already in [[person]] 1" in str(refused.value)
    assert "there is no person 'p2'" in str(refused.value)


def test_a_year_with_a_short_block_zero_is_read(tmp_path: Path) -> None:
    program = parse_program(FROM_THE_SPECIFICATION)
    blocks = tuple(replace(block, number=block.number - 1) for block in program.calendar.series[0].blocks)
    other = replace(program, calendar=replace(program.calendar, series=(BlockSeries("alt", 2025, blocks),)))
    write_program_folder(other, tmp_path)
    assert read_program(tmp_path / "program.toml") == other


def test_a_fact_in_the_file_and_in_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "program.toml").write_text(FROM_THE_SPECIFICATION, "utf-8")
    (tmp_path / "requirements.csv").write_text("level,rotation,min,max,unit,window,after,note\n", "utf-8")
    with pytest.raises(BadInput, match=r"\[\[requirement\]\] stands here and in requirements.csv"):
        read_program(tmp_path)


def test_rotations_may_stand_in_a_table_with_their_times_in_the_file(tmp_path: Path) -> None:
    text = FROM_THE_SPECIFICATION.replace('name = "Inpatient team"\nkind = "inpatient"\n', "")
    text = text.replace('capacity = { "PGY-1" = [1, 1], "PGY-2" = [1, 1], "PGY-3" = [1, 1] }\n', "")
    text = text.replace('days_off = { managed_by = "solver", per_28_days = 4 }\n', "").replace(
        "leave_eligible = false\n", ""
    )
    (tmp_path / "program.toml").write_text(text, "utf-8")
    (tmp_path / "rotations.csv").write_text(
        "code,name,kind,half_blocks,levels,capacity_min,capacity_max,leave_eligible,weekly_hours,days_off\n"
        "IPT,Inpatient team,inpatient,2,,PGY-1=1;PGY-2=1;PGY-3=1,PGY-1=1;PGY-2=1;PGY-3=1,no,,solver 4\n",
        "utf-8",
    )
    assert read_program(tmp_path).rotations == parse_program(FROM_THE_SPECIFICATION).rotations


@pytest.mark.parametrize(
    ("table", "text", "told"),
    [
        ("leave.csv", "leave_id,person_id\n", ["leave.csv, row 1", "the column 'kind' is missing"]),
        (
            "leave.csv",
            "leave_id,person_id,kind,from,to,half,status,note\nl1,p1,sick,1/2/2025,2025-07-03,,,\n",
            ["leave.csv, row 2, column from", "'1/2/2025' is no date", "2025-07-31"],
        ),
        (
            "leave.csv",
            "leave_id,person_id,kind,from,to,half,status,note\nl1,nobody,sick,2025-07-02,2025-07-03,,,\n",
            ["leave.csv, row 2", "there is no person 'nobody'"],
        ),
        (
            "levels.csv",
            "person_id,level,from,to\np9,PGY-1,2025-07-01,\n",
            ["levels.csv, row 2, column person_id", "p9"],
        ),
        ("demand.csv", 'line,"where\n', ["demand.csv", "no CSV"]),
        ("blocks.csv", "series,block,first_day,last_day\nmain,one,2025-07-01,\n", ["row 2, column block"]),
    ],
)
def test_a_slip_in_a_table_is_named_with_row_and_column(tmp_path: Path, table: str, text: str, told: list[str]) -> None:
    (tmp_path / "program.toml").write_text(FROM_THE_SPECIFICATION, "utf-8")
    (tmp_path / table).write_text(text, "utf-8")
    with pytest.raises(BadInput) as refused:
        read_program(tmp_path)
    for part in told:
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "0 bytes"),
        (b"name = '\xff'", "not UTF-8"),
        (b"\x00" * 40, "no TOML"),
        (b"a: b", "no TOML"),
    ],
)
def test_what_is_no_program_file_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    file = tmp_path / "program.toml"
    file.write_bytes(data)
    with pytest.raises(BadInput, match=told) as refused:
        read_program(file)
    assert refused.value.place
    assert refused.value.remedy


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_program(tmp_path / "none.toml")
    with pytest.raises(BadInput, match=r"no program.toml"):
        read_program(tmp_path)


@pytest.mark.parametrize(
    "text", ["a: &x [1]\nb: *x", "program: {id: a, id: b}", "- 1", "a: [", "program: !!python/object:os.system x"]
)
def test_yaml_that_grows_repeats_or_runs_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_program(text, "program.yaml")
