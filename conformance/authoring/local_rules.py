"""Section 13: the program's own rules."""

from typing import Any

from conformance.authoring.scene import (
    REFERENCE,
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

EDGE = Frame(ahead=2)
D23, N1 = REFERENCE.day(23), REFERENCE.day(29)


def dates(verdict: str, amount: int | None = None, **more: Any) -> Json:
    """An expected result of six dates in a row."""
    return want("six_in_a_row", verdict, amount, None if amount is None else 6, **more)


def runs_of_dates() -> list[Json]:
    """LR-01 to LR-06."""
    to_call = every("D", 1, 5) + put("K", 6)
    seven = dates("advisory", 7, first=REFERENCE.day(1), last=REFERENCE.day(7))
    broken_run = every("D", 23, 29, 26)
    return [
        case("LR-01", roster("six dates", every("D", 1, 6), [dates("kept", 6)])),
        case("LR-02", roster("seven dates", every("D", 1, 7), [seven])),
        case(
            "LR-03",
            roster(
                "seven dates over the block edge", every("D", 23, 29), [dates("advisory", 7, first=D23, last=N1)], EDGE
            ),
        ),
        case("LR-04", roster("six dates over the block edge", every("D", 24, 29), [dates("kept", 6)], EDGE)),
        case("LR-05", roster("leave in the middle", broken_run, [dates("kept")], EDGE, leave=[away(26, 26)])),
        case(
            "LR-06",
            roster("call spills into the seventh date", to_call, [seven]),
            roster("spill does not count", to_call, [dates("kept", 6)], settings={"spill_counts": False}),
        ),
    ]


def spacing(verdict: str, nights: int) -> Json:
    """An expected result of call spacing: nights between two calls."""
    return want("call_spacing", verdict, nights, 2)


def cases() -> list[Json]:
    """The rows LR-01 to LR-12."""
    fifteenth = 16
    ten = {"ten_hours_between": 10}
    chain = [*put("N", 1), span(2, "14:00-27:00")]
    close = [*put("S", 1), span(2, "02:59-12:00")]
    apart = [*put("S", 1), span(2, "03:00-12:00")]
    sixteen = want("sixteen_hours_first_year", "advisory", hm(16, 1), hm(16), note="program policy, never ACGME")
    return [
        *runs_of_dates(),
        case(
            "LR-07",
            roster("six nights", every("N", 1, 6), [want("six_nights", "kept", 6, 6)]),
            roster("seven nights", every("N", 1, 7), [want("six_nights", "advisory", 7, 6)]),
        ),
        case("LR-08", roster("15th and 17th", put("K", fifteenth, fifteenth + 2), [spacing("advisory", 1)])),
        case(
            "LR-09",
            roster("15th and 18th", put("K", fifteenth, fifteenth + 3), [spacing("kept", 2)]),
            roster("D27 and n2", put("K", 27, 30), [spacing("kept", 2)], Frame(ahead=3)),
        ),
        case(
            "LR-10",
            roster("9 h 59", close, [want("ten_hours_between", "advisory", hm(9, 59), hm(10))], settings=ten),
            roster("10 h 00", apart, [want("ten_hours_between", "kept", hm(10), hm(10))], settings=ten),
        ),
        case("LR-11", roster("night, seven hours, long duty", chain, [want("long_run", "advisory", hm(25), hm(24))])),
        case(
            "LR-12",
            roster(
                "first-year resident works 16 h 01",
                [span(1, "06:00-22:01")],
                [sixteen],
                Frame(level="PGY-1"),
                settings={"sixteen_hours_first_year": 16},
            ),
        ),
    ]
