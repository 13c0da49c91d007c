"""Section 8: the edition in force on the duty's date."""

from datetime import date
from typing import Any

from conformance.authoring.scene import Block, Frame, Json, case, every, handoff, hm, put, roster, span, spread, want

OUTSIDE = ["scheduled", "clinical", "moonlighting"]


def frame(block: Block, level: str) -> Frame:
    """The frame of an old year; the person has the level for the whole time."""
    return Frame(block, level=level, level_from="2000-07-01", ahead=2)


def starting(year: int, month: int, day: int) -> Block:
    """A block of 28 days that starts on a date."""
    return Block(1, date(year, month, day))


def long_call(year: int, verdict: str, limit: int) -> Json:
    """A call of 24 hours and six hours of handoff in some year."""
    block = starting(year, 8, 1)
    duties = [*put("K", 1, block=block), handoff(1, "31:00-37:00", block=block)]
    return roster(
        f"24 and 6 hours in {year}", duties, [want("four_more_hours", verdict, hm(6), hm(limit))], frame(block, "PGY-2")
    )


def seven_nights(year: int, month: int, verdict: str, **more: Any) -> Json:
    """Seven nights of night float in some month."""
    block = starting(year, month, 1)
    amount, limit = (None, None) if verdict == "kept" else (7, 6)
    return roster(
        f"seven nights in {year}-{month:02d}",
        every("N", 2, 8, block=block),
        [want("six_nights", verdict, amount, limit)],
        frame(block, "PGY-2"),
        **more,
    )


def outside(year: int, verdict: str, amount: int) -> Json:
    """Three hundred hours and 30 hours of external moonlighting."""
    block = starting(year, 8, 1)
    shifts = [span(day, "18:00-24:00", "moonlighting", block=block, flags=OUTSIDE) for day in (3, 9, 15, 21, 27)]
    return roster(
        f"external moonlighting in {year}",
        spread(hm(300), range(1, 29), block=block) + shifts,
        [want("eighty_hours", verdict, hm(amount), hm(320))],
        frame(block, "PGY-2"),
    )


def reproduce() -> Json:
    """The report on an old year must not change when anything later does."""
    later: list[Json] = [
        {"change": "promotion", "person": f"R{number}", "from": "2026-07-01", "level": "PGY-3"}
        for number in range(1, 11)
    ]
    later.append({"change": "pack_version", "pack": "em-2017", "version": 4})
    later.append({"change": "pack_version", "pack": "ny", "version": 2})
    report = {"kind": "compliance", "from": "2016-07-01", "to": "2017-06-30"}
    return {
        "name": "academic year 2016",
        "kind": "reproduce",
        "report": report,
        "then": later,
        "expect": {"identical": True, "pack_versions": {}},
    }


def cases() -> list[Json]:
    """The rows Y-01 to Y-08."""
    march, june, july = starting(2012, 3, 1), starting(2017, 6, 30), starting(2017, 7, 1)
    sixteen = "sixteen_hours"
    return [
        case(
            "Y-01",
            roster(
                "17 hours",
                [span(1, "07:00-24:00", block=march)],
                [want(sixteen, "broken", hm(17), hm(16))],
                frame(march, "PGY-1"),
            ),
        ),
        case(
            "Y-02",
            roster(
                "16 hours",
                [span(1, "07:00-23:00", block=march)],
                [want(sixteen, "kept", hm(16), hm(16))],
                frame(march, "PGY-1"),
            ),
        ),
        case(
            "Y-03",
            roster(
                "call on the last day of the rule",
                put("K", 1, block=june),
                [want(sixteen, "broken", hm(24), hm(16))],
                frame(june, "PGY-1"),
            ),
        ),
        case(
            "Y-04",
            roster(
                "call a day later",
                put("K", 1, block=july),
                [want("twenty_four_hours", "kept", hm(24), hm(24))],
                frame(july, "PGY-1"),
                judge=[sixteen, "twenty_four_hours"],
            ),
        ),
        case("Y-05", long_call(2005, "kept", 6), long_call(2018, "broken", 4)),
        case(
            "Y-06",
            seven_nights(2011, 6, "kept", settings={"six_nights": None}),
            seven_nights(2011, 7, "broken"),
            seven_nights(2017, 7, "advisory"),
        ),
        case("Y-07", reproduce()),
        case("Y-08", outside(2010, "kept", 300), outside(2012, "broken", 330)),
    ]
