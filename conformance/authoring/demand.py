"""Section 11: attending demand in a clinic, and the primary care exception."""

from typing import Any

from conformance.authoring.scene import Json, case

QUARTERS = {"PGY-1": 2, "PGY-2": 1, "PGY-3": 1}
STARTS = {"PGY-1": "2025-07-01", "PGY-2": "2024-07-01", "PGY-3": "2023-07-01"}


def learners(first: int, second: int, third: int) -> list[Json]:
    """So many residents of each year, all present and without a procedure."""
    levels = ["PGY-1"] * first + ["PGY-2"] * second + ["PGY-3"] * third
    return [
        {
            "person": f"R{number}",
            "levels": [{"level": level, "from": STARTS[level], "to": None}],
            "procedures": 0,
            "on_leave": False,
        }
        for number, level in enumerate(levels, start=1)
    ]


def demand(name: str, people: list[Json], quarters: int, needed: int, **more: Any) -> Json:
    """One clinic half-day: the sum in quarters of an attending and the attendings it needs."""
    parameters = {"quarters": QUARTERS, "procedure_quarters": 4, "counting_kinds": ["AT", "PCAT"]}
    expected: Json = {"quarters": quarters, "attendings": needed}
    expected |= more.pop("expect", {})
    scenario: Json = {"name": name, "kind": "attending_demand", "date": "2025-08-04", "half": "AM"}
    return scenario | {"parameters": parameters, "learners": people, "attendings": []} | more | {"expect": expected}


def with_procedure(people: list[Json]) -> list[Json]:
    """The same residents, the last of whom does a procedure."""
    return [*people[:-1], people[-1] | {"procedures": 1}]


def demand_cases() -> list[Json]:
    """The rows AD-01 to AD-11."""
    seven = learners(3, 2, 2)
    one_away = learners(3, 0, 0)
    one_away[2] |= {"on_leave": True}
    present: list[Json] = [{"person": f"A{number}", "kind": "AT", "on_leave": number == 3} for number in range(1, 4)]
    deficit = {"deficit": 1, "who_left": ["A3"], "date": "2025-08-04", "half": "AM"}
    seniors: list[Json] = [
        {
            "person": f"R{number}",
            "procedures": 0,
            "on_leave": False,
            "levels": [
                {"level": "PGY-2", "from": "2024-07-01", "to": "2025-06-30"},
                {"level": "PGY-3", "from": "2025-07-01", "to": None},
            ],
        }
        for number in range(1, 4)
    ]
    intern: Json = {
        "person": "R4",
        "procedures": 0,
        "on_leave": False,
        "levels": [
            {"level": "PGY-1", "from": "2024-07-01", "to": "2025-06-30"},
            {"level": "PGY-2", "from": "2025-07-01", "to": None},
        ],
    }
    return [
        case("AD-01", demand("seven residents", seven, 10, 3)),
        case("AD-02", demand("one procedure", with_procedure(seven), 14, 4)),
        case("AD-03", demand("four seniors", learners(0, 0, 4), 4, 1)),
        case("AD-04", demand("five seniors", learners(0, 0, 5), 5, 2)),
        case("AD-05", demand("one procedure by one resident", with_procedure(learners(0, 1, 0)), 5, 2)),
        case("AD-06", demand("sum first, then round", learners(3, 2, 0), 8, 2)),
        case("AD-07", demand("sum first, then round", learners(1, 2, 0), 4, 1)),
        case("AD-08", demand("one on half-day leave", one_away, 4, 1)),
        case("AD-09", demand("nobody", [], 0, 0)),
        case("AD-10", demand("an attending on leave", seven, 10, 3, attendings=present, expect=deficit)),
        case(
            "AD-11",
            demand("June 30", [*seniors, intern], 5, 2, date="2025-06-30"),
            demand("July 1", [*seniors, intern], 4, 1, date="2025-07-01"),
        ),
    ]


def resident(number: int, level: str = "PGY-3", months: int = 30) -> Json:
    """A resident who sees patients without the teaching physician in the room."""
    return {"id": f"R{number}", "level": level, "months_completed": months}


def exception(name: str, people: list[Json], preceptors: list[Json], verdict: str, **more: Any) -> Json:
    """One session under the primary care exception."""
    expected: Json = {"rule": "primary_care_exception", "verdict": verdict}
    expected |= more.pop("expect", {"presence_required": []})
    scenario: Json = {"name": name, "kind": "primary_care_exception", "date": "2026-01-05", "settings": {}}
    scenario |= {"residents": people, "preceptors": preceptors, "leave": []}
    return scenario | more | {"expect": expected}


def exception_cases() -> list[Json]:
    """The rows PC-01 to PC-06."""
    free: Json = {"id": "A1", "own_patients": False}
    busy: Json = {"id": "A2", "own_patients": True}
    four = [resident(number) for number in range(1, 5)]
    five = [*four, resident(5)]
    junior = [*four[:3], resident(4, "PGY-1", 4)]
    starter: Json = {"id": "R1", "level": "PGY-1", "started": "2025-07-01"}
    weeks: list[Json] = [{"person": "R1", "kind": "parental", "from": "2025-09-01", "to": "2025-10-26"}]
    presence: Json = {"presence_required": ["R1"]}
    return [
        case("PC-01", exception("four and one", four, [free], "kept")),
        case("PC-02", exception("five and one", five, [free], "broken")),
        case(
            "PC-03",
            exception(
                "one preceptor sees own patients", five, [free, busy], "broken", expect={"counting_preceptors": 1}
            ),
        ),
        case("PC-04", exception("a first-year resident", junior, [free], "kept", expect={"presence_required": ["R4"]})),
        case(
            "PC-05",
            exception("December 31", [starter], [free], "kept", expect=presence, date="2025-12-31"),
            exception("January 2", [starter], [free], "kept", date="2026-01-02"),
        ),
        case(
            "PC-06",
            exception(
                "eight weeks of leave",
                [starter],
                [free],
                "kept",
                expect=presence,
                date="2026-01-02",
                leave=weeks,
                settings={"months_exclude_leave": True},
            ),
        ),
    ]
