"""What the judge says of a schedule, as people read it: by rule, by week and line of demand, and between revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from housestaff.core.cells import cell_changes
from housestaff.core.changes import diff
from housestaff.core.errors import NotFound
from housestaff.core.events import CellChange
from housestaff.core.finding import Finding
from housestaff.core.grid import Grid
from housestaff.core.nights import people_touched
from housestaff.features.portal.boards import Stretch, blocks_of
from housestaff.features.portal.sight import WORST_FIRST, Sight, look
from housestaff.features.program.store import Programs
from housestaff.features.schedules import queries
from housestaff.features.schedules.model import Revision
from housestaff.features.schedules.store import Schedules
from housestaff.plumbing.access import OWN, NoPerson, allow
from housestaff.plumbing.unit import Unit
from housestaff.rules.change_judge import GAPS
from housestaff.rules.judge import Weighed, weighed
from housestaff.rules.ruleset import ruleset_for

SERIOUS = WORST_FIRST[:4]
"""What a board counts; what is kept is not told."""
MOST_SHOWN = 200
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RuleFound:
    """One rule with what was found of it."""

    rule: str
    title: str
    citation: str
    counts: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class FindingsBoard:
    """What the judge found, the worst first."""

    rules: tuple[RuleFound, ...]
    totals: tuple[tuple[str, int], ...]
    people: tuple[tuple[str, str], ...]
    names: dict[str, str]
    rule: str
    person: str


def findings(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, rule: str = "", person: str = ""
) -> FindingsBoard:
    """All findings, of one rule or about one person where one is named; one's own where no more is allowed."""
    sight = look(unit, programs, schedules, schedule_id)
    principal = unit.principal
    allowed = allow(principal, "violation:read") if principal else None
    is_own = principal is not None and allowed is not None and allowed.scope == OWN
    only = principal.person_id if principal is not None and is_own else None
    if is_own and only is None:
        raise NoPerson(NoPerson.__doc__ or "")
    found = [each for each in sight.findings() if only is None or each.who == only]
    totals = tuple((each.value, sum(one.verdict is each for one in found)) for each in SERIOUS)
    about = [each for each in found if person in {"", each.who} and rule in {"", each.rule}]
    names = {each.id: each.display_name for each in sight.program.people}
    by_rule: dict[str, list[Finding]] = {}
    for each in about:
        by_rule.setdefault(each.rule, []).append(each)
    return FindingsBoard(
        rules=tuple(sorted((_rule(sight, name, each) for name, each in by_rule.items()), key=_badness)),
        totals=totals,
        people=tuple((id_, names[id_]) for id_ in dict.fromkeys(each.who for each in found) if id_ in names),
        names=names,
        rule=rule,
        person=person,
    )


def _rule(sight: Sight, name: str, found: Sequence[Finding]) -> RuleFound:
    held = next((each for each in ruleset_for(sight.program) if each.name == name), None)
    ordered = sorted(found, key=lambda each: (WORST_FIRST.index(each.verdict), each.first, each.who))
    return RuleFound(
        rule=name,
        title=held.rule.says if held else name,
        citation=str(found[0].citation),
        counts=tuple((each.value, sum(one.verdict is each for one in found)) for each in SERIOUS),
        findings=tuple(ordered[:MOST_SHOWN]),
        left_out=max(0, len(ordered) - MOST_SHOWN),
    )


def _badness(rule: RuleFound) -> tuple[int, ...]:
    return (*(-count for _verdict, count in rule.counts),)


# -- coverage ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """How well a line is met in a week: the worst of its days, and how many were short."""

    have: int | None
    need: int
    short: int
    out_of: int

    @property
    def grade(self) -> str:
        """`met`, `tight` where nobody could fall out, `short`, or `none` where nobody is needed."""
        if not self.out_of:
            return "none"
        if self.short:
            return "short"
        return "tight" if self.have is not None and self.have == self.need else "met"


@dataclass(frozen=True, slots=True)
class CoverageBoard:
    """Lines of demand by weeks."""

    blocks: tuple[Stretch, ...]
    weeks: tuple[date, ...]
    lines: tuple[tuple[str, str, tuple[Share, ...]], ...]
    """(line, where, week by week)"""
    today: date


def coverage(unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID) -> CoverageBoard:
    """Each line of demand and of call, week by week."""
    sight = look(unit, programs, schedules, schedule_id)
    start = sight.first - timedelta(days=(sight.first.weekday() - sight.program.calendar.week_starts_on) % 7)
    weeks = [start + number * _WEEK for number in range((sight.last - start).days // 7 + 1)]
    told: dict[tuple[str, str], list[list[tuple[int, int]]]] = {}
    rules = [held for held in ruleset_for(sight.program).touching(sight.first, sight.last) if held.name in GAPS]
    for each in weighed(sight.view, rules):
        if each.bound.at_least is None:
            continue
        line = told.setdefault((each.held.rule.says, _line_of(sight, each)), [[] for _ in weeks])
        first = max(0, (sight.view.date_of(each.bound.span.start) - start).days // 7)
        last = min(len(weeks) - 1, (sight.view.date_of(each.bound.span.end - 1) - start).days // 7)
        for week in range(first, last + 1):
            line[week].append((each.low, each.limit))
    return CoverageBoard(
        blocks=blocks_of(sight),
        weeks=tuple(weeks),
        lines=tuple((name, rule, tuple(map(_share, line))) for (rule, name), line in sorted(told.items())),
        today=sight.today,
    )


def _line_of(sight: Sight, each: Weighed) -> str:
    """The name of what a bound counts: a line of call, a line of demand, or the attendings of the clinic."""
    if each.held.name == "demand_met":
        return each.bound.who
    call = sight.program.call_by_id.get(each.bound.who)
    return call.name if call else each.held.rule.says


def _share(met: Sequence[tuple[int, int]]) -> Share:
    if not met:
        return Share(None, 0, 0, 0)
    have, need = min(met, key=lambda each: each[0] - each[1])
    return Share(have, need, sum(have < need for have, need in met), len(met))


# -- history -----------------------------------------------------------------------------------------------------------


def history(unit: Unit, schedules: Schedules, *, schedule_id: UUID) -> list[tuple[Revision, str]]:
    """The revisions that the user may see, the newest first, each with the name of who made it."""
    found = queries.history(unit, schedules, schedule_id=schedule_id)
    names = queries.authors(unit, [each.author for each in found])
    return [(each, names.get(each.author, "") if each.author else "") for each in found]


def compared(
    unit: Unit, programs: Programs, schedules: Schedules, *, schedule_id: UUID, old: int, new: int
) -> tuple[CellChange, ...]:
    """The cells that differ between two revisions that the user may see."""
    seen = {each.revision for each in queries.history(unit, schedules, schedule_id=schedule_id)}
    for each in (old, new):
        if each not in seen:
            raise NotFound(f"There is no revision {each} of this schedule.")
    before, after = (schedules.roster(schedule_id, each) for each in (old, new))
    program = programs.get(queries.one(unit, schedules, schedule_id=schedule_id).period.first_day)
    people = program.known(people_touched(program, diff(before, after), before, after))
    return cell_changes(Grid(program, before), Grid(program, after), people)
