"""Section 7.1: eighty hours a week, averaged over the segment."""

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
    hm,
    put,
    roster,
    spread,
    stint,
    want,
)

HALVES = Frame(halves=14)
TWO_BLOCKS = Frame(next_block=True)
D1, D14, D15, D28 = (REFERENCE.day(number) for number in (1, 14, 15, 28))
N1, N28 = REFERENCE.day(29), REFERENCE.day(56)
RULE = "eighty_hours"


def hours(verdict: str, amount: int, limit: int = hm(320), **more: Any) -> Json:
    """An expected result of the eighty hours."""
    return want(RULE, verdict, amount, limit, **more)


def whole_segments() -> list[Json]:
    """W80-01 to W80-07: one segment, with leave and call."""
    service = [day for day in range(1, 29) if day not in (7, 14, 21, 28)]
    calls = (1, 5, 9, 13, 17, 21)
    days = [day for day in range(1, 29) if day not in calls and day - 1 not in calls]
    week_off = [away(1, 7)]
    nearly = put("D", *range(1, 27)) + put("C", 27)
    return [
        case("W80-01", roster("six days on, one off, four times", put("D", *service), [hours("kept", hm(288))])),
        case("W80-02", roster("service on all days", every("D", 1, 28), [hours("broken", hm(336))])),
        case("W80-03", roster("26 days and one clinic day", nearly, [hours("thin", hm(320))])),
        case("W80-04", roster("one minute more", nearly + spread(1, [28]), [hours("broken", hm(320, 1))])),
        case(
            "W80-05",
            roster(
                "leave in week one, one day off", every("D", 8, 27), [hours("thin", hm(240), hm(240))], leave=week_off
            ),
        ),
        case(
            "W80-06",
            roster(
                "leave in week one, no day off", every("D", 8, 28), [hours("broken", hm(252), hm(240))], leave=week_off
            ),
        ),
        case(
            "W80-07",
            roster("six calls and sixteen days", put("K", *calls) + put("D", *days), [hours("broken", hm(336))]),
        ),
    ]


def edges() -> list[Json]:
    """W80-08 to W80-11: halves, two blocks, the weekly list, the split at midnight."""
    weeks = [spread(hm(total), range(first, first + 7)) for total, first in ((100, 1), (60, 8), (80, 15), (80, 22))]
    two = [spread(hm(total), range(first, first + 14)) for total, first in ((100, 1), (200, 15), (200, 29), (100, 43))]
    warning = want(
        "early_warning", "advisory", hm(400), hm(320), first=D15, last=REFERENCE.day(42), note="never a violation"
    )
    return [
        case(
            "W80-08",
            roster(
                "twelve hours every day on X, ten clinic days on Y",
                every("D", 1, 14) + put("C", *range(15, 25)),
                [
                    hours("broken", hm(168), hm(160), first=D1, last=D14),
                    hours("kept", hm(80), hm(160), first=D15, last=D28),
                ],
                HALVES,
            ),
        ),
        case(
            "W80-09",
            roster(
                "two heavy halves meet at the block edge",
                [duty for part in two for duty in part],
                [hours("kept", hm(300), first=D1, last=D28), hours("kept", hm(300), first=N1, last=N28), warning],
                TWO_BLOCKS,
            ),
        ),
        case(
            "W80-10",
            roster(
                "weeks of 100, 60, 80 and 80 hours", [duty for part in weeks for duty in part], [hours("thin", hm(320))]
            ),
        ),
        case(
            "W80-11",
            roster(
                "call over the block edge",
                put("K", 28),
                [hours("kept", hm(17), first=D1, last=D28), hours("kept", hm(7), first=N1, last=N28)],
                TWO_BLOCKS,
            ),
        ),
    ]


def exact_limits() -> list[Json]:
    """W80-12 to W80-14: lengths whose limit is no whole minute."""
    long, short = Frame(LONG_BLOCK), Frame(SHORT_BLOCK)
    without_half = [day for day in range(1, 29) if day != 3]
    half = [away(3, 3, half="PM")]
    rows: list[Json] = []
    for name, frame, minutes, days, leave in (
        ("W80-12", long, hm(342, 51), list(range(1, 31)), []),
        ("W80-13", short, hm(308, 34), list(range(1, 28)), []),
        ("W80-14", Frame(), hm(314, 17), without_half, half),
    ):
        block = frame.block
        rows.append(
            case(
                name,
                roster(
                    "at the limit",
                    spread(minutes, days, block=block),
                    [hours("thin", minutes, minutes)],
                    frame,
                    leave=leave,
                ),
                roster(
                    "one minute over",
                    spread(minutes + 1, days, block=block),
                    [hours("broken", minutes + 1, minutes)],
                    frame,
                    leave=leave,
                ),
            )
        )
    return rows


def leave_and_joins() -> list[Json]:
    """W80-15 to W80-18: moonlighting, the put-back half, all leave, a short segment."""
    short = [stint("X", D1, REFERENCE.day(3)), stint("Y", REFERENCE.day(4), D28)]
    both = [{"code": "X"}, {"code": "Y"}]
    work = every("D", 1, 3) + put("S", *range(4, 29))
    put_back = want("leave_worked", "advisory", hm(7), first=REFERENCE.day(2), last=REFERENCE.day(2))
    return [
        case(
            "W80-15",
            roster(
                "300 hours and four moonlighting shifts",
                spread(hm(300), range(1, 29)) + put("M", 4, 11, 18, 25),
                [hours("broken", hm(324), note="cites 6.20 and 6.25.a")],
            ),
        ),
        case(
            "W80-16",
            roster(
                "call into the first day of leave",
                put("K", 1) + every("D", 9, 27),
                [hours("broken", hm(252), hm(245, 42)), put_back],
                leave=[away(2, 8)],
            ),
        ),
        case("W80-17", roster("leave all the time", [], [want(RULE, "not_judged")], leave=[away(1, 28)])),
        case(
            "W80-18",
            roster(
                "three days joined to the rest",
                work,
                [hours("kept", hm(286), first=D1, last=D28)],
                stints=short,
                rotations=both,
            ),
            roster(
                "three days judged alone",
                work,
                [
                    hours("broken", hm(36), hm(34, 17), first=D1, last=REFERENCE.day(3)),
                    hours("kept", hm(250), hm(285, 42), first=REFERENCE.day(4), last=D28),
                ],
                stints=short,
                rotations=both,
                settings={"short_segments": "alone"},
            ),
        ),
    ]


def cases() -> list[Json]:
    """The rows W80-01 to W80-18."""
    return whole_segments() + edges() + exact_limits() + leave_and_joins()
