"""Sections 9.1 and 9.3: emergency medicine, and the law of New York."""

from datetime import date
from typing import Any

from conformance.authoring.scene import (
    MONDAY_BLOCK,
    REFERENCE,
    Block,
    Frame,
    Json,
    away,
    case,
    every,
    handoff,
    hm,
    put,
    roster,
    span,
    stint,
    want,
)

EMERGENCY = [{"code": "X", "emergency": True}]
MONDAYS = Frame(MONDAY_BLOCK)
EACH = {"em_hours_basis": "each_week"}
AVERAGE = {"em_hours_basis": "average"}


def shift(day: int, times: str, **more: Any) -> Json:
    """One shift in the emergency department, in a block that starts on a Monday."""
    return span(day, times, "emergency_shift", **({"block": MONDAY_BLOCK} | more))


def shifts(times: str, *days: int) -> list[Json]:
    """The same shift on several days."""
    return [shift(day, times) for day in days]


def em(name: str, duties: list[Json], expect: list[Json], frame: Frame = MONDAYS, **more: Any) -> Json:
    """A roster of a resident on an emergency medicine rotation."""
    fields: Json = {"packs": ["em"], "rotations": EMERGENCY, "settings": EACH} | more
    return roster(name, duties, expect, frame, **fields)


def time_off(verdict: str, rest: int, shift_length: int) -> Json:
    """An expected result of equal time off."""
    return want("equal_time_off", verdict, rest, shift_length)


def shift_rules() -> list[Json]:
    """EM-01 to EM-03 and EM-08: the length of a shift and the time off after it."""
    ten = shift(1, "07:00-17:00")
    late = shift(1, "07:00-17:00", work="07:00-18:30")
    log = Frame(MONDAY_BLOCK, reading="log")
    edge = shift(28, "15:00-23:00")
    ahead = Frame(MONDAY_BLOCK, ahead=1)
    length = "twelve_in_the_department"
    night = shift(2, "04:30-12:00", work="04:30-12:00")
    earlier = shift(2, "04:30-12:00", work="04:29-12:00")
    return [
        case(
            "EM-01",
            em("twelve hours", shifts("07:00-19:00", 1), [want(length, "kept", hm(12), hm(12))]),
            em("one minute more", shifts("07:00-19:01", 1), [want(length, "broken", hm(12, 1), hm(12))]),
        ),
        case(
            "EM-02",
            em("ten hours off", [ten, shift(2, "03:00-12:00")], [time_off("kept", hm(10), hm(10))]),
            em("one minute short", [ten, shift(2, "02:59-12:00")], [time_off("broken", hm(9, 59), hm(10))]),
        ),
        case(
            "EM-03",
            em("ten hours from the actual end", [late, night], [time_off("kept", hm(10), hm(10))], log),
            em("one minute short", [late, earlier], [time_off("broken", hm(9, 59), hm(10))], log),
        ),
        case(
            "EM-08",
            em(
                "one minute short over the edge",
                [edge, shift(29, "06:59-14:00")],
                [time_off("broken", hm(7, 59), hm(8))],
                ahead,
            ),
            em("eight hours over the edge", [edge, shift(29, "07:00-15:00")], [time_off("kept", hm(8), hm(8))], ahead),
        ),
    ]


def week_rules() -> list[Json]:
    """EM-04 to EM-06 and EM-09: sixty and seventy-two hours."""
    sixty, total, free = "sixty_in_the_department", "seventy_two_on_service", "one_day_in_seven_each_week"
    monday, sunday = MONDAY_BLOCK.day(1), MONDAY_BLOCK.day(7)
    week = {"first": monday, "last": sunday}
    loads = shifts("07:00-18:00", *range(1, 7)) + shifts("07:00-16:00", *range(8, 14))
    loads += shifts("07:00-17:00", *range(15, 21), *range(22, 28))
    department = shifts("07:00-17:00", 1, 2, 3, 4, 5) + shifts("07:00-15:00", 6)
    teaching = [span(day, "17:00-20:30", "conference", block=MONDAY_BLOCK) for day in (1, 2, 3, 4)]
    extra = span(6, "15:00-16:00", "conference", block=MONDAY_BLOCK)
    whole_weeks = shifts("08:00-17:00", *range(1, 8))
    others = shifts("08:00-12:00", 9, 16, 23)
    return [
        case(
            "EM-04",
            em(
                "six shifts of ten hours",
                shifts("07:00-17:00", *range(1, 7)),
                [want(sixty, "kept", hm(60), hm(60), **week)],
            ),
            em(
                "seven shifts of nine hours",
                whole_weeks + others,
                [want(sixty, "broken", hm(63), hm(60), **week), want(free, "broken", 0, 1, **week)],
            ),
        ),
        case(
            "EM-05",
            em(
                "each week",
                loads,
                [
                    want(sixty, "broken", hm(66), hm(60), **week),
                    want(sixty, "kept", hm(54), hm(60), first=MONDAY_BLOCK.day(8)),
                ],
            ),
            em("averaged", loads, [want(sixty, "thin", hm(240), hm(240))], settings=AVERAGE),
        ),
        case(
            "EM-06",
            em("58 and 14 hours", department + teaching, [want(total, "kept", hm(72), hm(72), **week)]),
            em("one hour more", [*department, *teaching, extra], [want(total, "broken", hm(73), hm(72), **week)]),
        ),
        case(
            "EM-09",
            em(
                "three leave days, sixty hours in four days",
                shifts("06:00-21:00", 4, 5, 6, 7),
                [want(sixty, "kept", hm(60), hm(60), **week), want(total, "kept", hm(60), hm(72), **week)],
                leave=[away(1, 3, block=MONDAY_BLOCK)],
            ),
        ),
    ]


