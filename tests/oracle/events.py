"""The absolute rules: rest between periods, rest after call, and how long a period may be."""

import itertools
from datetime import timedelta

from .model import (
    ACTIVE,
    CALLED_IN,
    CLINICAL,
    DAY,
    EDUCATION,
    HOME_CALL,
    IN_HOUSE,
    NEW_PATIENTS,
    SCHEDULED,
    TRANSITION,
    Json,
    Result,
    day,
)
from .world import Span, World, edition


def result(world: World, rule: str, span: Span, verdict: str, amount: int | None, limit: int | None) -> Result:
    """A result about the minutes of a span."""
    start, end = span
    return Result(rule, world.person, world.clock.date_of(start), world.clock.date_of(end - 1), verdict, amount, limit)


def rests(world: World) -> list[Span]:
    """The rests that the eight hours look at: between scheduled periods, and after called-in work by a setting."""
    planned = world.periods(SCHEDULED)
    found = [(left[1], right[0]) for left, right in itertools.pairwise(planned)]
    if world.settings["home_call_starts_new_rest"]:
        called = world.periods(CALLED_IN)
        for start, _ in planned:
            before = [end for _, end in called if end < start]
            last_planned = max((end for _, end in planned if end <= start), default=0)
            if before and before[-1] > last_planned and start - before[-1] > world.settings["join_gap_minutes"]:
                found.append((before[-1], start))
    return found


def rest_rule(world: World, rule: str, hours: int, below: str) -> list[Result]:
    """Every rest against a number of hours."""
    results: list[Result] = []
    for end, start in rests(world):
        verdict = below if start - end < hours * 60 else "kept"
        span = (end - 1, start + 1)  # from the date on which work ended to the date on which it starts again
        results.append(result(world, rule, span, verdict, start - end, hours * 60))
    return results


def eight_hours_between(world: World) -> list[Result]:
    """Eight hours between scheduled periods; a MUST for juniors from 2011 to 2017, else a SHOULD."""
    results: list[Result] = []
    raised = world.settings["eight_hours_force"] == "MUST"
    for each in rest_rule(world, "eight_hours_between", 8, "advisory"):
        year = edition(each.last)
        junior = world.level(each.last) == "PGY-1" or world.intermediate(each.last)
        must = raised or (year == 2011 and junior)
        if year in (0, 2003):
            continue
        verdict = "broken" if must and each.verdict == "advisory" else each.verdict
        results.append(Result(each.rule, each.person, each.first, each.last, verdict, each.amount, each.limit))
    return results


def ten_hours_between(world: World) -> list[Result]:
    """The local ten hours, and the SHOULD of the editions before 2017."""
    local = world.settings["ten_hours_between"]
    return [
        each
        for each in rest_rule(world, "ten_hours_between", local or 10, "advisory")
        if local or edition(each.last) in (2003, 2011)
    ]


def in_house_length(world: World, span: Span) -> int:
    """In-house minutes of a period with its joined gaps; by the clock where that is longer."""
    start, end = span
    length = sum(1 for bits in world.rest[start:end] if bits & IN_HOUSE or not bits & ACTIVE)
    if world.settings["clock_change"] == "elapsed":
        return length
    return length + max(0, world.clock.wall(start, end) - (end - start))


def fourteen_after_call(world: World) -> list[Result]:
    """Fourteen hours free of clinical work and education after a period with 24 hours in house."""
    results: list[Result] = []
    for start, end in world.periods():
        when = world.clock.date_of(start)
        year = edition(when)
        if in_house_length(world, (start, end)) < DAY or year in (0, 2003):
            continue
        if year == 2011 and not world.intermediate(when):
            continue
        results.append(after_call(world, (start, end)))
    return results


def after_call(world: World, period: Span) -> Result:
    """The rest after one long period."""
    start, end = period
    limit = 14 * 60
    later = range(end, world.clock.length)
    work = next((minute for minute in later if world.rest[minute] & (CLINICAL | EDUCATION | TRANSITION)), None)
    rest = None if work is None else work - end
    span = (start, end if work is None else work + 1)
    if rest is not None and rest < limit:
        return result(world, "fourteen_after_call", span, "broken", rest, limit)
    at_home = next((minute for minute in range(end, end + limit) if world.rest[minute] & HOME_CALL), None)
    if at_home is not None and not world.log:
        # Nobody can know in a plan whether the resident will be called in: the rest is at risk.
        return result(world, "fourteen_after_call", (start, at_home + 1), "advisory", at_home - end, limit)
    return result(world, "fourteen_after_call", span, "kept", rest, limit)


def allowed_stays(world: World) -> dict[Span, tuple[Json, int]]:
    """Periods with an allowed stay: its record and minutes. It exists in the log only, with all its facts."""
    found: dict[Span, tuple[Json, int]] = {}
    for record in world.scenario.get("stays", []):
        whole = record["reason"] and record["handed_off"] and record["own_initiative"]
        if record["person"] != world.person or not world.log or not whole:
            continue
        when = day(record["date"])
        near = [
            span for span in world.periods() if span[0] < world.clock.end(when) and span[1] > world.clock.start(when)
        ]
        if near:
            found[max(near, key=lambda span: span[1] - span[0])] = (record, int(record["minutes"]))
    return found


