"""Years from files: programs read, years solved and judged, products written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from housestaff.core.certificate import Certificate
from housestaff.core.errors import BadInput
from housestaff.core.finding import Finding
from housestaff.core.program import Program
from housestaff.core.roster import Roster

if TYPE_CHECKING:
    from housestaff.rules.conformance import CaseResult
    from housestaff.rules.fair_ledger import Share
    from housestaff.rules.time_away import Granted, TimeAway
    from housestaff.solving.run import Watch
    from housestaff.solving.solve import Infeasible, OutOfTime, Solved

ROSTER, HISTORY = "roster.json", "history.json"


@dataclass(frozen=True)
class Judged:
    """A file that was judged: what it holds, what was found, and what was odd about reading it."""

    program: Program
    roster: Roster
    findings: tuple[Finding, ...]
    odd: tuple[str, ...] = ()


def conformance_folder() -> Path:
    """Where the conformance cases are: inside the installed package, or beside the source of a checkout."""
    carried = Path(str(resources.files("housestaff"))) / "conformance_cases"
    return carried if carried.is_dir() else Path(__file__).parents[3] / "conformance" / "cases"


def run_conformance(folder: Path | None = None) -> list[CaseResult]:
    """Run every case of the suite on our own judge."""
    from housestaff.files.conformance_json import read_cases, read_roster_case
    from housestaff.rules.conformance import run_cases

    cases = read_cases(folder or conformance_folder())
    if not cases:
        raise BadInput(
            "there is no conformance case here.",
            place=str(folder or conformance_folder()),
            remedy="Name the folder of the cases.",
        )
    return run_cases(cases, read_roster_case)


def read_year(path: Path) -> tuple[Program, Roster]:
    """A program and what is fixed before a solve: history, preloads, manual cells beside the program file."""
    from housestaff.core.roster import merged
    from housestaff.files.program_toml import read_program
    from housestaff.files.roster_json import read_roster

    program = read_program(path)
    folder = path if path.is_dir() else path.parent
    base = Roster()
    for name in (HISTORY, "preload.json"):
        if (folder / name).is_file():
            base = merged(base, read_roster(folder / name))
    return program, base


@dataclass(frozen=True)
class Ledgers:
    """The ledgers of a program: time away by person and board, entitlements, and fair shares where a roster is."""

    program: Program
    away: tuple[TimeAway, ...]
    granted: tuple[Granted, ...]
    shares: tuple[Share, ...]


def ledgers_of(path: Path, roster_path: Path | None, person: str | None) -> Ledgers:
    """The ledgers of the residents of a program, or of one; the fair shares of a roster named or beside it."""
    from housestaff.files.program_toml import read_program
    from housestaff.files.roster_json import read_roster
    from housestaff.rules.fair_ledger import fairness_ledger
    from housestaff.rules.finished_roster import FinishedRoster
    from housestaff.rules.time_away import entitlements, time_away

    program = read_program(path)
    people = [program.person(person)] if person else program.residents
    beside = (path if path.is_dir() else path.parent) / ROSTER
    place = roster_path or (beside if beside.is_file() else None)
    shares = fairness_ledger(FinishedRoster.of(program, read_roster(place))) if place else ()
    return Ledgers(
        program,
        tuple(each for one in people for each in time_away(program, one)),
        tuple(each for one in people for each in entitlements(program, one)),
        tuple(each for each in shares if person in {None, each.person}),
    )


def judge_file(path: Path, program_path: Path | None = None, published: Path | None = None) -> Judged:
    """Judge a roster, a folder with a program and a roster, or a workbook alone; changes against a published one."""
    from housestaff.rules.finished_roster import FinishedRoster
    from housestaff.rules.judge import judge

    if not path.exists():
        raise BadInput(
            "there is no such file or folder.",
            place=str(path),
            remedy="Name a roster, a workbook, or a folder with both.",
        )
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        from housestaff.files.workbook.round_trip import read_workbook_alone

        program, roster, review = read_workbook_alone(path)
        odd = tuple(str(item) for item in review.items)
        return Judged(program, roster, tuple(judge(FinishedRoster.of(program, roster))), odd)
    from housestaff.files.program_toml import read_program
    from housestaff.files.roster_json import read_roster

    before = None if published is None else read_roster(published)
    if path.is_dir():
        program_path, path = program_path or path, next(_rosters(path))
    elif program_path is None:
        program_path = path.parent
    program, roster = read_program(program_path), read_roster(path)
    return Judged(program, roster, tuple(judge(FinishedRoster.of(program, roster, published=before))))


def _rosters(folder: Path) -> Iterator[Path]:
    for name in (ROSTER, "witness.json"):
        if (folder / name).is_file():
            yield folder / name
    raise BadInput(
        "there is no roster here.",
        place=str(folder),
        remedy=f"Put a {ROSTER} beside the program file, or name a roster file.",
    )


def solve_year(program: Program, base: Roster, *, seed: int, watch: Watch) -> Solved | Infeasible | OutOfTime:
    """Build a year."""
    from housestaff.solving.solve import solve

    return solve(program, base=base, seed=seed, watch=watch)


def certificate_of(program: Program, solved: Solved) -> Certificate:
    """The certificate of a solved year, read by the judge once more."""
    from housestaff.files.roster_json import roster_hash
    from housestaff.rules.certify import certify
    from housestaff.rules.finished_roster import FinishedRoster

    return certify(
        FinishedRoster.of(program, solved.roster),
        roster_hash=roster_hash(solved.roster),
        seed=solved.seed,
        seconds=solved.seconds,
        versions=solved.versions,
        stages=solved.stages,
    )


def write_products(program: Program, solved: Solved, folder: Path, *, made: datetime) -> list[tuple[str, Path]]:
    """Write everything a published year consists of; returns what each file is, and where."""
    from housestaff.files.products import write_all

    return write_all(program, solved.roster, certificate_of(program, solved), folder, made=made)


def write_roster_only(program: Program, solved: Solved, folder: Path, *, made: datetime) -> list[tuple[str, Path]]:
    """Write the roster of a solved year and nothing else."""
    from housestaff.files.roster_json import write_roster

    del program, made
    folder.mkdir(parents=True, exist_ok=True)
    write_roster(solved.roster, folder / ROSTER)
    return [("roster", folder / ROSTER)]
