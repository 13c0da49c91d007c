"""What a person sees of a solve while it runs, and the summary of a year when it is done."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from housestaff.core.certificate import StageResult
from housestaff.core.finding import Finding, Verdict
from housestaff.core.program import Program
from housestaff.core.time import days
from housestaff.rules.fairness.honor_wishes import wishes_met
from housestaff.rules.fairness.shares import deviation, gini, is_within, jain, shares
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.solving.run import Progress
from housestaff.solving.solve import Solved


class Ticker:
    """Tells the progress of a solve, line by line and never more often than it changes."""

    def __init__(self, console: Console) -> None:
        """Write to a console; on no terminal the lines are plain."""
        self._console = console
        self._last: tuple[str, str, str] | None = None

    def __call__(self, progress: Progress) -> None:
        """Tell where the solve is: a new line for each stage, part and level."""
        at = progress.stage, progress.part, progress.level
        if at != self._last:
            self._last = at
            part = f" {progress.part}" if progress.part else ""
            self._console.print(
                f"{progress.seconds:6.1f} s  {progress.stage}{part}: {progress.level}",
                style="dim",
                highlight=False,
                markup=False,
            )


class JsonTicker:
    """Tells the progress of a solve to a program: one JSON object a line on standard error, twice a second at most."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._last: tuple[tuple[str, str, str], float] | None = None

    def __call__(self, progress: Progress) -> None:
        """Tell where the solve is, with its objective, the proven bound and the gap."""
        at = progress.stage, progress.part, progress.level
        if self._last is not None and self._last[0] == at and progress.seconds - self._last[1] < 0.5:
            return
        self._last = at, progress.seconds
        row = {**asdict(progress), "gap_percent": round(progress.gap_percent, 2)}
        # One write with its line end: the solver's threads tell at the same time, and `print` writes twice.
        sys.stderr.write(json.dumps(row) + "\n")
        sys.stderr.flush()


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as plain data."""
    row = asdict(finding)
    row["first"], row["last"] = str(finding.first), str(finding.last)
    return row


def summary(program: Program, solved: Solved) -> dict[str, Any]:
    """What a coordinator wants to know of a year: coverage, findings, equity, wishes, time and gap."""
    nights = {
        line.name: sum(day.weekday() in line.weekdays for day in days(program.calendar.first, program.calendar.last))
        for line in program.calls
    }
    uncovered = [f for f in solved.findings if f.rule in {"one_name_a_night", "demand_met"} and f.is_violation]
    dealt = shares(program, solved.roster)
    gaps = [
        level.gap_percent for stage in solved.stages for level in stage.levels if level.gap_percent == level.gap_percent
    ]
    return {
        "program": program.name,
        "nights_of_call": nights,
        "uncovered": len(uncovered),
        "findings": {
            f"{rule} {verdict}": count for (rule, verdict), count in sorted(_counted(solved.findings).items())
        },
        "violations": len(solved.violations),
        "unknown": sum(f.verdict is Verdict.UNKNOWN for f in solved.findings),
        "equity": [
            {
                "line": each.line,
                "kind": each.kind,
                "least": min(each.counts.values(), default=0),
                "most": max(each.counts.values(), default=0),
                "furthest_from_fair": each.furthest,
                "target": each.within,
                "gini": round(gini(each.counts.values()), 3),
                "jain": round(jain(each.counts.values()), 3),
                "standard_deviation": round(deviation(each), 2),
                "met": is_within(each),
            }
            for each in dealt
        ],
        "wishes": asdict(met) if (met := wishes_met(FinishedRoster.of(program, solved.roster))) else None,
        "seconds": round(solved.seconds, 1),
        "stages": [_stage_row(stage) for stage in solved.stages],
        "versions": [list(version) for version in solved.versions],
        "largest_gap_percent": round(max(gaps, default=0.0), 1),
    }


def _stage_row(stage: StageResult) -> dict[str, Any]:
    levels = [{"name": level.name, "value": level.value, "bound": level.bound} for level in stage.levels]
    return {"name": stage.name, "status": stage.status, "seconds": round(stage.seconds, 1), "levels": levels}


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((finding.rule, finding.verdict.value) for finding in findings)


def show_summary(console: Console, program: Program, solved: Solved, products: Sequence[tuple[str, Path]]) -> None:
    """Print the summary of a year and where its files are."""
    told = summary(program, solved)
    console.print()
    console.print(f"[bold]{program.name}[/bold], academic year {program.calendar.academic_year}")
    nights = ", ".join(f"{name} {count}" for name, count in told["nights_of_call"].items())
    console.print(
        f"  Nights with exactly one name: {nights}"
        if not told["uncovered"]
        else f"  [red]{told['uncovered']} nights or lines uncovered[/red]"
    )
    console.print(f"  Rules that must hold: {told['violations']} broken, {told['unknown']} unknown")
    for each in told["equity"]:
        met = "met" if each["met"] else "not met"
        counts = f"{each['least']} to {each['most']} a person"
        furthest = f"at most {each['furthest_from_fair']:.1f} from the fair share"
        console.print(
            f"  {each['kind']:8} calls: {counts}, {furthest} (target {each['target']}: {met})", highlight=False
        )
    if told["wishes"]:
        console.print(f"  Wishes: {wishes_told(told['wishes'])}", highlight=False)
    console.print(
        f"  Solved in {told['seconds']} s, largest gap of a level {told['largest_gap_percent']} %", highlight=False
    )
    graver = [finding for finding in solved.findings if finding.verdict in {Verdict.BROKEN, Verdict.UNKNOWN}]
    if graver:
        show_findings(console, graver, most=20)
    for rule, count in sorted(Counter(f.rule for f in solved.findings if f.verdict is Verdict.ADVISORY).items()):
        console.print(f"  Advisory {rule}: {count} (each with its sum in findings.csv)", highlight=False)
    if products:
        table = Table(title="Files", title_justify="left", show_header=False, box=None)
        for name, path in products:
            table.add_row(f"  {name}", str(path))
        console.print(table)


def wishes_told(met: dict[str, Any]) -> str:
    """How many wishes came true, in words."""
    return (
        f"{met['met']} of {met['wishes']} met, of the first choices {met['first_met']} of {met['first_choices']}; "
        f"worst off {met['worst_off']} with {met['worst_met']} of {met['worst_wishes']}"
    )


def show_findings(console: Console, findings: Sequence[Finding], *, most: int = 40) -> None:
    """Print findings by rule, the worst verdict first, and the sentences of the first ones."""
    order = [Verdict.BROKEN, Verdict.UNKNOWN, Verdict.ADVISORY, Verdict.THIN]
    shown = sorted((f for f in findings if f.verdict in order), key=lambda f: (order.index(f.verdict), f.rule, f.first))
    if not shown:
        console.print("  Nothing found: every rule is kept.")
        return
    table = Table(title="Findings", title_justify="left", expand=False)
    for name in ("Verdict", "Rule", "Who", "When", "The sum"):
        table.add_column(name, overflow="fold")
    for found in shown[:most]:
        when = str(found.first) if found.first == found.last else f"{found.first} to {found.last}"
        table.add_row(found.verdict.value, found.rule, found.who, when, found.sentence)
    console.print(table)
    if len(shown) > most:
        counts = ", ".join(f"{rule} {verdict} {count}" for (rule, verdict), count in sorted(_counted(shown).items()))
        console.print(f"  {len(shown)} in all: {counts}", highlight=False)


def print_json(value: object) -> None:
    """Print one object on standard output."""
    print(json.dumps(value, indent=2, default=str, sort_keys=True))  # noqa: T201 - the answer of a command with --json