def stay_by_choice(world: World) -> list[Result]:
    """Each allowed stay with the whole length of its period; an advisory when stays are not rare."""
    stays = allowed_stays(world)
    results = [result(world, "stay_by_choice", span, "kept", span[1] - span[0], None) for span in stays]
    limit = world.settings["stays_by_choice_max"]
    for segment in world.segments:
        found = sum(1 for record, _ in stays.values() if segment.first <= day(record["date"]) <= segment.last)
        if found > limit:
            results.append(
                Result("stay_by_choice", world.person, segment.first, segment.last, "advisory", found, limit)
            )
    return results


def judged_periods(world: World) -> list[tuple[Span, int]]:
    """Work periods of every resident under 24 + 4 or 24 + 6, each with its end before an allowed stay."""
    stays = allowed_stays(world)
    found: list[tuple[Span, int]] = []
    for span in world.periods():
        when = world.clock.date_of(span[0])
        if edition(when) == 0 or (edition(when) == 2011 and world.level(when) == "PGY-1"):
            continue
        found.append((span, span[1] - (stays[span][1] if span in stays else 0)))
    return found


def twenty_four_hours(world: World, rule: str = "twenty_four_hours") -> list[Result]:
    """From the first clinical minute of a work period to its last."""
    results: list[Result] = []
    for (start, _), end in judged_periods(world):
        clinical = [minute for minute in range(start, end) if world.rest[minute] & CLINICAL]
        if not clinical:
            continue
        span = (clinical[0], clinical[-1] + 1)
        verdict = "broken" if world.limit_length(*span) > DAY else "kept"
        results.append(result(world, rule, span, verdict, span[1] - span[0], DAY))
    return results


def four_more_hours(world: World, rule: str = "four_more_hours", hours: int = 4) -> list[Result]:
    """What comes after the twenty-fourth hour of a work period, and how long it lasts."""
    results: list[Result] = []
    for (start, whole_end), end in judged_periods(world):
        extra = 6 if edition(world.clock.date_of(start)) == 2003 and rule == "four_more_hours" else hours
        too_long = world.limit_length(start, end) > DAY + extra * 60
        broken = too_long or not tail_allowed(world, start, end)
        tail = max(0, whole_end - start - DAY)
        span = (start, whole_end)
        results.append(result(world, rule, span, "broken" if broken else "kept", tail, extra * 60))
    return results


def tail_allowed(world: World, start: int, end: int) -> bool:
    """After 24 hours only handoff and education, nothing clinical and no new patient."""
    for minute in range(start + DAY, end):
        bits = world.rest[minute]
        if not bits & ACTIVE or world.limit_length(start, minute + 1) <= DAY:
            continue
        if bits & (CLINICAL | NEW_PATIENTS) or not bits & (TRANSITION | EDUCATION):
            return False
    return True


def first_year_limit(world: World, rule: str) -> list[Result]:
    """Sixteen hours for PGY-1: the rule of 2011 to 2017, or the program's own policy."""
    policy = world.settings["sixteen_hours_first_year"]
    hours = 16 if rule == "sixteen_hours" else policy
    results: list[Result] = []
    for start, end in world.periods():
        when = world.clock.date_of(start)
        in_force = edition(when) == 2011 if rule == "sixteen_hours" else bool(policy)
        if not in_force or world.level(when) != "PGY-1":
            continue
        over = world.limit_length(start, end) > hours * 60
        worse = "broken" if rule == "sixteen_hours" else "advisory"
        results.append(result(world, rule, (start, end), worse if over else "kept", end - start, hours * 60))
    return results


def long_run(world: World) -> list[Result]:
    """Worked minutes in a chain of periods separated by less than eight hours."""
    hours = world.settings["long_run"]
    if hours is None:
        return []
    chains: list[list[int]] = []
    for start, end in world.periods():
        if chains and start - chains[-1][1] < 8 * 60:
            chains[-1][1] = end
        else:
            chains.append([start, end])
    results: list[Result] = []
    for start, end in chains:
        worked = sum(1 for bits in world.rest[start:end] if bits & ACTIVE)
        verdict = "advisory" if worked > hours * 60 else "kept"
        results.append(result(world, "long_run", (start, end), verdict, worked, hours * 60))
    return results


def each_seven_days(world: World) -> list[Result]:
    """Where night float needs a day off in each seven days: every seven dates in a row that all start a night."""
    if world.settings["night_float_days_off"] != "each_seven_days":
        return []
    nights = {duty.night for duty in world.duties if duty.is_("night_float")}
    week = timedelta(days=6)
    return [
        Result("night_float_within", world.person, night, night + week, "advisory", 0, 1)
        for night in sorted(nights)
        if all(night + timedelta(days=number) in nights for number in range(7))
    ]
