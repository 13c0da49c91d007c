"""`housestaff ledgers` and `check --published` as their user runs them, on a small program of two files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from housestaff.core.leave import Balance, Leave, LeaveKind
from housestaff.core.program import Program
from housestaff.core.roster import Night
from housestaff.files.program_toml import write_program_folder
from housestaff.files.roster_json import write_roster
from tests.builders import attending, program, resident
from tests.doors.test_cli import run
from tests.rules.cases import day_of, on_call

SIX_WEEKS = Leave("l1", "r1", LeaveKind.PARENTAL, date(2025, 8, 4), date(2025, 9, 14))


def small() -> Program:
    balances = (Balance("f1", "Sunday", 2025, 2.0, "two Sundays given away last year"),)
    crew = program(resident(), attending("f1"), attending("f2"), leaves=(SIX_WEEKS,), balances=balances)
    return replace(crew, boards=("ABIM", "ABFM"))


def test_ledgers_answer_on_time_for_each_board(tmp_path: Path) -> None:
    """The program's own limit, a confirmed board and an unverified one, and the entitlement."""
    write_program_folder(small(), tmp_path)
    done = run("ledgers", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {each["board"]: each["answer"] for each in told["away"]} == {
        "program": "needs extension of 14 days",
        "ABIM": "unknown",
        "ABFM": "unknown",
    }
    assert [each["used_this_year"] for each in told["away"]] == [42.0, 42.0, 6.0]
    assert {each["entitlement"]: each["verdict"] for each in told["entitlements"]} == {
        "IR-IV.H": "on time",
        "ABMS": "on time",
    }
    assert told["shares"] == []


def test_ledgers_show_fair_shares_and_what_was_brought_along(tmp_path: Path) -> None:
    """Two people, eight Sundays: the share is four, and who brought two along owes them."""
    write_program_folder(small(), tmp_path)
    sundays = [day_of(number) for number in range(1, 57) if day_of(number).weekday() == 6]
    roster = on_call()
    for number, night in enumerate(sundays):
        roster = roster.with_call(Night("faculty_call", night), f"f{1 + number % 2}")
    write_roster(roster, tmp_path / "roster.json")
    done = run("ledgers", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    shares = [each for each in json.loads(done.stdout)["shares"] if each["kind"] == "Sunday"]
    assert [(each["person"], each["count"], each["fair"], each["debt"]) for each in shares] == [
        ("f1", 4, 4.0, 2.0),
        ("f2", 4, 4.0, 0.0),
    ]
    plain = run("ledgers", tmp_path, "--person", "r1")
    assert plain.returncode == 0
    assert "42 of 28" in plain.stdout


def test_an_unknown_board_or_person_ends_with_2(tmp_path: Path) -> None:
    write_program_folder(replace(small(), boards=("ABXX",)), tmp_path)
    for words in (("ledgers", tmp_path), ("ledgers", tmp_path, "--person", "nobody")):
        done = run(*words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_check_tells_what_changed_against_the_published_roster(tmp_path: Path) -> None:
    """A night moved from one person to another changes two people's duties, and no more."""
    write_program_folder(small(), tmp_path)
    write_roster(on_call(day_of(4)), tmp_path / "published.json")
    write_roster(on_call(day_of(4), person="f2"), tmp_path / "roster.json")
    done = run("check", tmp_path / "roster.json", "--published", tmp_path / "published.json", "--json")
    changed = [each for each in json.loads(done.stdout)["findings"] if each["rule"] == "least_change"]
    assert {each["who"] for each in changed} == {"f1", "f2"}
    again = run("check", tmp_path / "published.json", "--published", tmp_path / "published.json", "--json")
    assert not [each for each in json.loads(again.stdout)["findings"] if each["rule"] == "least_change"]


def test_a_program_file_vouches_for_a_board_and_switches_a_rule(tmp_path: Path) -> None:
    """`verified` and `rule` stand in the policy of the file; what nobody knows is refused with the nearest name."""
    write_program_folder(replace(small(), boards=("ABFM",)), tmp_path)
    file = tmp_path / "program.toml"
    plain = file.read_text("utf-8")
    file.write_text(plain + "\n[policy]\nverified.ABFM = true\nrule.primary_care_exception = true\n", "utf-8")
    done = run("ledgers", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["away"][1]["answer"] == "on time"
    file.write_text(plain + "\n[policy]\nrule.primary_care_exeption = true\n", "utf-8")
    done = run("ledgers", tmp_path)
    assert done.returncode == 2
    assert "primary_care_exception" in done.stderr
