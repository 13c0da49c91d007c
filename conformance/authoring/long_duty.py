"""Sections 7.5 to 7.7: twenty-four hours, four more, and staying by choice."""

from typing import Any

from conformance.authoring.scene import (
    AUTUMN_BLOCK,
    REFERENCE,
    Frame,
    Json,
    away,
    case,
    handoff,
    hm,
    put,
    roster,
    span,
    want,
)

LOG = Frame(reading="log")
EDGE = Frame(ahead=3)
D1, D2, D28, N1 = (REFERENCE.day(number) for number in (1, 2, 28, 29))


def longest(verdict: str, amount: int, **more: Any) -> Json:
    """An expected result of the twenty-four hours: clinical minutes from first to last."""
    return want("twenty_four_hours", verdict, amount, hm(24), **more)


def tail(verdict: str, amount: int, **more: Any) -> Json:
    """An expected result of the four hours more: minutes after the twenty-fourth hour."""
    return want("four_more_hours", verdict, amount, hm(4), **more)


def leave_worked(minutes: int) -> Json:
    """The note that counted work falls on the first leave day, D2."""
    return want("leave_worked", "advisory", minutes, first=D2, last=D2)


def joined_periods() -> list[Json]:
    """T24-01 to T24-07: one period or several."""
    long_call = [span(1, "07:00-31:01", "in_house_call")]
    edge = put("D", 28, 29) + put("N", 28)
    return [
        case("T24-01", roster("call", put("K", 1), [longest("kept", hm(24))])),
        case("T24-02", roster("one minute more", long_call, [longest("broken", hm(24, 1))])),
        case("T24-03", roster("short day and call", put("S", 1) + put("O", 1), [longest("kept", hm(24))])),
        case("T24-04", roster("three days", put("D", 1, 2, 3), [longest("kept", hm(12))])),
        case("T24-05", roster("night, then clinic", put("N", 1) + put("C", 2), [longest("kept", hm(22))])),
        case(
            "T24-06", roster("day, night, clinic", put("D", 1) + put("N", 1) + put("A", 2), [longest("broken", hm(29))])
        ),
        case("T24-07", roster("36 hours over the edge", edge, [longest("broken", hm(36), first=D28)], EDGE)),
    ]


def other_periods() -> list[Json]:
    """T24-08 to T24-12: leave, a gap of 61 minutes, the autumn change, called-in work."""
    gap = [span(1, "07:00-29:00", "in_house_call"), span(2, "06:01-10:00")]
    called = put("H", 1, work="26:00-29:00") + put("D", 2)
    short_rest = want("eight_hours_between", "advisory", 61, hm(8))
    chain = want("long_run", "advisory", hm(25, 59), hm(24))
    autumn = put("K", 10, block=AUTUMN_BLOCK)
    return [
        case(
            "T24-08",
            roster("call, then leave", put("K", 1), [longest("kept", hm(24)), leave_worked(hm(7))], leave=[away(2, 8)]),
        ),
        case(
            "T24-09",
            roster(
                "61 minutes part two periods",
                gap,
                [longest("kept", hm(22)), longest("kept", hm(3, 59)), short_rest, chain],
            ),
        ),
        case(
            "T24-10",
            roster("autumn change", autumn, [longest("kept", hm(25), note="24 h by the clock")], Frame(AUTUMN_BLOCK)),
        ),
        case("T24-11", roster("called in at night", called, [longest("kept", hm(12))], LOG)),
        case("T24-12", roster("call ends on a free date", put("K", 1) + put("D", 3), [longest("kept", hm(24))])),
    ]


def after_twenty_four() -> list[Json]:
    """F4-01 to F4-10: what the four hours may be used for."""
    call = put("K", 1)
    admission = handoff(2, "07:00-09:00", flags=["in_house", "scheduled", "transition", "new_patients"])
    clinic = [*call, span(2, "08:00-12:00", "clinic_half_day")]
    late = [span(1, "07:00-29:00", "in_house_call"), handoff(1, "29:00-34:00")]
    edge = [*put("K", 28), handoff(29, "07:00-11:00")]
    into_leave = [*call, handoff(2, "07:00-11:00")]
    here = want("eighty_hours", "kept", hm(17), hm(320), first=D1, last=D28)
    there = want("eighty_hours", "kept", hm(11), hm(320), first=N1, last=REFERENCE.day(56))
    return [
        case("F4-01", roster("handoff to 11:00", [*call, handoff(2, "07:00-11:00")], [tail("kept", hm(4))])),
        case("F4-02", roster("handoff to 11:01", [*call, handoff(2, "07:00-11:01")], [tail("broken", hm(4, 1))])),
        case("F4-03", roster("an admission", [*call, admission], [tail("broken", hm(2))])),
        case("F4-04", roster("conference", call + put("E", 2), [tail("kept", hm(3))])),
        case("F4-05", roster("clinic", clinic, [tail("broken", hm(5)), longest("broken", hm(29))])),
        case("F4-06", roster("night and handoff", [*put("N", 1), handoff(2, "07:00-08:30")], [tail("kept", 0)])),
        case("F4-07", roster("22 and 5 hours", late, [tail("kept", hm(3))])),
        case("F4-08", roster("over the block edge", edge, [tail("kept", hm(4)), here, there], Frame(next_block=True))),
        case(
            "F4-09",
            roster("handoff into leave", into_leave, [tail("kept", hm(4)), leave_worked(hm(11))], leave=[away(2, 8)]),
        ),
        case(
            "F4-10",
            roster("education to 11:30", [*call, span(2, "08:00-11:30", "conference")], [tail("broken", hm(4, 30))]),
        ),
    ]


def twenty_four_cases() -> list[Json]:
    """The rows T24-01 to T24-12."""
    return joined_periods() + other_periods()
