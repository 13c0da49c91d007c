"""Section 7.7: a resident stays by choice."""

from conformance.authoring.scene import (
    REFERENCE,
    Frame,
    Json,
    case,
    handoff,
    hm,
    put,
    roster,
    span,
    spread,
    want,
)

LOG = Frame(reading="log")
D1, D28, N1 = (REFERENCE.day(number) for number in (1, 28, 29))


def stay_record(day: int, minutes: int, reason: str = "unstable patient") -> Json:
    """The resident's record of a stay, named after the date on which the stay starts."""
    date = REFERENCE.day(day).isoformat()
    record: Json = {"person": "R1", "date": date, "minutes": minutes, "reason": reason}
    return record | {"handed_off": True, "own_initiative": True}


def stay(day: int, times: str) -> Json:
    """The hours of the stay itself: clinical, in house, not scheduled."""
    return span(day, times, flags=["in_house", "clinical"])


def long_day(day: int) -> list[Json]:
    """A call on the day, four hours of handoff and a stay of two hours: 07:00 to 13:00 on the next day."""
    return [*put("K", day), handoff(day, "31:00-35:00"), stay(day + 1, "11:00-13:00")]


def cases() -> list[Json]:
    """The rows V-01 to V-07."""
    kept = want("stay_by_choice", "kept", hm(30), note="the whole length of the period is shown")
    over = want("four_more_hours", "broken", hm(6), hm(4))
    record = [stay_record(2, hm(2))]
    to_319 = long_day(1) + spread(hm(291), range(4, 28))
    one_pm = [*put("K", 1), handoff(1, "31:00-35:00"), stay(2, "11:00-13:00")]
    four = [duty for day in (1, 8, 15, 22) for duty in long_day(day)]
    four_records = [stay_record(day + 1, hm(2)) for day in (1, 8, 15, 22)]
    edge = [span(27, "19:00-43:00", "in_house_call"), handoff(28, "19:00-23:00"), stay(28, "23:00-25:00")]
    minutes = [
        want("eighty_hours", "kept", hm(29), hm(320), first=D1, last=D28),
        want("eighty_hours", "kept", hm(1), hm(320), first=N1, last=REFERENCE.day(56)),
    ]
    return [
        case("V-01", roster("allowed", long_day(1), [kept, want("four_more_hours", "kept")], LOG, stays=record)),
        case("V-02", roster("no reason", long_day(1), [over], LOG, stays=[stay_record(2, hm(2), "")])),
        case("V-03", roster("planned", long_day(1), [over], stays=record)),
        case(
            "V-04", roster("321 hours", to_319, [want("eighty_hours", "broken", hm(321), hm(320))], LOG, stays=record)
        ),
        case(
            "V-05",
            roster(
                "next duty at 03:00",
                [*one_pm, span(3, "03:00-12:00")],
                [want("fourteen_after_call", "kept", hm(14), hm(14))],
                LOG,
                stays=record,
            ),
            roster(
                "next duty at 02:59",
                [*one_pm, span(3, "02:59-12:00")],
                [want("fourteen_after_call", "broken", hm(13, 59), hm(14))],
                LOG,
                stays=record,
            ),
        ),
        case(
            "V-06",
            roster(
                "four stays",
                four,
                [want("stay_by_choice", "advisory", 4, 2, unit="stays", note="not rare")],
                LOG,
                stays=four_records,
            ),
        ),
        case(
            "V-07",
            roster(
                "over the block edge",
                edge,
                [want("stay_by_choice", "kept", hm(30), first=REFERENCE.day(27), note="one event"), *minutes],
                Frame(next_block=True, reading="log"),
                stays=[stay_record(28, hm(2))],
            ),
        ),
    ]
