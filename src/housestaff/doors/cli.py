"""The command line of Housestaff, where every command imports what it needs only when it runs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from housestaff.core.errors import HousestaffError, RuleBroken, Unreachable
from housestaff.doors.accounts import add_account_commands
from housestaff.doors.audit import add_audit_commands
from housestaff.doors.calendars import add_calendar_commands
from housestaff.doors.demo import demo
from housestaff.doors.imports import add_import_commands
from housestaff.doors.notices import add_notice_commands
from housestaff.doors.operations import add_operations_commands
from housestaff.doors.reports import add_report_commands
from housestaff.doors.schedules import add_schedule_commands
from housestaff.doors.schemas import add_schema_commands
from housestaff.doors.service import add_service_commands
from housestaff.doors.violations import add_violation_commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from housestaff.core.program import Program
    from housestaff.core.roster import Roster
    from housestaff.solving.solve import Infeasible, OutOfTime

    WriteYear = Callable[..., list[tuple[str, Path]]]

DONE, BROKEN, BAD_INPUT, UNREACHABLE = 0, 1, 2, 3

app = typer.Typer(
    name="housestaff",
    help="Schedules medical residency programs within the rules they live by.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Seed = Annotated[int, typer.Option("--seed", help="Same seed, same result.")]


def main() -> None:
    """Run the command line and leave with the exit code of the command."""
    try:
        app()
    except Unreachable as error:
        typer.echo(f"housestaff: {error}", err=True)
        sys.exit(UNREACHABLE)
    except HousestaffError as error:
        typer.echo(f"housestaff: {error}", err=True)
        sys.exit(BROKEN if isinstance(error, RuleBroken) else BAD_INPUT)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"housestaff {installed_version('housestaff')}")
        raise typer.Exit


@app.callback()
def housestaff(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Schedules medical residency programs within the rules they live by."""


