"""Section 17 and settings no table row shows: cases beyond the 232 rows, with ids CL-01, CL-02 ..."""

from datetime import date

from conformance.authoring.scene import (
    REFERENCE,
    SPRING_BLOCK,
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
    spread,
    stint,
    want,
)

D1, D28 = REFERENCE.day(1), REFERENCE.day(28)


def hours(verdict: str, amount: int, limit: int = hm(320), **more: date) -> Json:
    """An expected result of the eighty hours."""
    return want("eighty_hours", verdict, amount, limit, **more)


def two_stints(days: int) -> Json:
    """Rotation X for so many days, then Y to the end of the block."""
    return {
        "stints": [stint("X", D1, REFERENCE.day(days)), stint("Y", REFERENCE.day(days + 1), D28)],
        "rotations": [{"code": "X"}, {"code": "Y"}],
    }


def segments() -> list[Json]:
    """How blocks are cut into segments."""
    rows: list[Json] = []
    for name, length, cuts in (
        ("CL-01", 31, [(1, 31)]),
        ("CL-02", 35, [(1, 28), (29, 35)]),
        ("CL-03", 59, [(1, 28), (29, 59)]),
        ("CL-04", 60, [(1, 28), (29, 56), (57, 60)]),
    ):
        block = Block(2, REFERENCE.first, length)
        expect = [
            hours(
                "kept",
                (last - first + 1) * hm(10),
                4800 * (last - first + 1) * 2 // 14,
                first=block.day(first),
                last=block.day(last),
            )
            for first, last in cuts
        ]
        work = every("S", 1, length, block=block)
        rows.append(
            case(
                name,
                roster(f"ten hours on each of {length} days", work, expect, Frame(block)),
                roster(
                    "the same where short segments stand alone",
                    work,
                    expect,
                    Frame(block),
                    settings={"short_segments": "alone"},
                ),
                text=f"a block of {length} days on one rotation",
            )
        )
    seven = [
        hours("thin", hm(77), hm(80), first=D1, last=REFERENCE.day(7)),
        hours("kept", 0, hm(240), first=REFERENCE.day(8), last=D28),
    ]
    six = [hours("kept", hm(66), first=D1, last=D28)]
    rows.append(
        case(
            "CL-05",
            roster("seven days stand alone", spread(hm(77), range(1, 8)), seven, **two_stints(7)),
            roster("six days are joined", spread(hm(66), range(1, 7)), six, **two_stints(6)),
            text="a segment of seven days is not short; one of six is",
        )
    )
    return rows


def margins() -> list[Json]:
    """Where thin begins, and what is never thin."""
    return [
        case(
            "CL-06",
            roster("exactly five percent", spread(hm(304), range(1, 29)), [hours("kept", hm(304))]),
            roster("one minute less", spread(hm(304) + 1, range(1, 29)), [hours("thin", hm(304, 1))]),
            text="less than 5 % margin is thin, exactly 5 % is not",
        ),
        case(
            "CL-07",
            roster(
                "all absolute limits met exactly",
                [*put("K", 1), handoff(2, "07:00-11:00"), span(3, "01:00-10:00"), span(3, "18:00-23:00")],
                [
                    want("twenty_four_hours", "kept", hm(24), hm(24)),
                    want("four_more_hours", "kept", hm(4), hm(4)),
                    want("fourteen_after_call", "kept", hm(14), hm(14)),
                    want("eight_hours_between", "kept", hm(8), hm(8)),
                ],
            ),
            text="an absolute limit met exactly is kept, never thin (17.1)",
        ),
        case(
            "CL-08",
            roster(
                "half day of leave, three free days",
                every("D", 1, 28, 5, 12, 19, 8) + put("A", 8),
                [want("one_day_in_seven", "thin", 3, 3)],
                leave=[away(8, 8, half="PM")],
            ),
            text="h = 55: floor asks 3 free days, ceil 4",
        ),
    ]


