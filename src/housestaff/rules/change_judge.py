"""Judging a change before it happens: every window that it touches, against the same windows before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.changes import Change
from housestaff.core.events import Stats
from housestaff.core.finding import Finding, Verdict
from housestaff.core.nights import people_touched
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import Span
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge, lifted, newly_broken, reach_of, rejudge, rules_of_change
from housestaff.rules.ruleset import Ruleset, ruleset_for

GAPS = frozenset({"one_name_a_night", "demand_met", "attendings_in_clinic"})
"""The rules whose broken bounds are gaps of coverage."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a change does to the law: what it newly breaks, and all that was found where it reaches."""

    newly_broken: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    before: FinishedRoster
    after: FinishedRoster
    people: tuple[str, ...]
    """Everybody of the program whose cells it touches."""
    span: Span

    @property
    def lifted(self) -> tuple[Finding, ...]:
        """What was broken and is so no longer; every rule judges the state before for it, which takes its time."""
        rules = rules_of_change(self.before, self.after.grid.roster)
        earlier = judge(self.before.narrowed(self.people, reach_of(self.span)), rules)
        return tuple(lifted(earlier, self.findings))


def judge_change(before: FinishedRoster, roster: Roster, change: Change) -> Verdicts:
    """Judge the roster that a change makes of the one before, where it can matter."""
    people = sorted(before.program.known(people_touched(before.program, change, before.grid.roster, roster)))
    span = span_of(before.program, change)
    rules = ruleset_for(before.program)
    after, findings = rejudge(before, roster, people, span, rules=rules, change=change)
    # Only a rule that is broken now can be newly broken: how the others stood before is not asked.
    broken = {each.rule for each in findings if each.is_violation}
    asked = Ruleset(held for held in rules_of_change(before, roster, rules) if held.name in broken)
    earlier = judge(before.narrowed(people, reach_of(span)), asked) if broken else []
    return Verdicts(tuple(newly_broken(earlier, findings)), tuple(findings), before, after, tuple(people), span)


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
