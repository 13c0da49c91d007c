"""Section 7.9: moonlighting."""

from datetime import date
from typing import Any

from conformance.authoring.scene import (
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
    spread,
    want,
)

SHIFTS = (4, 11, 18, 25)
FIRST_YEAR = Frame(level="PGY-1")
FORBIDDEN = "no_first_year_moonlighting"


def hours(verdict: str, amount: int | None, limit: int = hm(320), **more: Any) -> Json:
    """An expected result of the eighty hours."""
    return want("eighty_hours", verdict, amount, limit, **more)


def promoted(name: str, block: Block, day: date, duties: list[Json], expect: Json) -> Json:
    """A roster of someone who is PGY-1 until the day before `day` and PGY-2 from then on."""
    start = date(day.year - 1, day.month, day.day)
    before = day.fromordinal(day.toordinal() - 1)
    levels: list[Json] = [
        {"level": "PGY-1", "from": start.isoformat(), "to": before.isoformat()},
        {"level": "PGY-2", "from": day.isoformat(), "to": None},
    ]
    people: list[Json] = [{"id": "R1", "kind": "resident", "levels": levels}]
    return roster(name, duties, [expect], Frame(block), people=people)


def by_level() -> list[Json]:
    """M-03 to M-05: who may moonlight on which date."""
    june = Block(13, date(2026, 6, 11))
    september = Block(4, date(2025, 9, 25))
    late_shift = span(20, "18:00-26:00", "moonlighting", block=june)
    october = date(2025, 10, 1)
    return [
        case("M-03", roster("one shift", put("M", 4), [want(FORBIDDEN, "broken", hm(6), 0)], FIRST_YEAR)),
        case(
            "M-04",
            promoted(
                "shift into the second year", june, date(2026, 7, 1), [late_shift], want(FORBIDDEN, "broken", hm(8), 0)
            ),
        ),
        case(
            "M-05",
            promoted(
                "the day before", september, october, put("M", 6, block=september), want(FORBIDDEN, "broken", hm(6), 0)
            ),
            promoted("the day of promotion", september, october, put("M", 7, block=september), want(FORBIDDEN, "kept")),
        ),
    ]


def without_hours(name: str, known: int, verdict: str) -> Json:
    """Four external shifts of which nobody reported the hours."""
    outside = ["scheduled", "clinical", "moonlighting"]
    shifts = put("M", *SHIFTS, certainty="unknown")
    for shift in shifts:
        shift["flags"] = outside
    expected = hours(verdict, None, low=hm(known), high=hm(known + 24))
    return roster(name, spread(hm(known), range(1, 29)) + shifts, [expected])


def cases() -> list[Json]:
    """The rows M-01 to M-10."""
    shifts = put("M", *SHIFTS)
    approval: Json = {"person": "R1", "from": "2025-07-01", "until": "2026-06-30"}
    leave_day = REFERENCE.day(3)
    on_leave = want("leave_worked", "advisory", hm(6), first=leave_day, last=leave_day)
    long_day = put("S", 1) + put("M", 1) + put("D", 2)
    first, second, *rest = [
        case("M-01", roster("314 hours", spread(hm(290), range(1, 29)) + shifts, [hours("thin", hm(314))])),
        case(
            "M-02",
            roster(
                "324 hours",
                spread(hm(300), range(1, 29)) + shifts,
                [hours("broken", hm(324), note="cites 6.20 and 6.25.a")],
            ),
        ),
        case(
            "M-06",
            roster(
                "moonlighting on a leave day",
                every("D", 4, 23) + put("M", 3),
                [hours("kept", hm(246), hm(314, 17)), on_leave],
                leave=[away(3, 3)],
            ),
        ),
        case(
            "M-07",
            roster("no approval", put("M", 4), [want("moonlighting_approved", "broken")], moonlighting_approvals=[]),
            roster("approved", put("M", 4), [want("moonlighting_approved", "kept")], moonlighting_approvals=[approval]),
        ),
        case(
            "M-08",
            without_hours("could pass 320 hours", 300, "unknown"),
            without_hours("could not pass 320 hours", 270, "kept"),
        ),
        case(
            "M-09",
            roster(
                "short day, moonlighting, early duty",
                long_day,
                [
                    want("eight_hours_between", "advisory", hm(7), hm(8)),
                    want("twenty_four_hours", "kept", hm(17), hm(24)),
                ],
            ),
        ),
        case(
            "M-10",
            roster(
                "ban as program policy",
                put("M", 4),
                [want("moonlighting_ban", "broken", note="program policy, not ACGME")],
                settings={"moonlighting_ban": True},
            ),
        ),
    ]
    return [first, second, *by_level(), *rest]
