"""The certificate: the independent judge's reading of a roster, with the worst window of every rule and person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from housestaff.core.certificate import Certificate, StageResult
from housestaff.core.finding import Verdict
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import Weighed, finding, weighed
from housestaff.rules.ruleset import Ruleset, ruleset_for


def certify(
    view: FinishedRoster,
    *,
    roster_hash: str,
    seed: int = 0,
    seconds: float = 0.0,
    versions: tuple[tuple[str, str], ...] = (),
    stages: Iterable[StageResult] = (),
    rules: Ruleset | None = None,
) -> Certificate:
    """Judge a roster once more and keep, for each rule and person, the window with the least margin."""
    rules = rules or ruleset_for(view.program)
    worst: dict[tuple[str, str], Weighed] = {}
    counts: Counter[Verdict] = Counter()
    found: list[Weighed] = []
    for each in weighed(view, rules.touching(*view.grid.period)):
        counts[each.verdict] += 1
        if each.verdict not in {Verdict.KEPT, Verdict.THIN}:
            found.append(each)
        key = each.held.name, each.bound.who
        if each.bound.who in view.program.person_by_id and (key not in worst or each.share < worst[key].share):
            worst[key] = each
    return Certificate(
        program=view.program.id,
        roster_hash=roster_hash,
        ruleset_hash=rules.hash,
        seed=seed,
        seconds=round(seconds, 1),
        versions=versions,
        stages=tuple(stages),
        worst=tuple(finding(view, each) for each in worst.values()),
        findings=tuple(finding(view, each) for each in found),
        kept=counts[Verdict.KEPT] + counts[Verdict.THIN],
        broken=counts[Verdict.BROKEN],
        unknown=counts[Verdict.UNKNOWN],
    )
