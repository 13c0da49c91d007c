"""Section 4: what is known, what is assumed, and what nobody knows."""

from conformance.authoring.scene import Json, case, every, hm, put, roster, want

WARD = [{"code": "X", "days_off": {"managed_by": "ward", "per_segment": 4}}]


def unknown_days(*days: int) -> list[Json]:
    """Service days of which nobody knows whether the resident is on."""
    return put("D", *days, certainty="unknown")


def cases() -> list[Json]:
    """The rows U-01 to U-07."""
    free = "one_day_in_seven"
    hours = "eighty_hours"
    limit = hm(320)
    return [
        case(
            "U-01",
            roster(
                "ward code on all 28 days",
                unknown_days(*range(1, 29)),
                [want(free, "unknown", limit=4, note="ward-managed, 4 declared")],
                rotations=WARD,
            ),
        ),
        case(
            "U-02",
            roster(
                "four free days issued", every("D", 1, 28, 5, 12, 19, 26), [want(free, "kept", 4, 4)], rotations=WARD
            ),
        ),
        case(
            "U-03",
            roster(
                "24 known days, one free day, three blank days",
                every("D", 1, 28, 5, 12, 19, 26) + unknown_days(12, 19, 26),
                [want(free, "unknown", limit=4, low=1, high=4)],
            ),
        ),
        case(
            "U-04",
            roster(
                "25 known days, two free days, one blank day",
                every("D", 1, 28, 5, 12, 19) + unknown_days(19),
                [want(free, "broken", limit=4, low=2, high=3)],
            ),
        ),
        case(
            "U-05",
            roster(
                "20 known days and 8 unknown",
                every("D", 1, 20) + unknown_days(*range(21, 29)),
                [want(hours, "unknown", limit=limit, low=hm(240), high=hm(336))],
            ),
        ),
        case(
            "U-06",
            roster(
                "27 known days and one unknown",
                every("D", 1, 27) + unknown_days(28),
                [want(hours, "broken", limit=limit, low=hm(324), high=hm(336))],
            ),
        ),
        case(
            "U-07",
            roster(
                "18 known days, 8 unknown, 2 free",
                every("D", 1, 18) + unknown_days(*range(21, 29)),
                [want(hours, "thin", limit=limit, low=hm(216), high=hm(312))],
            ),
        ),
    ]
