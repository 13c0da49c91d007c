"""What the judge says of a schedule, of everything or only of what was touched, and for whom it was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from housestaff.core.finding import Finding
from housestaff.core.program import Program
from housestaff.core.time import Span
from housestaff.features.compliance.model import Violation, key_of, severity_of
from housestaff.plumbing import metrics
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import OF_CALLS, OF_STAYS, finding, reach_of, weighed
from housestaff.rules.ruleset import Ruleset

OF_EVERYBODY = frozenset({"even_weekends", "even_holidays", "supervised"}) | OF_STAYS | OF_CALLS
"""Rules that hold people against each other, or whose window is the year: a change of one is a change for others."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked: everything, or the windows of some people that touch a span."""

    people: frozenset[str] | None
    span: Span | None = None
    of_everybody: frozenset[str] = frozenset()
    """The rules that were asked about everybody."""

    def holds(self, rule: str, person: str | None, span: Span) -> bool:
        """Whether a window of a person, or of no person, was asked about."""
        if self.people is None or rule in self.of_everybody:
            return True
        is_theirs = person is None or person in self.people
        return is_theirs and (self.span is None or span.overlaps(self.span))

    def had(self, violation: Violation) -> bool:
        """Whether a violation would have been found again."""
        start, end = violation.finding["span"]
        return self.holds(violation.rule, violation.person_id, Span(start, end))


EVERYTHING = Scope(None)


def touched(people: Iterable[str], span: Span) -> Scope:
    """All windows of some people that touch a span, or lie within two days of it."""
    return Scope(frozenset(people), reach_of(span))


def judged(view: FinishedRoster, law: Ruleset, scope: Scope, place: str) -> tuple[dict[str, Finding], Scope]:
    """The violations found in a scope by their keys, and the scope with the rules that were asked about everybody."""
    held = law.touching(*view.grid.period)
    if scope.people is None:
        return _found(view, held, scope, place), scope
    wide = Ruleset(each for each in held if each.rule.name in OF_EVERYBODY)
    near = Ruleset(each for each in held if each.rule.name not in OF_EVERYBODY)
    scope = Scope(scope.people, scope.span, frozenset(each.name for each in wide))
    focus = scope.span or view.horizon
    return _found(view.narrowed(scope.people or (), focus), near, scope, place) | _found(
        view, wide, scope, place
    ), scope


def _found(view: FinishedRoster, law: Ruleset, scope: Scope, place: str) -> dict[str, Finding]:
    known = view.program.person_by_id
    asked: Counter[tuple[str, str]] = Counter()
    worst: dict[str, Finding] = {}
    for each in weighed(view, law):
        asked[each.held.name, each.verdict.value] += 1
        said = finding(view, each) if each.verdict.value in {"broken", "advisory"} else None
        person = each.bound.who if each.bound.who in known else None
        if said is None or not severity_of(said) or not scope.holds(said.rule, person, said.span):
            continue
        # Two rests of one day are one window: the worse of them is what counts.
        key = key_of(place, said)
        if key not in worst or said.margin < worst[key].margin:
            worst[key] = said
    for (rule, verdict), times in asked.items():
        metrics.count("rule_checks_total", times, rule=rule, result=verdict)
    return worst


def facts_of(said: Finding, program: Program, schedule_id: UUID, law: str) -> Mapping[str, Any]:
    """A finding as the columns of a violation."""
    person = program.person_by_id.get(said.who)
    citation = said.citation
    return {
        "schedule_id": schedule_id,
        "rule": said.rule,
        "rule_version": f"{citation.pack}@{citation.pack_version}" if citation.pack else "",
        "ruleset_hash": law,
        "force": said.force.value,
        "severity": severity_of(said),
        "subject": said.who,
        "person_id": person.id if person else None,
        "level": person.level_on(said.first) if person else "",
        "rotation_id": said.rotation or None,
        "first_day": said.first,
        "last_day": said.last,
        "value": said.amount,
        "limit": said.limit,
        "margin": said.margin,
        "unit": said.unit,
        "certainty": said.certainty.value,
        "citation": str(citation),
        "finding": {
            "sentence": said.sentence,
            "note": said.note,
            "duties": list(said.duties),
            "weekly": list(said.weekly),
            "span": [said.span.start, said.span.end],
            "at_least": said.at_least,
        },
    }
