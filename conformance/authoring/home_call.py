"""Section 7.12: at-home call."""

from typing import Any

from conformance.authoring.scene import REFERENCE, Frame, Json, away, case, every, hm, put, roster, spread, want

LOG = Frame(reading="log")
NIGHTS = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20)
CLEAR = (1, 2, 8, 9, 15, 16, 22, 23)


def hours(verdict: str, amount: int, limit: int = hm(320), **more: Any) -> Json:
    """An expected result of the eighty hours."""
    return want("eighty_hours", verdict, amount, limit, **more)


def free(verdict: str, amount: int, **more: Any) -> Json:
    """An expected result of one day in seven."""
    return want("one_day_in_seven", verdict, amount, 4, **more)


def rest_cases() -> list[Json]:
    """H-04 to H-06 and H-10: the free day and at-home call."""
    nights = [day for day in range(29) if day not in CLEAR]
    friday = every("D", 1, 28, 2, 3, 12, 19, 26) + put("H", 2) + put("S", 2)
    two = every("D", 1, 27, 5, 12, 19, 26) + put("H", 28) + every("D", 31, 56, 37, 44, 51)
    here, there = {"first": REFERENCE.day(1)}, {"first": REFERENCE.day(29)}
    third = want("every_third_night", "kept", 0, 9)
    return [
        case("H-04", roster("every night", put("H", *range(1, 29)), [third, free("broken", 0)], Frame(ahead=1))),
        case("H-05", roster("eight clear days", put("H", *nights), [free("kept", 8)], Frame(history=1, ahead=1))),
        case("H-06", roster("Friday night, then a blank Saturday", friday, [free("broken", 3)])),
        case(
            "H-10",
            roster(
                "at-home call into the next block",
                two,
                [free("kept", 4, **here), free("kept", 4, **there)],
                Frame(next_block=True),
            ),
        ),
    ]


def hour_cases() -> list[Json]:
    """H-01 to H-03: what counts."""
    base = spread(hm(300), range(1, 29))
    worked = put("H", *NIGHTS[:-1], work="20:00-22:00")
    last = put("H", NIGHTS[-1], work="20:00-22:00")
    longer = put("H", NIGHTS[-1], work="20:00-22:01")
    return [
        case("H-01", roster("no work", put("H", *NIGHTS), [hours("kept", 0)])),
        case("H-02", roster("two hours each", base + worked + last, [hours("thin", hm(320))], LOG)),
        case("H-03", roster("one minute more", base + worked + longer, [hours("broken", hm(320, 1))], LOG)),
    ]


def cases() -> list[Json]:
    """The rows H-01 to H-10."""
    called = put("H", 1, work="23:00-27:00") + put("D", 2)
    short = want("eight_hours_between", "advisory", hm(4), hm(8))
    taxing = put("H", *NIGHTS[:7], work="22:30-23:30") + put("H", *NIGHTS[7:])
    last_day = REFERENCE.day(14)
    conflict = want("call_on_leave", "advisory", first=last_day, last=last_day)
    on_leave = put("H", 14, work="20:00-22:00")
    worked = want("leave_worked", "advisory", hm(2), first=last_day, last=last_day)
    return [
        *hour_cases(),
        *rest_cases(),
        case(
            "H-07",
            roster(
                "called in 23:00-03:00",
                called,
                [hours("kept", hm(16)), want("fourteen_after_call", "kept"), want("eight_hours_between", "kept")],
                LOG,
            ),
            roster(
                "the same where called-in work starts a new rest",
                called,
                [short],
                LOG,
                settings={"home_call_starts_new_rest": True},
            ),
        ),
        case(
            "H-08",
            roster(
                "seven nights of ten with work after 22:00",
                taxing,
                [want("home_call_rest", "advisory", 7, 5)],
                LOG,
                settings={"home_call_disturbed_percent": 50},
            ),
        ),
        case(
            "H-09",
            roster(
                "assigned on leave",
                put("H", 14),
                [conflict, hours("kept", 0, hm(240))],
                leave=[away(8, 14)],
                judge=["call_on_leave", "eighty_hours"],
            ),
            roster(
                "worked on leave",
                on_leave,
                [conflict, worked, hours("kept", hm(2), hm(245, 42))],
                LOG,
                leave=[away(8, 14)],
            ),
        ),
    ]