def free_time() -> list[Json]:
    """Free days on the date of a clock change, across a short segment, and before the first known duty."""
    spring_off = every("D", 1, 28, 5, 12, 19, 25, block=SPRING_BLOCK)
    late = put("N", 24, block=SPRING_BLOCK)[0] | {"start": "2026-03-07T19:00", "end": "2026-03-08T00:00"}
    early = span(26, "00:00-07:00", block=SPRING_BLOCK)
    week = Block(2, REFERENCE.first, 7)
    unknown_before = Frame(week, history=0)
    edge = every("D", 2, 7, block=week)
    calendar = {"day_off_basis": "calendar_day"}
    after_call = put("K", 4) + every("D", 1, 28, 4, 5, 12, 19, 26)
    return [
        case(
            "CL-09",
            roster(
                "Sunday of 23 hours",
                [*spring_off, late, early],
                [want("one_day_in_seven", "kept", 4, 4)],
                Frame(SPRING_BLOCK),
            ),
            text="a whole calendar date is a free day even when it has 23 hours (17.2)",
        ),
        case(
            "CL-10",
            roster("D1 blank, nothing known before", edge, [want("one_day_in_seven", "kept", 1, 1)], unknown_before),
            roster(
                "D1 blank, handoff at its midnight",
                [span(1, "00:00-00:30", block=week), *edge],
                [want("one_day_in_seven", "kept", 1, 1)],
                unknown_before,
            ),
            roster(
                "D1 from 07:01",
                [span(1, "00:00-07:01", block=week), *edge],
                [want("one_day_in_seven", "broken", 0, 1)],
                unknown_before,
            ),
            text="the first known date is free from its midnight on, and no earlier (17.4)",
        ),
        case(
            "CL-11",
            roster(
                "24 hours after call are no calendar date",
                after_call,
                [want("one_day_in_seven", "broken", 3, 4)],
                settings=calendar,
            ),
            text="day_off_basis = calendar_day asks for whole dates",
        ),
        case(
            "CL-12",
            roster(
                "gap of 192 hours over a whole segment",
                every("D", 1, 8) + put("A", 9) + put("N", 9) + every("D", 18, 28),
                [
                    want("one_day_in_seven", "kept", 8, 1, first=REFERENCE.day(11), last=REFERENCE.day(17)),
                    want("one_day_in_seven", "broken", 0, 1, first=D1, last=REFERENCE.day(10)),
                    want("one_day_in_seven", "broken", 0, 1, first=REFERENCE.day(18), last=D28),
                ],
                **three_stints(),
            ),
            text="a gap over a whole segment is cut in three (17.4)",
        ),
    ]


def three_stints() -> Json:
    """Ten days on X, seven on Y, eleven on Z."""
    cuts = (("X", 1, 10), ("Y", 11, 17), ("Z", 18, 28))
    return {
        "stints": [stint(code, REFERENCE.day(first), REFERENCE.day(last)) for code, first, last in cuts],
        "rotations": [{"code": code} for code, _, _ in cuts],
    }


def events() -> list[Json]:
    """Joined called-in work, calls entered twice, runs over the edition's edge."""
    called = [span(1, "17:00-32:00", "home_call", work="30:00-30:30"), *put("D", 2), *put("N", 2)]
    twice = [*put("K", 1, 4, 7, 10, 13, 16, 19, 22, 25), span(25, "19:00-31:00", "in_house_call")]
    old = Block(1, date(2017, 6, 24))
    nights = every("N", 1, 14, 7, 14, block=old)
    joined = roster(
        "X has an exception, the joined segment not",
        spread(hm(321), range(1, 29)),
        [hours("broken", hm(321))],
        **two_stints(6),
        hour_exceptions=[
            {
                "rotation": "Y",
                "weekly_hours": 88,
                "from": "2025-07-01",
                "until": "2026-06-30",
                "gmec": "2025-03-11",
                "dio": "2025-03-12",
            }
        ],
    )
    return [
        case(
            "CL-13",
            roster(
                "called in until 06:30, day and night",
                called,
                [want("twenty_four_hours", "broken", hm(25), hm(24))],
                Frame(reading="log"),
            ),
            text="called-in work within the join gap belongs to the work period (17.6)",
        ),
        case(
            "CL-14",
            roster("one night entered by two programs", twice, [want("every_third_night", "kept", 9, 9)]),
            text="one night entered by two programs is one call night (17.8)",
        ),
        case("CL-15", joined, text="an 88-hour exception does not survive a join with another rotation (17.8)"),
        case(
            "CL-16",
            roster(
                "six nights in each edition",
                nights,
                [want("six_nights", "kept", 6, 6)],
                Frame(old, level_from="2016-07-01"),
            ),
            roster(
                "thirteen nights over the edition's edge",
                every("N", 1, 13, block=old),
                [want("six_nights", "broken", 7, 6), want("six_nights", "kept", 6, 6)],
                Frame(old, level_from="2016-07-01"),
            ),
            text="only nights under the six-night rule are counted for it (17.10)",
        ),
    ]


def cases() -> list[Json]:
    """The cases beyond the tables."""
    return segments() + margins() + free_time() + events()