def free_days() -> list[Json]:
    """EM-07 and EM-10 to EM-12."""
    free = "one_day_in_seven_each_week"
    rest = every("A", 15, 28, 20, 27, block=MONDAY_BLOCK)
    twelve_days = shifts("07:00-15:00", *range(2, 14)) + rest
    long_run = want("six_in_a_row", "advisory", 12, 6, first=MONDAY_BLOCK.day(2), last=MONDAY_BLOCK.day(13))
    night = shifts("08:00-17:00", *range(1, 6)) + shifts("08:00-12:00", 6)
    night += shifts("23:00-31:00", 6) + shifts("07:00-15:00", 8) + rest
    week_one = {"first": MONDAY_BLOCK.day(1)}
    teaching = span(8, "06:30-07:00", "conference", block=MONDAY_BLOCK)
    unit = Frame(REFERENCE)
    return [
        case(
            "EM-07",
            em(
                "free Monday, then free Sunday",
                twelve_days,
                [want(free, "kept", 1, 1, **week_one), want(free, "kept", 1, 1, first=MONDAY_BLOCK.day(8)), long_run],
            ),
        ),
        case("EM-10", em("24 hours over Sunday", night, [want(free, "kept", 1, 1, **week_one)])),
        case(
            "EM-11", em("conference half an hour earlier", [*night, teaching], [want(free, "broken", 0, 1, **week_one)])
        ),
        case(
            "EM-12",
            em(
                "call in intensive care",
                put("K", 1),
                [want("twenty_four_hours", "kept", hm(24), hm(24))],
                unit,
                judge=["twenty_four_hours", "twelve_in_the_department", "equal_time_off"],
                stints=[stint("ICU", REFERENCE.first, REFERENCE.last)],
                rotations=[{"code": "ICU"}],
            ),
        ),
    ]


def em_cases() -> list[Json]:
    """The rows EM-01 to EM-12."""
    return shift_rules() + week_rules() + free_days()


def ny(name: str, duties: list[Json], expect: list[Json], frame: Frame | None = None, **more: Any) -> Json:
    """A roster judged by the common rules and by the law of New York."""
    return roster(name, duties, expect, frame, **({"packs": ["ny"]} | more))


def ny_cases() -> list[Json]:
    """The rows NY-01 to NY-06."""
    four, three = ([*put("K", 1), handoff(2, f"07:00-{end}:00")] for end in (11, 10))
    verified = {"verified_rows": ["ny_three_more_hours"]}
    ours = want("four_more_hours", "kept", hm(4), hm(4))
    theirs, each = "ny_three_more_hours", "ny_one_day_each_week"
    late = every("D", 1, 24, block=MONDAY_BLOCK)
    weeks = [want(each, "broken", 0, 1, first=MONDAY_BLOCK.day(first)) for first in (1, 8, 15)]
    month = [want("one_day_in_seven", "kept", 4, 4), *weeks, want(each, "kept", first=MONDAY_BLOCK.day(22))]
    short = [*put("D", 1), span(2, "02:59-12:00")]
    eight = "ny_eight_hours_between"
    december = Block(7, date(2025, 12, 18))
    breach = [*put("D", 13, block=december), span(14, "02:59-12:00", block=december)]
    dated = [{"id": "ny", "from": "2026-01-01"}]
    return [
        case(
            "NY-01",
            ny(
                "the row is verified",
                four,
                [want(theirs, "broken", hm(4), hm(3), note="27 h"), ours],
                settings=verified,
            ),
            ny("the row is not verified", four, [ours], judge=["four_more_hours", theirs]),
        ),
        case("NY-02", ny("three hours", three, [want(theirs, "kept", hm(3), hm(3))], settings=verified)),
        case("NY-03", ny("days off in week four only", late, month, MONDAYS)),
        case("NY-04", ny("7 h 59 between", short, [want(eight, "broken", hm(7, 59), hm(8))])),
        case(
            "NY-05",
            ny(
                "12 h 01 in the department",
                [span(1, "07:00-19:01", "emergency_shift")],
                [want("ny_twelve_in_the_department", "broken", hm(12, 1), hm(12))],
            ),
        ),
        case("NY-06", ny("breach before the pack", breach, [want(eight, "not_judged")], Frame(december), packs=dated)),
    ]