def _console(*, as_json: bool) -> Console:
    from rich.console import Console

    return Console(stderr=as_json)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A roster, a workbook, or a folder with a program and a roster.")],
    program: Annotated[
        Path | None, typer.Option("--program", help="The program file, if it is not beside the roster.")
    ] = None,
    published: Annotated[
        Path | None, typer.Option("--published", help="A published roster: what changed against it is told.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Judge a roster or workbook against its program's rules; exit 1 where a rule that must hold is broken."""
    from housestaff.bootstrap.years import judge_file
    from housestaff.doors.progress import finding_row, print_json, show_findings

    judged = judge_file(file, program, published)
    broken = sum(finding.is_violation for finding in judged.findings)
    if as_json:
        print_json({"findings": [finding_row(f) for f in judged.findings], "broken": broken, "odd": list(judged.odd)})
    else:
        console = _console(as_json=False)
        for odd in judged.odd[:20]:
            console.print(f"  odd: {odd}", highlight=False, markup=False)
        if len(judged.odd) > 20:
            console.print(f"  ... and {len(judged.odd) - 20} more odd cells; --json lists them all")
        show_findings(console, judged.findings)
    raise typer.Exit(BROKEN if broken else DONE)


@app.command()
def solve(
    program: Annotated[Path, typer.Argument(help="The program file, or its folder.")],
    out: Annotated[Path, typer.Option("--output", "-o", help="Where the year's files go.")],
    seconds: Annotated[float, typer.Option("--seconds", help="How long it may take.", min=1)] = 60.0,
    seed: Seed = 0,
    *,
    roster_only: Annotated[bool, typer.Option("--roster-only", help="Write roster.json and nothing else.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build the year: rotations, call, half-days; write workbook, PDF, calendars, certificate; or say why not."""
    from housestaff.bootstrap.years import read_year, write_products, write_roster_only

    read, base = read_year(program)
    write = write_roster_only if roster_only else write_products
    raise typer.Exit(_solve_and_write(read, base, out, write, seconds=seconds, seed=seed, as_json=as_json))


def _solve_and_write(
    program: Program, base: Roster, out: Path, write: WriteYear, *, seconds: float, seed: int, as_json: bool
) -> int:
    """Solve, write the products and tell; Ctrl-C stops the search and keeps the best so far."""
    from housestaff.bootstrap.years import solve_year
    from housestaff.doors.progress import JsonTicker, Ticker, print_json, show_summary, summary
    from housestaff.doors.stopping import stopped_by_ctrl_c
    from housestaff.solving.run import Watch
    from housestaff.solving.solve import Solved

    console = _console(as_json=as_json)
    watch = Watch(tell=JsonTicker() if as_json else Ticker(console), seconds=seconds)
    with stopped_by_ctrl_c(watch.stop):
        answer = solve_year(program, base, seed=seed, watch=watch)
    if not isinstance(answer, Solved):
        return _tell_failure(answer, console, as_json=as_json)
    products = write(program, answer, out, made=datetime.now(UTC))
    if as_json:
        print_json(
            {
                "result": "solved",
                "summary": summary(program, answer),
                "files": {name: str(path) for name, path in products},
            }
        )
    else:
        show_summary(console, program, answer, products)
    return BROKEN if answer.violations else DONE


def _tell_failure(answer: Infeasible | OutOfTime, console: Console, *, as_json: bool) -> int:
    from housestaff.doors.progress import print_json
    from housestaff.solving.solve import Infeasible

    if isinstance(answer, Infeasible):
        told: dict[str, Any] = {
            "result": "infeasible",
            "stage": answer.stage,
            "facts": list(answer.clash.facts),
            "fixes": list(answer.clash.fixes),
        }
        if not as_json:
            console.print(f"[bold]This cannot be solved[/bold] ({answer.stage}). These facts clash:")
            for fact in answer.clash.facts:
                console.print(f"  - {fact}", highlight=False, markup=False)
            for fix in answer.clash.fixes:
                console.print(f"  Also: {fix}", highlight=False, markup=False)
    else:
        told = {"result": "out of time", "stage": answer.stage, "seconds": answer.seconds}
        if not as_json:
            console.print(
                f"The time ran out in stage '{answer.stage}', before the year was whole. Give it more with --seconds."
            )
    if as_json:
        print_json(told)
    return BROKEN


@app.command()
def ledgers(
    program: Annotated[Path, typer.Argument(help="The program file, or its folder.")],
    roster: Annotated[
        Path | None, typer.Option("--roster", help="The roster whose fair shares are told; else the one beside it.")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", help="Only this person.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show each resident's time away with every board, what leave they are entitled to, and everybody's fair shares."""
    from housestaff.bootstrap.years import ledgers_of
    from housestaff.doors.ledgers import away_row, granted_row, share_row, show_ledgers
    from housestaff.doors.progress import print_json

    found = ledgers_of(program, roster, person)
    if as_json:
        year = found.program.calendar.academic_year
        told: dict[str, Any] = {"academic_year": year, "away": [away_row(each, year) for each in found.away]}
        told |= {"entitlements": [granted_row(each) for each in found.granted]}
        print_json(told | {"shares": [share_row(each) for each in found.shares]})
    else:
        show_ledgers(_console(as_json=False), found.away, found.granted, found.shares)


@app.command()
def generate(
    kind: Annotated[str, typer.Argument(help="family_medicine (A), internal_medicine (B) or emergency_medicine (C).")],
    out: Annotated[Path, typer.Option("--output", "-o", help="Where the files go.")],
    seed: Seed = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Write a realistic program with a witness roster, planted defects and their manifest."""
    from housestaff.doors.progress import print_json
    from housestaff.synthetic.generate import generate as write_program

    files = write_program(kind, seed, out)
    if as_json:
        print_json({"files": [str(path) for path in files]})
    else:
        console = _console(as_json=False)
        for path in files:
            console.print(f"  {path}", highlight=False, markup=False)


@app.command()
def conformance(
    folder: Annotated[Path | None, typer.Argument(help="Other cases than the suite's own.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Run the public work-hour conformance cases; exit 1 where one does not come out as the text says."""
    from housestaff.bootstrap.years import run_conformance
    from housestaff.doors.progress import print_json

    results = run_conformance(folder)
    failed = [result for result in results if not result.passed]
    cases = {result.id for result in results}
    if as_json:
        print_json(
            {
                "cases": len(cases),
                "scenarios": len(results),
                "failed": [{"id": r.id, "name": r.name, "problems": r.problems} for r in failed],
            }
        )
    else:
        console = _console(as_json=False)
        for result in failed:
            console.print(f"  {result.id} {result.name}: {'; '.join(result.problems)}", highlight=False, markup=False)
        console.print(f"{len(cases)} cases, {len(results)} scenarios, {len(failed)} failed", highlight=False)
    raise typer.Exit(BROKEN if failed else DONE)


add_service_commands(app)
add_account_commands(app)
add_schedule_commands(app)
add_import_commands(app)
add_notice_commands(app)
add_operations_commands(app)
add_schema_commands(app)
add_audit_commands(app)
add_violation_commands(app)
add_calendar_commands(app)
add_report_commands(app)
app.command()(demo)
