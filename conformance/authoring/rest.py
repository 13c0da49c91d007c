"""Sections 7.2 and 7.3: eight hours between work periods, fourteen hours after call."""

from typing import Any

from conformance.authoring.scene import (
    AUTUMN_BLOCK,
    REFERENCE,
    SPRING_BLOCK,
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

EDGE = Frame(ahead=3)
LOG = Frame(reading="log")
AFTER_CALL_LEAVE = [away(2, 8)]


def eight(verdict: str, rest: int | None = None, **more: Any) -> Json:
    """An expected result of the eight hours between; without a rest the two duties are one period."""
    return want("eight_hours_between", verdict, rest, None if rest is None else hm(8), **more)


def fourteen(verdict: str, rest: int | None = None, **more: Any) -> Json:
    """An expected result of the fourteen hours after call."""
    return want("fourteen_after_call", verdict, rest, None if rest is None else hm(14), **more)


def leave_worked(minutes: int) -> Json:
    """The note that counted work falls on the first leave day, D2."""
    return want("leave_worked", "advisory", minutes, first=REFERENCE.day(2), last=REFERENCE.day(2))


def plain_gaps() -> list[Json]:
    """E8-01 to E8-08."""
    clinics = [span(1, "08:00-12:00", "clinic_half_day"), span(1, "12:30-20:30", "emergency_shift")]
    edge = [*put("D", 28), span(29, "02:00-12:00")]
    night = put("N", 1)
    return [
        case("E8-01", roster("short day, then day", put("S", 1) + put("D", 2), [eight("kept", hm(14))])),
        case("E8-02", roster("eight hours exactly", [*put("D", 1), span(2, "03:00-12:00")], [eight("kept", hm(8))])),
        case(
            "E8-03", roster("one minute short", [*put("D", 1), span(2, "02:59-12:00")], [eight("advisory", hm(7, 59))])
        ),
        case("E8-04", roster("noon hour", put("C", 1), [eight("kept", note="one period")])),
        case("E8-05", roster("clinic and emergency shift", clinics, [eight("kept", note="one period")])),
        case("E8-06", roster("clinic after a night", night + put("P", 2), [eight("advisory", hm(6))])),
        case("E8-07", roster("short rest over the block edge", edge, [eight("advisory", hm(7))], EDGE)),
        case(
            "E8-08",
            roster(
                "night into leave", night + put("D", 9), [eight("kept"), leave_worked(hm(7))], leave=AFTER_CALL_LEAVE
            ),
        ),
    ]


def special_gaps() -> list[Json]:
    """E8-09 to E8-12: work called in from home, a day shown as free, clock changes."""
    called = put("H", 1, work="26:00-28:00") + put("D", 2)
    autumn = [span(10, times, block=AUTUMN_BLOCK) for times in ("13:00-23:00", "30:00-40:00")]
    spring = [span(24, times, block=SPRING_BLOCK) for times in ("12:00-22:00", "30:00-40:00")]
    setting = {"home_call_starts_new_rest": True}
    return [
        case(
            "E8-09",
            roster("called in 02:00-04:00, day at 07:00", called, [eight("kept")], LOG),
            roster(
                "the same where called-in work starts a new rest",
                called,
                [eight("advisory", hm(3))],
                LOG,
                settings=setting,
            ),
        ),
        case(
            "E8-10",
            roster(
                "night, blank day, duty at midnight", [*put("N", 2), span(4, "00:00-10:00")], [eight("kept", hm(17))]
            ),
        ),
        case("E8-11", roster("autumn change", autumn, [eight("kept", hm(8))], Frame(AUTUMN_BLOCK))),
        case(
            "E8-12",
            roster("spring change", spring, [eight("advisory", hm(7), note="clock change")], Frame(SPRING_BLOCK)),
        ),
    ]


def after_call() -> list[Json]:
    """P14-01 to P14-08."""
    call = put("K", 1)
    long_call = [*call, handoff(1, "31:00-35:00")]
    short_call = [span(1, "08:00-31:00", "in_house_call")]
    return [
        case("P14-01", roster("fourteen hours", [*call, span(2, "21:00-30:00")], [fourteen("kept", hm(14))])),
        case("P14-02", roster("one minute short", [*call, span(2, "20:59-30:00")], [fourteen("broken", hm(13, 59))])),
        case(
            "P14-03",
            roster("evening clinic", [*call, span(2, "20:00-22:00", "clinic_half_day")], [fourteen("broken", hm(13))]),
        ),
        case("P14-04", roster("leaves at 11:00", [*long_call, span(3, "01:00-10:00")], [fourteen("kept", hm(14))])),
        case(
            "P14-05", roster("clock from departure", [*long_call, span(2, "21:00-30:00")], [fourteen("broken", hm(10))])
        ),
        case("P14-06", roster("day, night, night", put("D", 1) + put("N", 1, 2), [fourteen("broken", hm(12))])),
        case(
            "P14-07",
            roster("short day and overnight call", put("S", 1) + put("O", 1) + put("D", 3), [fourteen("kept", hm(24))]),
        ),
        case("P14-08", roster("23 hours trigger nothing", [*short_call, span(2, "19:00-31:00")], [fourteen("kept")])),
    ]


def after_call_special() -> list[Json]:
    """P14-09 to P14-14."""
    call = put("K", 1)
    home = span(2, "17:00-32:00", "home_call")
    worked = span(2, "17:00-32:00", "home_call", work="20:00-22:00")
    spring = [*put("K", 24, block=SPRING_BLOCK), span(25, "20:00-30:00", block=SPRING_BLOCK)]
    joined = [*call, span(2, "08:00-10:00", "conference"), span(2, "23:59-32:00")]
    edge = [*put("K", 28), span(29, "20:00-30:00")]
    return [
        case(
            "P14-09",
            roster(
                "over the block edge",
                edge,
                [fourteen("broken", hm(13), note="one event, listed under both blocks")],
                Frame(ahead=3),
            ),
        ),
        case(
            "P14-10",
            roster(
                "call, then leave", call + put("D", 9), [fourteen("kept"), leave_worked(hm(7))], leave=AFTER_CALL_LEAVE
            ),
        ),
        case(
            "P14-11",
            roster("required conference", [*call, span(2, "12:00-13:00", "conference")], [fourteen("broken", hm(5))]),
        ),
        case(
            "P14-12",
            roster("at-home call that evening", [*call, home], [fourteen("advisory", note="rest at risk")]),
            roster("called in at 20:00", [*call, worked], [fourteen("broken", hm(13))], LOG),
        ),
        case("P14-13", roster("spring change", spring, [fourteen("broken", hm(13))], Frame(SPRING_BLOCK))),
        case("P14-14", roster("joined conference", joined, [fourteen("broken", hm(13, 59))])),
    ]


def eight_cases() -> list[Json]:
    """The rows E8-01 to E8-12."""
    return plain_gaps() + special_gaps()


def fourteen_cases() -> list[Json]:
    """The rows P14-01 to P14-14."""
    return after_call() + after_call_special()
