"""Runs of dates and nights, moonlighting, and work on leave."""

import itertools
from datetime import date, timedelta

from .averages import call_nights
from .model import ACTIVE, COUNTED, HOME_CALL, Duty, Result, day
from .world import World, edition

RULE_OF_2011 = 2011


def runs_of(dates: set[date]) -> list[tuple[date, int]]:
    """Consecutive dates as (first date, how many)."""
    found: list[tuple[date, int]] = []
    for when in sorted(dates):
        if found and found[-1][0] + timedelta(days=found[-1][1]) == when:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((when, 1))
    return found


def run_results(world: World, rule: str, dates: set[date], limit: int, over: str) -> list[Result]:
    """Each run of dates against the longest one allowed."""
    return [
        Result(
            rule,
            world.person,
            first,
            first + timedelta(days=length - 1),
            over if length > limit else "kept",
            length,
            limit,
        )
        for first, length in runs_of(dates)
    ]


def six_nights(world: World) -> list[Result]:
    """Nights of night float in a row: a MUST on nights of the 2011 edition, else the program's policy."""
    nights = {duty.night for duty in world.duties if duty.is_("night_float")}
    old = {night for night in nights if edition(night) == RULE_OF_2011}
    results = run_results(world, "six_nights", old, 6, "broken")
    policy = world.settings["six_nights"]
    if policy is not None:
        results += run_results(world, "six_nights", nights - old, policy, "advisory")
    if not nights and world.segments:
        first, last = world.segments[0].first, world.segments[-1].last
        results.append(Result("six_nights", world.person, first, last, "kept", 0, 6))
    return results


def duty_dates(world: World) -> set[date]:
    """Dates with duty, at-home call included; a whole day of leave on which nothing is counted is none."""
    if not world.settings["spill_counts"]:
        dates = {duty.night for duty in world.duties}
    else:
        lived = [minute for minute, bits in enumerate(world.minutes) if bits & (ACTIVE | HOME_CALL)]
        dates = {world.clock.date_of(minute) for minute in lived}
    return {when for when in dates if not {(when, "AM"), (when, "PM")} <= world.leave}


def six_in_a_row(world: World) -> list[Result]:
    """Calendar dates with duty in a row."""
    limit = world.settings["six_in_a_row"]
    return [] if limit is None else run_results(world, "six_in_a_row", duty_dates(world), limit, "advisory")


def call_spacing(world: World) -> list[Result]:
    """Nights between two in-house calls."""
    least = world.settings["call_spacing"]
    if least is None:
        return []
    nights = call_nights(world)
    return [
        Result(
            "call_spacing",
            world.person,
            left,
            right,
            "advisory" if (right - left).days - 1 < least else "kept",
            (right - left).days - 1,
            least,
        )
        for left, right in itertools.pairwise(nights)
    ]


def moonlighting(world: World) -> list[Duty]:
    """The person's moonlighting duties."""
    return [duty for duty in world.duties if duty.is_("moonlighting")]


def no_first_year_moonlighting(world: World) -> list[Result]:
    """PGY-1 may not moonlight; the level on the date on which the shift starts decides. The rule is of 2011."""
    return [
        Result(
            "no_first_year_moonlighting",
            world.person,
            duty.night,
            duty.night,
            "broken",
            sum(end - start for start, end in duty.pieces),
            0,
        )
        for duty in moonlighting(world)
        if world.level(duty.night) == "PGY-1" and edition(duty.night) >= RULE_OF_2011
    ]


def moonlighting_approved(world: World) -> list[Result]:
    """Every moonlighting duty needs an approval record for its date; judged where the scenario lists approvals."""
    if "moonlighting_approvals" not in world.scenario:
        return []
    records = [record for record in world.scenario["moonlighting_approvals"] if record["person"] == world.person]
    return [
        Result(
            "moonlighting_approved",
            world.person,
            duty.night,
            duty.night,
            "kept"
            if any(day(record["from"]) <= duty.night <= day(record["until"]) for record in records)
            else "broken",
        )
        for duty in moonlighting(world)
    ]


def moonlighting_ban(world: World) -> list[Result]:
    """Where the program forbids moonlighting, any of it breaks the program's policy."""
    if not world.settings["moonlighting_ban"]:
        return []
    return [Result("moonlighting_ban", world.person, duty.night, duty.night, "broken") for duty in moonlighting(world)]


def leave_worked(world: World) -> list[Result]:
    """For each date the counted minutes that fall on approved leave."""
    results: list[Result] = []
    for when in sorted({when for when, _ in world.asked_leave}):
        halves = [half for half in world.asked_leave if half[0] == when]
        minutes = sum(world.count(*world.half_span(half), COUNTED) for half in halves)
        if minutes:
            results.append(Result("leave_worked", world.person, when, when, "advisory", minutes, 0))
    return results


def call_on_leave(world: World) -> list[Result]:
    """Dates on which at-home call is assigned on a leave half."""
    dates = {half[0] for half in world.asked_leave if world.count(*world.half_span(half), HOME_CALL)}
    return [Result("call_on_leave", world.person, when, when, "advisory") for when in sorted(dates)]
