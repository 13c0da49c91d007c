"""The rules that average over a segment: hours, free days, call nights, early warning, exceptions."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from .free_days import free_days, post_call_days
from .model import COUNTED, DAY, Json, Result, day, days_between
from .world import Segment, World, edition


@dataclass(frozen=True)
class Pair:
    """The same person twice: without the unknown duties and with all of them."""

    sure: World
    full: World


def combine(low: str, high: str) -> str:
    """The verdict over an interval, from the verdicts at its kinder and at its harsher end."""
    if low in ("broken", "not_judged") or low == high:
        return low
    return high if high in ("kept", "thin") else "unknown"


def segment_result(rule: str, world: World, segment: Segment, verdict: str, low: int, high: int, limit: int) -> Result:
    """A result over a segment; the amount is one number only when nothing is unknown."""
    amount = low if low == high else None
    return Result(rule, world.person, segment.first, segment.last, verdict, amount, limit, low, high)


def weekly_hours(world: World, segment: Segment) -> int:
    """Eighty, or the hours of an exception in force on every day of a segment of that rotation alone."""
    for record in world.scenario.get("hour_exceptions", []):
        in_force = day(record["from"]) <= segment.first and segment.last <= day(record["until"])
        if segment.rotations == (record["rotation"],) and in_force and record.get("gmec") and record.get("dio"):
            return int(record["weekly_hours"])
    return 80


def counted(world: World, first: date, last: date) -> int:
    """Counted minutes from one date to another, both whole."""
    return world.count(world.clock.start(first), world.clock.end(last), COUNTED)


def judge_hours(world: World, minutes: int, hours: int, halves: int) -> tuple[str, int]:
    """The verdict on an average of hours and its limit, floored to the minute."""
    limit = Fraction(hours * 60 * halves, 14)
    if halves == 0:
        return "not_judged", 0
    if minutes > limit:
        return "broken", floor(limit)
    thin = (limit - minutes) * 100 < limit * world.settings["thin_margin_percent"]
    return ("thin" if thin else "kept"), floor(limit)


def eighty_hours(pair: Pair, rule: str = "eighty_hours") -> list[Result]:
    """Counted minutes of each segment against 80 hours a week without the leave halves."""
    results: list[Result] = []
    for segment in pair.full.segments:
        if edition(segment.first) == 0:
            continue
        hours = weekly_hours(pair.full, segment) if rule == "eighty_hours" else 80
        low, high = (counted(world, segment.first, segment.last) for world in (pair.sure, pair.full))
        low_verdict, _ = judge_hours(pair.sure, low, hours, pair.sure.halves_counted(segment))
        high_verdict, limit = judge_hours(pair.full, high, hours, pair.full.halves_counted(segment))
        results.append(segment_result(rule, pair.full, segment, combine(low_verdict, high_verdict), low, high, limit))
    return results


def eighty_eight_hours(world: World) -> list[Result]:
    """An advisory where an exception record lacks an approval date, for each segment it was meant for."""
    return [
        Result("eighty_eight_hours", world.person, segment.first, segment.last, "advisory")
        for record in world.scenario.get("hour_exceptions", [])
        for segment in world.segments
        if record["rotation"] in segment.rotations
        and not (record.get("gmec") and record.get("dio"))
        and day(record["from"]) <= segment.last
        and segment.first <= day(record["until"])
    ]


def early_warning(world: World) -> list[Result]:
    """The heaviest trailing window of 28 known days, when it holds more than 80 hours a week."""
    length = world.settings["early_warning_days"]
    first, last = day(world.scenario["complete"]["from"]), day(world.scenario["complete"]["to"])
    if not length:
        return []
    best: tuple[int, date] | None = None
    for start in days_between(first, last - timedelta(days=length - 1)):
        minutes = counted(world, start, start + timedelta(days=length - 1))
        if best is None or minutes > best[0]:
            best = minutes, start
    limit = 80 * 60 * length // 7
    if best is None or best[0] <= limit:
        return []
    end = best[1] + timedelta(days=length - 1)
    return [Result("early_warning", world.person, best[1], end, "advisory", best[0], limit)]


def needed(world: World, segment: Segment) -> tuple[int, int]:
    """Free days needed, and those needed under the stricter rounding."""
    halves = Fraction(world.halves_counted(segment), 14)
    strict = ceil(halves)
    return (strict if world.settings["free_days_rounding"] == "ceil" else floor(halves)), strict


def judge_free(world: World, segment: Segment, found: int) -> str:
    """The verdict on so many free days."""
    if world.halves_counted(segment) == 0:
        return "not_judged"
    least, strict = needed(world, segment)
    if found < least:
        return "broken"
    return "kept" if found >= strict else "thin"


def one_day_in_seven(pair: Pair) -> list[Result]:
    """Free days of each segment; a day nobody knows about may be free or not."""
    results: list[Result] = []
    most = free_days(pair.sure, pair.sure.segments)
    least = free_days(pair.full, pair.full.segments)
    for segment, low, high in zip(pair.full.segments, least, most, strict=True):
        if edition(segment.first) == 0:
            continue
        verdict = combine(judge_free(pair.sure, segment, high), judge_free(pair.full, segment, low))
        if verdict in ("kept", "thin") and ward_managed(pair.full, segment):
            verdict = "unknown"
        limit = needed(pair.full, segment)[0]
        results.append(segment_result("one_day_in_seven", pair.full, segment, verdict, low, high, limit))
    return results


def ward_managed(world: World, segment: Segment) -> bool:
    """Whether the ward gives the days off of this segment and they are not issued yet."""
    managed = {
        each["code"] for each in world.scenario["rotations"] if each.get("days_off", {}).get("managed_by") == "ward"
    }
    open_days = any(duty.unknown and segment.first <= duty.night <= segment.last for duty in world.duties)
    return open_days and bool(managed & set(segment.rotations))


def days_off_after_call(world: World) -> list[Result]:
    """How many free days of a segment fall right after call; more than the setting is an advisory."""
    limit = world.settings["post_call_days_off_max"]
    return [
        Result(
            "days_off_after_call",
            world.person,
            segment.first,
            segment.last,
            "advisory" if found > limit else "kept",
            found,
            limit,
        )
        for segment, found in zip(world.segments, post_call_days(world, world.segments), strict=True)
    ]


def call_nights(world: World) -> list[date]:
    """The dates on which in-house call starts; two entries of one night are one night."""
    return sorted({duty.night for duty in world.duties if duty.is_("in_house_call")})


def judged_for_call(world: World, when: date) -> bool:
    """Faculty are not judged; in the 2011 edition the rule is for PGY-2 and later."""
    if world.record.get("kind") == "faculty" or edition(when) == 0:
        return False
    return not (edition(when) == 2011 and world.level(when) == "PGY-1")


def every_third_night(pair: Pair) -> list[Result]:
    """Call nights of each segment against a sixth of its halves; or any three nights, where not averaged."""
    if not pair.full.settings["every_third_night_averaged"]:
        return strict_third_night(pair)
    results: list[Result] = []
    for segment in pair.full.segments:
        if not judged_for_call(pair.full, segment.first):
            continue
        dates = set(days_between(segment.first, segment.last))
        low, high = (len(dates & set(call_nights(world))) for world in (pair.sure, pair.full))
        halves = pair.full.halves_counted(segment)
        nearest = pair.full.settings["call_nights_rounding"] == "nearest"
        limit = (halves + 3) // 6 if nearest else halves // 6
        verdict = "broken" if low > limit else "kept" if high <= limit else "unknown"
        verdict = "not_judged" if halves == 0 else verdict
        results.append(segment_result("every_third_night", pair.full, segment, verdict, low, high, limit))
    return results


def strict_third_night(pair: Pair) -> list[Result]:
    """At most one call in any three nights: the busiest three nights decide."""
    found: list[tuple[int, date]] = []
    for world in (pair.sure, pair.full):
        nights = [night for night in call_nights(world) if judged_for_call(world, night)]
        windows = [(sum(1 for each in nights if 0 <= (each - night).days < 3), night) for night in nights]
        found.append(max(windows, key=lambda each: (each[0], -each[1].toordinal()), default=(0, date.min)))
    low, high = found[0][0], found[1][0]
    if high == 0:
        return []
    verdict = "broken" if low > 1 else "kept" if high <= 1 else "unknown"
    start = found[1][1]
    whole = Segment((), start, start + timedelta(days=2))
    return [segment_result("every_third_night", pair.full, whole, verdict, low, high, 1)]


def home_call_rest(world: World) -> list[Result]:
    """At-home nights with work between 22:00 and 06:00 against a share of the nights assigned."""
    results: list[Result] = []
    percent: int = world.settings["home_call_disturbed_percent"]
    for segment in world.segments:
        calls = [duty for duty in world.duties if duty.is_("home_call") and segment.first <= duty.night <= segment.last]
        nights = {duty.night for duty in calls}
        disturbed = {duty.night for duty in calls if worked_at_night(world, duty.night, list(duty.pieces))}
        over = 100 * len(disturbed) > percent * len(nights)
        results.append(
            Result(
                "home_call_rest",
                world.person,
                segment.first,
                segment.last,
                "advisory" if over else "kept",
                len(disturbed),
                percent * len(nights) // 100,
            )
        )
    return results


def worked_at_night(world: World, night: date, pieces: list[tuple[int, int]]) -> bool:
    """Whether a minute of the pieces lies between 22:00 of the night and 06:00 of the next morning."""
    evening = world.clock.end(night) - 2 * 60
    morning = world.clock.start(night + timedelta(days=1)) + DAY // 4
    return any(start < morning and end > evening for start, end in pieces)


def has_pack(scenario: Json, name: str, when: date) -> bool:
    """Whether a pack is switched on for a date."""
    packs: list[str | dict[str, str]] = scenario.get("packs", [])
    for pack in packs:
        if isinstance(pack, str):
            if pack == name:
                return True
        elif pack["id"] == name:
            return when >= day(pack["from"])
    return False
