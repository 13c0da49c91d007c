"""Sections 7.10 and 7.11: night float, and in-house call every third night."""

from datetime import date
from typing import Any

from conformance.authoring.scene import (
    LONG_BLOCK,
    REFERENCE,
    Block,
    Frame,
    Json,
    away,
    case,
    every,
    hm,
    put,
    roster,
    span,
    want,
)

FORTNIGHT = Block(2, REFERENCE.first, 14)
WEEK = Block(2, REFERENCE.first, 7)
OFF = (4, 11, 18, 25)
D1, D14, D15, D28 = (REFERENCE.day(number) for number in (1, 14, 15, 28))


def hours(verdict: str, amount: int, limit: int) -> Json:
    """An expected result of the eighty hours."""
    return want("eighty_hours", verdict, hm(amount), hm(limit))


def free(verdict: str, amount: int, limit: int) -> Json:
    """An expected result of one day in seven."""
    return want("one_day_in_seven", verdict, amount, limit)


def run(verdict: str, amount: int, **more: Any) -> Json:
    """An expected result of six nights in a row."""
    return want("six_nights", verdict, amount, 6, **more)


def within() -> list[Json]:
    """NF-01 to NF-04 and NF-07: night float inside the hours and the days off."""
    around = Frame(history=1, ahead=2)
    weeks = put("N", *range(1, 6), *range(8, 13), block=FORTNIGHT)
    early = [*put("N", *range(13), block=FORTNIGHT), span(15, "06:00-16:00", block=FORTNIGHT)]
    return [
        case(
            "NF-01",
            roster(
                "four nights off",
                every("N", 1, 28, *OFF) + put("N", 29),
                [hours("kept", 281, 320), free("kept", 4, 4)],
                Frame(ahead=2),
            ),
        ),
        case(
            "NF-02",
            roster(
                "seven days inside a long run",
                every("N", -3, 11, block=WEEK),
                [hours("broken", 84, 80), free("broken", 0, 1)],
                Frame(WEEK, history=4, ahead=5),
            ),
        ),
        case(
            "NF-03",
            roster("two weeks of five nights", weeks, [hours("kept", 120, 160), free("kept", 3, 2)], Frame(FORTNIGHT)),
        ),
        case(
            "NF-04",
            roster(
                "early duty after the edge",
                early,
                [hours("kept", 151, 160), free("broken", 1, 2)],
                Frame(FORTNIGHT, history=1, ahead=1),
            ),
        ),
        case(
            "NF-07",
            roster(
                "leave, then nights",
                every("N", 8, 28, 11, 18, 25) + put("N", 29),
                [hours("kept", 209, 240), free("kept", 3, 3)],
                around,
                leave=[away(1, 7)],
            ),
        ),
    ]


def limits() -> list[Json]:
    """NF-05, NF-06 and NF-08 to NF-11: runs of nights."""
    old = Block(2, date(2012, 8, 2))
    fortnight = every("N", 2, 12, block=FORTNIGHT)
    setting = {"night_float_days_off": "each_seven_days"}
    each = want("night_float_within", "advisory", note="every seven days inside D2-D12")
    three_off = every("N", 1, 29, 4, 11, 18)
    return [
        case("NF-05", roster("seven nights in 2025", every("N", 1, 7), [run("advisory", 7, note="program policy")])),
        case(
            "NF-06",
            roster(
                "seven nights in 2012",
                every("N", 1, 7, block=old),
                [run("broken", 7, note="VI.G.6 (2011)")],
                Frame(old, level_from="2011-07-01"),
            ),
        ),
        case(
            "NF-08",
            roster(
                "seven nights over the block edge",
                every("N", 25, 31),
                [run("advisory", 7, first=REFERENCE.day(25), last=REFERENCE.day(31))],
                Frame(ahead=4),
            ),
        ),
        case("NF-09", roster("afternoon clinics", put("P", 1, 2, 5, 6, 7), [run("kept", 0)])),
        case(
            "NF-10",
            roster("averaged", fortnight, [free("kept", 2, 2), want("night_float_within", "kept")], Frame(FORTNIGHT)),
            roster("each seven days", fortnight, [free("kept", 2, 2), each], Frame(FORTNIGHT), settings=setting),
        ),
        case("NF-11", roster("twelve hours between nights", three_off, [free("broken", 3, 4)], Frame(ahead=2))),
    ]


def night_float_cases() -> list[Json]:
    """The rows NF-01 to NF-11."""
    return within() + limits()


def call(verdict: str, amount: int, limit: int = 9, **more: Any) -> Json:
    """An expected result of every third night: call nights and nights allowed."""
    return want("every_third_night", verdict, amount, limit, **more)


def averaged() -> list[Json]:
    """Q3-01 to Q3-05."""
    third = [1, 4, 7, 10, 13, 16, 19, 22, 25]
    after_leave = [8, 11, 14, 17, 20, 23, 26]
    thirty = [*third, 28]
    long = Frame(LONG_BLOCK)
    week = [away(1, 7)]
    return [
        case("Q3-01", roster("nine calls", put("K", *third), [call("kept", 9)])),
        case("Q3-02", roster("ten calls", put("K", *third, 27), [call("broken", 10)])),
        case(
            "Q3-03",
            roster("seven calls", put("K", *after_leave), [call("kept", 7, 7)], leave=week),
            roster("eight calls", put("K", *after_leave, 28), [call("broken", 8, 7)], Frame(ahead=1), leave=week),
        ),
        case(
            "Q3-04",
            roster("ten calls in 30 days", put("K", *thirty, block=LONG_BLOCK), [call("kept", 10, 10)], long),
            roster(
                "eleven calls in 30 days",
                put("K", *thirty, 30, block=LONG_BLOCK),
                [call("broken", 11, 10)],
                Frame(LONG_BLOCK, ahead=1),
            ),
        ),
        case(
            "Q3-05",
            roster(
                "five calls in the first half",
                put("K", 1, 4, 7, 10, 13),
                [call("broken", 5, 4, first=D1, last=D14), call("kept", 0, 4, first=D15, last=D28)],
                Frame(halves=14),
            ),
        ),
    ]


def counted_nights() -> list[Json]:
    """Q3-06 to Q3-11."""
    spacing = want("call_spacing", "advisory", 1, 2)
    strict = {"every_third_night_averaged": False}
    every_night = [*put("H", *range(1, 29))]
    return [
        case("Q3-06", roster("every other night, three times", put("K", 1, 3, 5), [call("kept", 3), spacing])),
        case("Q3-07", roster("twenty nights of night float", every("N", 1, 20), [call("kept", 0)])),
        case(
            "Q3-08",
            roster(
                "call on the last day",
                put("K", 28),
                [call("kept", 1, first=D1, last=D28), call("kept", 0, first=REFERENCE.day(29), last=REFERENCE.day(56))],
                Frame(next_block=True),
            ),
        ),
        case("Q3-09", roster("at-home call every night", every_night, [call("kept", 0)], Frame(ahead=1))),
        case(
            "Q3-10",
            roster("two calls in three nights", put("K", 1, 3), [call("broken", 2, 1)], settings=strict),
            roster("one call in three nights", put("K", 1, 4), [call("kept", 1, 1)], settings=strict),
        ),
        case("Q3-11", roster("call ends on a free date", put("K", 4) + every("D", 1, 3), [call("kept", 1)])),
    ]


def third_night_cases() -> list[Json]:
    """The rows Q3-01 to Q3-11."""
    return averaged() + counted_nights()
