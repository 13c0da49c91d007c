"""Section 7.8: the exception of up to 88 hours for one rotation."""

from conformance.authoring.scene import REFERENCE, Json, away, case, hm, roster, spread, want

RECORD: Json = {
    "rotation": "X",
    "weekly_hours": 88,
    "from": "2025-07-01",
    "until": "2026-06-30",
    "letter": "2025-05-02",
    "gmec": "2025-03-11",
    "dio": "2025-03-12",
}
WHOLE = range(1, 29)


def hours(verdict: str, amount: int, limit: int) -> Json:
    """An expected result of the weekly hours."""
    return want("eighty_hours", verdict, amount, limit)


def whole(name: str, amount: int, verdict: str, limit: int, *records: Json) -> Json:
    """A segment of 28 days with so many hours, under some exception records."""
    return roster(name, spread(hm(amount), WHOLE), [hours(verdict, hm(amount), hm(limit))], hour_exceptions=[*records])


def refused() -> Json:
    """An exception of 90 hours is refused at input."""
    return {
        "name": "90 hours entered",
        "kind": "pack",
        "operation": "enter_exception",
        "record": RECORD | {"weekly_hours": 90},
        "expect": {"result": "refused", "words": ["at most 88"]},
    }


def cases() -> list[Json]:
    """The rows X88-01 to X88-08."""
    elsewhere = RECORD | {"rotation": "Y"}
    ends = RECORD | {"until": REFERENCE.day(14).isoformat()}
    unsigned = {key: value for key, value in RECORD.items() if key != "gmec"}
    week = [away(1, 7)]
    rest = range(8, 29)
    missing = want("eighty_eight_hours", "advisory", note="approval missing")
    return [
        case("X88-01", whole("352 hours", 352, "thin", 352, RECORD)),
        case("X88-02", whole("353 hours", 353, "broken", 352, RECORD)),
        case("X88-03", whole("no exception", 336, "broken", 320)),
        case("X88-04", whole("ends on D14", 336, "broken", 320, ends)),
        case("X88-05", refused()),
        case("X88-06", whole("exception for another rotation", 336, "broken", 320, elsewhere)),
        case(
            "X88-07",
            roster(
                "264 hours in 21 days",
                spread(hm(264), rest),
                [hours("thin", hm(264), hm(264))],
                leave=week,
                hour_exceptions=[RECORD],
            ),
            roster(
                "265 hours in 21 days",
                spread(hm(265), rest),
                [hours("broken", hm(265), hm(264))],
                leave=week,
                hour_exceptions=[RECORD],
            ),
        ),
        case(
            "X88-08",
            roster(
                "GMEC date missing",
                spread(hm(336), WHOLE),
                [hours("broken", hm(336), hm(320)), missing],
                hour_exceptions=[unsigned],
            ),
        ),
    ]
