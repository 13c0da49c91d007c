"""The judge: reads every rule with numbers and says what it found, with the sum as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from housestaff.core.changes import Change, diff
from housestaff.core.duties import Certainty, Duty
from housestaff.core.finding import Finding, Force, Verdict, measured
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import DAY, Span, hours_and_minutes
from housestaff.core.view import Bound, ends
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.ruleset import Held, Ruleset, ruleset_for


@dataclass(frozen=True, slots=True)
class Weighed:
    """A bound held against its limit."""

    held: Held
    bound: Bound
    verdict: Verdict
    low: int
    high: int
    limit: int

    @property
    def margin(self) -> int:
        """What is left to the limit, at the worse end; negative where the limit is passed."""
        return self.low - self.limit if self.bound.at_least is not None else self.limit - self.high

    @property
    def share(self) -> float:
        """The margin as a share of the limit, to compare windows."""
        return self.margin / max(1, abs(self.limit))


def weigh(held: Held, bound: Bound) -> Weighed:
    """Hold a bound against its limit: an interval that reaches over the limit is unknown."""
    low, high = ends(bound.amount)
    if bound.at_least is not None:
        limit = int(bound.at_least)
        is_kept, is_broken = low >= limit, high < limit
        is_thin = bound.thin_from is not None and low < bound.thin_from
    else:
        limit = int(bound.at_most or 0)
        is_kept, is_broken = high <= limit, low > limit
        is_thin = bound.thin_from is not None and high >= bound.thin_from
    if bound.barred:
        is_broken = True
    if is_broken and any(duty.certainty is Certainty.UNKNOWN for duty in bound.given):
        verdict = Verdict.UNKNOWN
    elif is_broken:
        verdict = Verdict.BROKEN if held.force is Force.MUST and not bound.soft else Verdict.ADVISORY
    elif is_kept:
        verdict = Verdict.THIN if is_thin else Verdict.KEPT
    else:
        verdict = Verdict.UNKNOWN
    return Weighed(held, bound, verdict, low, high, limit)


def weighed(view: FinishedRoster, rules: Iterable[Held]) -> Iterator[Weighed]:
    """Every bound of every rule, weighed."""
    for held in rules:
        for bound in held.bounds(view):
            yield weigh(held, bound)


def judge(view: FinishedRoster, rules: Ruleset | None = None, *, kept: bool = False) -> list[Finding]:
    """All findings on a roster: broken, advisory, unknown, thin; with `kept` also what was in order."""
    rules = rules or ruleset_for(view.program)
    held = rules.touching(*view.grid.period)
    return [finding(view, each) for each in weighed(view, held) if kept or each.verdict is not Verdict.KEPT]


def judge_roster(program: Program, roster: Roster, *, kept: bool = False) -> list[Finding]:
    """Judge a roster of a program by all its rules."""
    return judge(FinishedRoster.of(program, roster), kept=kept)


OF_STAYS = frozenset({"required_rotations", "rotation_window", "rotation_order", "rotation_capacity", "demand_met"})
OF_CALLS = frozenset({"one_name_a_night", "even_calls"})


def rejudge(
    before: FinishedRoster,
    roster: Roster,
    people: Iterable[str],
    span: Span,
    *,
    rules: Ruleset | None = None,
    change: Change | None = None,
) -> tuple[FinishedRoster, list[Finding]]:
    """Judge an edited roster only where the edit can matter: the people, and every window that touches the span.

    Rules about stays and about nights of call are left out where the edit changed neither. `change` is what lies
    between the two rosters, where that is known.
    """
    grid = before.grid.changed(roster, change or diff(before.grid.roster, roster))
    after = FinishedRoster(grid, is_log=before.is_log, known=before)
    return after, judge(after.narrowed(people, reach_of(span)), rules_of_change(before, roster, rules))


def reach_of(span: Span) -> Span:
    """The time in which an edit of a span can matter."""
    return Span(span.start - 2 * DAY, span.end + 2 * DAY)


def rules_of_change(before: FinishedRoster, roster: Roster, rules: Ruleset | None = None) -> Ruleset:
    """The rules that a change can matter to: those about stays and calls only where it changes some."""
    same = (OF_STAYS if roster.stints is before.grid.roster.stints else frozenset[str]()) | (
        OF_CALLS if roster.calls is before.grid.roster.calls else frozenset[str]()
    )
    return Ruleset(held for held in rules or ruleset_for(before.program) if held.name not in same)


def newly_broken(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """The violations after a change that were not there, or were smaller, before it."""
    old = {_place(each): each.margin for each in before if each.is_violation}
    return [each for each in after if each.is_violation and old.get(_place(each), 1) > each.margin]


def _place(each: Finding) -> tuple[object, ...]:
    """Where a finding stands: the year of a person holds one for each rotation that is required of them."""
    return *each.key, each.rotation, each.at_least


def lifted(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """The violations before a change that are none after it."""
    still = {_place(each) for each in after if each.is_violation}
    return [each for each in before if each.is_violation and _place(each) not in still]


def finding(view: FinishedRoster, each: Weighed) -> Finding:
    """The finding of a weighed bound, with duties, certainty and the arithmetic as a sentence."""
    bound = each.bound
    first, last = dates_of(view, bound)
    duties = contributing(view, bound)
    amount = bound.shown if bound.shown is not None else each.high if each.verdict is Verdict.KEPT else each.low
    if bound.at_least is not None and bound.shown is None:
        amount = each.high if each.verdict is Verdict.BROKEN else each.low
    segment = bound.segment
    return Finding(
        rule=each.held.name,
        force=each.held.force,
        verdict=each.verdict,
        who=bound.who,
        first=first,
        last=last,
        span=bound.span,
        amount=amount,
        limit=each.limit,
        unit=bound.unit,
        margin=each.margin,
        low=each.low,
        high=each.high,
        citation=each.held.citation,
        certainty=_certainty(each, duties),
        sentence=sentence(each),
        duties=tuple(duty.id for duty in duties),
        at_least=bound.at_least is not None,
        note=bound.barred or bound.note or bound.unknown,
        half_days_present=segment.present if segment else None,
        leave_halves=segment.half_days - segment.present if segment else 0,
        weekly=_weekly(view, bound),
        rotation=bound.rotation,
    )


def dates_of(view: FinishedRoster, bound: Bound) -> tuple[date, date]:
    """The first and last date of the window of a bound."""
    if bound.segment is not None:
        return bound.segment.first, bound.segment.last
    first = view.date_of(bound.span.start)
    return first, max(first, view.date_of(bound.span.end - 1))


def contributing(view: FinishedRoster, bound: Bound) -> tuple[Duty, ...]:
    """The duties that make up the amount."""
    if bound.duties is not None:
        return bound.duties
    if bound.given:
        return bound.given
    person = view.program.person_by_id.get(bound.who)
    if person is None:
        return ()
    return tuple(duty for duty in view.duties(person) if duty.span.overlaps(bound.span))


def _certainty(each: Weighed, duties: Iterable[Duty]) -> Certainty:
    if each.verdict is Verdict.UNKNOWN:
        return Certainty.UNKNOWN
    return Certainty.ASSUMED if any(duty.certainty is Certainty.ASSUMED for duty in duties) else Certainty.KNOWN


def _weekly(view: FinishedRoster, bound: Bound) -> tuple[int, ...]:
    """Counted minutes of each seven days of a segment, so that one long week inside a kept average is visible."""
    segment = bound.segment
    if segment is None or bound.unit != "minutes":
        return ()
    counted = view.hours(view.program.person(bound.who)).counted
    starts = range(0, segment.days, 7)
    spans = (
        view.zone.day_span(segment.first + timedelta(n), min(segment.last, segment.first + timedelta(n + 6)))
        for n in starts
    )
    return tuple(counted.minutes(span) for span in spans)


def sentence(each: Weighed) -> str:
    """The arithmetic of a bound as people read it."""
    bound, segment = each.bound, each.bound.segment
    parts: list[str] = []
    if segment is not None:
        away = segment.half_days - segment.present
        removed = f" ({_halves(away)} of leave removed from both sides)" if away else ""
        parts.append(f"{_halves(segment.present)} counted{removed}.")
    amount = bound.shown if bound.shown is not None else each.low if bound.at_least is None else each.high
    told = measured(amount, bound.unit)
    if each.low != each.high:
        told = f"{measured(each.low, bound.unit)} to {measured(each.high, bound.unit)}"
    word = "needed" if bound.at_least is not None else "allowed"
    parts.append(f"{told} of {measured(each.limit, bound.unit)} {word}.")
    if segment is not None and bound.unit == "minutes" and segment.present:
        parts.append(f"Average {each.high * 14 / segment.present / 60:.1f} hours a week.")
    parts.append(_margin(each))
    if told_why := bound.barred or bound.note or bound.unknown:
        parts.append(f"{told_why[0].upper()}{told_why[1:]}.")
    parts.append(f"{each.held.force.value.capitalize()}, {each.held.citation}.")
    return " ".join(part for part in parts if part)


def _halves(halves: int) -> str:
    whole, half = divmod(halves, 2)
    return f"{whole}{' and a half' if half else ''} day{'' if whole == 1 and not half else 's'}"


def _margin(each: Weighed) -> str:
    if each.verdict is Verdict.UNKNOWN:
        return "Unknown: some of it is not on file."
    if each.margin >= 0:
        return "" if each.verdict is Verdict.KEPT else f"{_amount(each.margin, each.bound.unit)} left."
    return f"{_amount(-each.margin, each.bound.unit)} {'short' if each.bound.at_least is not None else 'over'}."


def _amount(amount: int, unit: str) -> str:
    return hours_and_minutes(amount) if unit == "minutes" else measured(amount, unit)
