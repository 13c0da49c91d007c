"""Judging a change before it happens: every window that it touches, against the same windows before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.changes import Change
from housestaff.core.events import Stats
from housestaff.core.finding import Finding, Verdict
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import DAY, Span
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge, lifted, newly_broken, rejudge, rules_of_change

GAPS = frozenset({"one_name_a_night", "demand_met", "attendings_in_clinic"})
"""The rules whose broken bounds are gaps of coverage."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a change does to the law: what it newly breaks, what it lifts, and all that was found where it reaches."""

    newly_broken: tuple[Finding, ...]
    lifted: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    before: FinishedRoster
    after: FinishedRoster


def judge_change(before: FinishedRoster, roster: Roster, change: Change) -> Verdicts:
    """Judge the roster that a change makes of the one before, where it can matter."""
    people = sorted(before.program.known(change.people))
    span = span_of(before.program, change)
    after, findings = rejudge(before, roster, people, span)
    # The view before is read as it stands: what it has worked out for an earlier change is not worked out again.
    earlier = judge(
        before.narrowed(people, Span(span.start - 2 * DAY, span.end + 2 * DAY)), rules_of_change(before, roster)
    )
    broken, gone = newly_broken(earlier, findings), lifted(earlier, findings)
    return Verdicts(tuple(broken), tuple(gone), tuple(findings), before, after)


def span_of(program: Program, change: Change) -> Span:
    """The instants between which a change lies."""
    first, last = change.days or (date(2000, 1, 1), date(2000, 1, 1))
    return Span(program.zone.at(first), program.zone.at(last + timedelta(days=1)))


def stats_of(findings: Iterable[Finding], duties: int) -> Stats:
    """How good a roster is, in numbers; `duties` are those that somebody holds."""
    listed = list(findings)
    unfilled = sum(each.is_violation and each.rule == "one_name_a_night" for each in listed)
    return Stats(
        duties=duties + unfilled,
        filled=duties,
        gaps=sum(each.is_violation and each.rule in GAPS for each in listed),
        critical=sum(each.is_violation for each in listed),
        warning=sum(each.verdict is Verdict.ADVISORY for each in listed),
        unknown=sum(each.verdict is Verdict.UNKNOWN for each in listed),
    )
