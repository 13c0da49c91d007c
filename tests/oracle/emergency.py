"""Emergency medicine and New York: shifts, weeks that run from Monday to Sunday, and the state's own limits."""

import itertools
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .averages import Pair, combine, counted, eighty_hours, has_pack, judge_hours, segment_result
from .events import four_more_hours, rest_rule, result, twenty_four_hours
from .free_days import free_days
from .model import ACTIVE, EMERGENCY, EMERGENCY_PLAN, Result, day, days_between
from .world import Segment, Span, World


@dataclass(frozen=True)
class Week:
    """A Monday and the Sunday after it."""

    first: date
    last: date


def emergency_dates(world: World) -> set[date]:
    """The dates on which the person is on an emergency medicine rotation."""
    codes = {each["code"] for each in world.scenario["rotations"] if each.get("emergency")}
    return {
        when
        for stint in world.scenario["stints"]
        if stint["person"] == world.person and stint["rotation"] in codes
        for when in days_between(day(stint["first"]), day(stint["last"]))
    }


def weeks(world: World) -> list[Week]:
    """All whole weeks of the known dates."""
    first, last = day(world.scenario["complete"]["from"]), day(world.scenario["complete"]["to"])
    mondays = [when for when in days_between(first, last) if when.weekday() == 0]
    return [Week(monday, monday + timedelta(days=6)) for monday in mondays if monday + timedelta(days=6) <= last]


def emergency_weeks(world: World) -> list[Week]:
    """The weeks with at least one date on an emergency medicine rotation; the week stays whole."""
    dates = emergency_dates(world)
    return [week for week in weeks(world) if dates & set(days_between(week.first, week.last))]


def shifts(world: World) -> list[Span]:
    """Stretches in the department as scheduled, shifts joined like work periods."""
    return world.periods(EMERGENCY_PLAN)


def twelve_in_the_department(world: World, rule: str = "twelve_in_the_department") -> list[Result]:
    """Twelve continuous scheduled hours in the department."""
    return [
        result(
            world, rule, span, "broken" if world.limit_length(*span) > 12 * 60 else "kept", span[1] - span[0], 12 * 60
        )
        for span in shifts(world)
    ]


def equal_time_off(world: World) -> list[Result]:
    """After a shift, continuous time off as long as the shift was scheduled, before the next shift starts."""
    results: list[Result] = []
    worked = world.periods(EMERGENCY)
    for left, right in itertools.pairwise(worked):
        planned = [span for span in shifts(world) if span[0] < left[1] and left[0] < span[1]]
        length = sum(end - start for start, end in planned)
        rest = longest_rest(world, left[1], right[0])
        verdict = "broken" if rest < length else "kept"
        results.append(result(world, "equal_time_off", (left[1] - 1, right[0] + 1), verdict, rest, length))
    return results


def longest_rest(world: World, start: int, end: int) -> int:
    """The longest continuous run of minutes without work between two minutes."""
    longest = run = 0
    for minute in range(start, end):
        run = 0 if world.rest[minute] & ACTIVE else run + 1
        longest = max(longest, run)
    return longest


def weekly(pair: Pair, rule: str, hours: int) -> list[Result]:
    """Sixty hours in the department or seventy-two on service, each week or averaged over the segment."""
    if pair.full.settings["em_hours_basis"] == "average":
        return averaged(pair, rule, hours)
    results: list[Result] = []
    for week in emergency_weeks(pair.full):
        low, high = (minutes_of(world, rule, week.first, week.last) for world in (pair.sure, pair.full))
        limit = hours * 60
        verdict = "broken" if low > limit else "kept" if high <= limit else "unknown"
        whole = Segment((), week.first, week.last)
        results.append(segment_result(rule, pair.full, whole, verdict, low, high, limit))
    return results


def minutes_of(world: World, rule: str, first: date, last: date) -> int:
    """Minutes in the department, or counted minutes on the dates of an emergency medicine rotation."""
    if rule == "sixty_in_the_department":
        start, end = world.clock.start(first), world.clock.end(last)
        return world.count(start, end, EMERGENCY_PLAN)
    return sum(counted(world, when, when) for when in days_between(first, last) if when in emergency_dates(world))


def averaged(pair: Pair, rule: str, hours: int) -> list[Result]:
    """The same sums over the segments of emergency medicine rotations, without the leave halves."""
    results: list[Result] = []
    dates = emergency_dates(pair.full)
    for segment in pair.full.segments:
        if not dates & set(days_between(segment.first, segment.last)):
            continue
        low, high = (minutes_of(world, rule, segment.first, segment.last) for world in (pair.sure, pair.full))
        low_verdict, _ = judge_hours(pair.sure, low, hours, pair.sure.halves_counted(segment))
        verdict, limit = judge_hours(pair.full, high, hours, pair.full.halves_counted(segment))
        results.append(segment_result(rule, pair.full, segment, combine(low_verdict, verdict), low, high, limit))
    return results


def free_each_week(pair: Pair, rule: str) -> list[Result]:
    """One free day in each week; a day of leave satisfies it too."""
    chosen = weeks(pair.full) if rule.startswith("ny_") else emergency_weeks(pair.full)
    every_week = weeks(pair.full)
    found = [dict(zip(every_week, free_days(world, every_week), strict=True)) for world in (pair.full, pair.sure)]
    results: list[Result] = []
    for week in chosen:
        dates = days_between(week.first, week.last)
        leave = any({(when, "AM"), (when, "PM")} <= pair.full.leave for when in dates)
        low, high = found[0][week], found[1][week]
        verdict = "kept" if leave or low >= 1 else "broken" if high < 1 else "unknown"
        whole = Segment((), week.first, week.last)
        results.append(segment_result(rule, pair.full, whole, verdict, low, high, 1))
    return results


def new_york(pair: Pair, world: World, rule: str) -> list[Result]:
    """A rule of New York; before the pack is switched on nothing is judged."""
    if rule == "ny_eighty_hours":
        found = eighty_hours(pair, rule)
    elif rule == "ny_one_day_each_week":
        found = free_each_week(pair, rule)
    elif rule == "ny_eight_hours_between":
        found = rest_rule(world, rule, 8, "broken")
    elif rule == "ny_twelve_in_the_department":
        found = twelve_in_the_department(world, rule)
    elif rule == "ny_twenty_four_hours":
        found = twenty_four_hours(world, rule)
    else:
        verified = "ny_three_more_hours" in world.settings["verified_rows"]
        found = four_more_hours(world, rule, 3) if verified else []
    dark = [replace(each, verdict="not_judged", amount=None, limit=None, low=None, high=None) for each in found]
    return [
        each if has_pack(world.scenario, "ny", each.first) else blank for each, blank in zip(found, dark, strict=True)
    ]
