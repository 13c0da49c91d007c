"""The brute-force oracle: judge(scenario) gives every result of every rule the scenario asks for."""

from collections.abc import Callable
from dataclasses import replace

from . import averages, emergency, events, runs
from .averages import Pair
from .model import Json, Result, clock_of
from .world import World

AVERAGES: dict[str, Callable[[Pair], list[Result]]] = {
    "eighty_hours": averages.eighty_hours,
    "one_day_in_seven": averages.one_day_in_seven,
    "every_third_night": averages.every_third_night,
}
EVENTS: dict[str, Callable[[World], list[Result]]] = {
    "eighty_eight_hours": averages.eighty_eight_hours,
    "early_warning": averages.early_warning,
    "days_off_after_call": averages.days_off_after_call,
    "home_call_rest": averages.home_call_rest,
    "eight_hours_between": events.eight_hours_between,
    "ten_hours_between": events.ten_hours_between,
    "fourteen_after_call": events.fourteen_after_call,
    "twenty_four_hours": events.twenty_four_hours,
    "four_more_hours": events.four_more_hours,
    "stay_by_choice": events.stay_by_choice,
    "long_run": events.long_run,
    "night_float_within": events.each_seven_days,
    "sixteen_hours": lambda world: events.first_year_limit(world, "sixteen_hours"),
    "sixteen_hours_first_year": lambda world: events.first_year_limit(world, "sixteen_hours_first_year"),
    "six_nights": runs.six_nights,
    "six_in_a_row": runs.six_in_a_row,
    "call_spacing": runs.call_spacing,
    "no_first_year_moonlighting": runs.no_first_year_moonlighting,
    "moonlighting_approved": runs.moonlighting_approved,
    "moonlighting_ban": runs.moonlighting_ban,
    "leave_worked": runs.leave_worked,
    "call_on_leave": runs.call_on_leave,
}
EMERGENCY_AVERAGES: dict[str, Callable[[Pair], list[Result]]] = {
    "sixty_in_the_department": lambda pair: emergency.weekly(pair, "sixty_in_the_department", 60),
    "seventy_two_on_service": lambda pair: emergency.weekly(pair, "seventy_two_on_service", 72),
    "one_day_in_seven_each_week": lambda pair: emergency.free_each_week(pair, "one_day_in_seven_each_week"),
}
EMERGENCY_EVENTS: dict[str, Callable[[World], list[Result]]] = {
    "twelve_in_the_department": emergency.twelve_in_the_department,
    "equal_time_off": emergency.equal_time_off,
}
NEW_YORK_AVERAGES = ("ny_eighty_hours", "ny_one_day_each_week")
NEW_YORK_EVENTS = (
    "ny_eight_hours_between",
    "ny_twelve_in_the_department",
    "ny_twenty_four_hours",
    "ny_three_more_hours",
)
RULES = (
    *AVERAGES,
    *EVENTS,
    *EMERGENCY_AVERAGES,
    *EMERGENCY_EVENTS,
    *NEW_YORK_AVERAGES,
    *NEW_YORK_EVENTS,
    "moonlighting_counts",
)


def judge(scenario: Json) -> list[Result]:
    """Every result of the rules in the scenario's "judge", for every person, with and without the unknown duties."""
    clock = clock_of(scenario)
    results: list[Result] = []
    for person in scenario["people"]:
        full = World(scenario, clock, person, with_unknown=True)
        sure = World(scenario, clock, person, with_unknown=False) if full.has_unknown else full
        for rule in scenario["judge"]:
            results += judge_rule(Pair(sure, full), rule)
    return results


def judge_rule(pair: Pair, rule: str) -> list[Result]:
    """One rule for one person. Moonlighting counts through the eighty hours and has no result of its own."""
    in_emergency = any(averages.has_pack(pair.full.scenario, "em", segment.first) for segment in pair.full.segments)
    averaged = AVERAGES | (EMERGENCY_AVERAGES if in_emergency else {})
    single = EVENTS | (EMERGENCY_EVENTS if in_emergency else {})
    if rule in averaged:
        return averaged[rule](pair)
    if rule in NEW_YORK_AVERAGES:
        return emergency.new_york(pair, pair.full, rule)
    if rule in single:
        return events_of(pair, single[rule])
    if rule in NEW_YORK_EVENTS:
        return events_of(pair, lambda world: emergency.new_york(pair, world, rule))
    if rule not in RULES:
        raise ValueError(f"the oracle does not know the rule {rule}")
    return []


def events_of(pair: Pair, rule: Callable[[World], list[Result]]) -> list[Result]:
    """A rule about single events: what holds without the unknown duties is sure, what needs them is unknown."""
    sure = rule(pair.sure)
    if pair.sure is pair.full:
        return sure
    possible = [each for each in rule(pair.full) if each.verdict in ("broken", "advisory") and each not in sure]
    return sure + [replace(each, verdict="unknown") for each in possible]
