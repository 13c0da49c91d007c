"""Section 7.4: one day in seven, averaged over the segment."""

from typing import Any

from conformance.authoring.scene import (
    LONG_BLOCK,
    REFERENCE,
    SHORT_BLOCK,
    Frame,
    Json,
    away,
    case,
    every,
    handoff,
    put,
    roster,
    span,
    want,
)

FOUR = (5, 12, 19, 26)
D1, D14, D15, D28 = (REFERENCE.day(number) for number in (1, 14, 15, 28))


def free(verdict: str, amount: int, limit: int = 4, **more: Any) -> Json:
    """An expected result of one day in seven: free days found and needed."""
    return want("one_day_in_seven", verdict, amount, limit, **more)


def plain_days() -> list[Json]:
    """F7-01 to F7-03."""
    run = want("six_in_a_row", "advisory", 24, 6, first=D1, last=REFERENCE.day(24))
    return [
        case("F7-01", roster("a day off each week", every("D", 1, 28, *FOUR), [free("kept", 4)])),
        case("F7-02", roster("three days off", every("D", 1, 28, 5, 12, 19), [free("broken", 3)])),
        case("F7-03", roster("four days off at the end", every("D", 1, 24), [free("kept", 4), run])),
    ]


def after_call() -> list[Json]:
    """F7-04 to F7-08: free days next to call."""
    call = put("K", 4)
    others = every("D", 1, 28, 4, *FOUR)
    early = [duty for duty in others if not duty["start"].startswith(REFERENCE.day(6).isoformat())]
    early.append(span(6, "06:59-19:00"))
    calls = put("K", 4, 11, 18, 25) + every("D", 1, 28, 4, 11, 18, 25, *FOUR)
    at_home = every("D", 1, 28, *FOUR) + put("H", 5)
    return [
        case(
            "F7-04",
            roster("24 hours after call", call + others, [free("kept", 4), want("days_off_after_call", "kept", 1, 1)]),
        ),
        case("F7-05", roster("23 h 59 after call", call + early, [free("broken", 3)])),
        case("F7-06", roster("handoff until 11:00", [*call, handoff(5, "07:00-11:00"), *others], [free("broken", 3)])),
        case(
            "F7-07",
            roster(
                "all four days off after call", calls, [free("kept", 4), want("days_off_after_call", "advisory", 4, 1)]
            ),
        ),
        case("F7-08", roster("at-home call on the free day", at_home, [free("broken", 3)])),
    ]


def beside_leave() -> list[Json]:
    """F7-09 to F7-12: leave takes its days out of both sides."""
    week = [away(1, 7)]
    workweek = [away(5, 9)]
    around = every("D", 1, 28, 3, 4, 5, 6, 7, 8, 9, 10, 11)
    setting = {"count_weekend_beside_leave": True}
    return [
        case("F7-09", roster("three of three", every("D", 8, 28, 14, 21, 28), [free("kept", 3, 3)], leave=week)),
        case("F7-10", roster("two of three", every("D", 8, 28, 14, 21), [free("broken", 2, 3)], leave=week)),
        case("F7-11", roster("weekends beside leave are leave", around, [free("broken", 0, 2)], leave=workweek)),
        case(
            "F7-12",
            roster(
                "weekends beside leave are ordinary days",
                around,
                [free("kept", 4, 3)],
                leave=workweek,
                settings=setting,
            ),
        ),
    ]


def edges() -> list[Json]:
    """F7-13 to F7-15: halves and the block edge."""
    weekdays = [day for day in range(15, 29) if day not in (17, 18, 24, 25)]
    call_end = every("D", 1, 26, 5, 12, 19) + put("K", 27) + put("D", 29)
    last_days = every("D", 1, 27, 5, 12, 19) + every("D", 30, 56, 40, 47, 54)
    two = Frame(next_block=True)
    n1, n28 = REFERENCE.day(29), REFERENCE.day(56)
    return [
        case(
            "F7-13",
            roster(
                "twelve-hour half, clinic half",
                every("D", 1, 14) + put("C", *weekdays),
                [free("broken", 0, 2, first=D1, last=D14), free("kept", 4, 2, first=D15, last=D28)],
                Frame(halves=14),
            ),
        ),
        case("F7-14", roster("24 hours straddle the edge", call_end, [free("kept", 4)], Frame(ahead=1))),
        case(
            "F7-15",
            roster(
                "sixty hours straddle the edge",
                last_days,
                [free("kept", 4, first=D1, last=D28), free("kept", 4, first=n1, last=n28)],
                two,
            ),
        ),
    ]


def nights_and_lengths() -> list[Json]:
    """F7-16 to F7-20: night float, 27 and 30 days, an online module."""
    off = (4, 11, 18, 25)
    long, short = Frame(LONG_BLOCK), Frame(SHORT_BLOCK)
    module = span(5, "12:00-13:00", "conference", flags=["scheduled", "education"])
    return [
        case("F7-16", roster("four nights off", every("N", 0, 29, *off), [free("kept", 4)], Frame(history=1, ahead=2))),
        case(
            "F7-17",
            roster(
                "three free days in 27", every("D", 1, 27, 5, 12, 19, block=SHORT_BLOCK), [free("thin", 3, 3)], short
            ),
        ),
        case(
            "F7-18",
            roster("four free days in 30", every("D", 1, 30, *FOUR, block=LONG_BLOCK), [free("thin", 4)], long),
            roster("three free days in 30", every("D", 1, 30, 5, 12, 19, block=LONG_BLOCK), [free("broken", 3)], long),
        ),
        case("F7-19", roster("module on the free day", [*every("D", 1, 28, *FOUR), module], [free("broken", 3)])),
        case(
            "F7-20",
            roster(
                "the last night off straddles the edge",
                every("N", 0, 29, 7, 14, 21, 28),
                [free("broken", 3)],
                Frame(history=1, ahead=2),
            ),
        ),
    ]


def cases() -> list[Json]:
    """The rows F7-01 to F7-20."""
    return plain_days() + after_call() + beside_leave() + edges() + nights_and_lengths()
