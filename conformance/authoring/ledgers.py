"""Section 12: away-time ledgers of the boards."""

from typing import Any

from conformance.authoring.scene import Json, case

ABIM: Json = {"id": "ABIM", "unit": "calendar_days", "per_year": 35, "cumulative_per_year": 35, "verified": True}
ABA: Json = {
    "id": "ABA",
    "unit": "working_days",
    "cumulative": 60,
    "with_approval": 40,
    "meeting_days": 5,
    "verified": True,
}
ABS: Json = {
    "id": "ABS",
    "unit": "clinical_weeks",
    "weeks_in_year": 52,
    "most_weeks_counted": 48,
    "years": [1, 3],
    "required": 140,
    "verified": True,
}
ABFM: Json = {"id": "ABFM", "unit": "weeks", "per_year": 12, "verified": False}
PROGRAM: Json = {"id": "program", "unit": "calendar_days", "per_year": 28, "verified": True}


def used(*amounts: int) -> list[Json]:
    """Opening balances: so much used in training year 1, 2, 3."""
    return [{"year": year, "used": amount} for year, amount in enumerate(amounts, start=1)]


def ledger(name: str, boards: list[Json], expect: list[Json], **more: Any) -> Json:
    """One person's away time against one or more boards, with one expectation a board."""
    scenario: Json = {"name": name, "kind": "ledger", "boards": boards, "balances": [], "absences": []}
    return scenario | more | {"expect": expect}


def charge(board: str, **fields: object) -> Json:
    """What a board's ledger must say."""
    return {"board": board, **fields}


def absence(first: str, last: str, kind: str = "vacation", **more: Any) -> Json:
    """One absence record."""
    return {"kind": kind, "from": first, "to": last, **more}


def split_year() -> list[Json]:
    """LV-04: one leave record over the end of the academic year, in three units."""
    leave = [absence("2026-06-27", "2026-07-05")]
    days = charge("ABIM", charged=[{"year": 2025, "amount": 4}, {"year": 2026, "amount": 5}], total=9)
    work = charge("ABA", charged=[{"year": 2025, "amount": 2}, {"year": 2026, "amount": 3}], total=5)
    holiday = charge("ABA", charged=[{"year": 2025, "amount": 2}, {"year": 2026, "amount": 2}], total=4)
    return [
        ledger("Saturday to Sunday over July 1", [ABIM, ABA], [days, work], absences=leave),
        ledger(
            "observed holiday on Friday",
            [ABA],
            [holiday],
            absences=leave,
            holidays=[{"date": "2026-07-03", "counts": False}],
        ),
    ]


def cases() -> list[Json]:
    """The rows LV-01 to LV-12."""
    six_weeks = [absence("2025-09-01", "2025-10-12", "parental")]
    both = [charge("program", verdict="over", over=14), charge("ABIM+", verdict="on time")]
    longer = ABIM | {"id": "ABIM+", "per_year": 70}
    meeting = [absence("2026-04-13", "2026-04-16", "conference")]
    canceled = [absence("2026-02-02", "2026-02-06", canceled="2026-01-20", published="2026-01-10")]
    half = [absence("2026-02-02", "2026-02-02", half="AM")]
    entitlement = charge("IR-IV.H", verdict="fails", words=["1 paid week must remain"])
    weeks = [absence("2025-09-01", "2025-11-30", "parental")]
    return [
        case("LV-01", ledger("35 of 35", [ABIM], [charge("ABIM", verdict="on time", left=0)], balances=used(35))),
        case(
            "LV-02",
            ledger(
                "20 and 40",
                [ABIM],
                [charge("ABIM", verdict="on time", cumulative=60, cumulative_limit=70)],
                balances=used(20, 40),
            ),
        ),
        case(
            "LV-03",
            ledger(
                "50, 35 and 25",
                [ABIM],
                [charge("ABIM", verdict="needs extension", extension=5, cumulative=110, cumulative_limit=105)],
                balances=used(50, 35, 25),
            ),
        ),
        case("LV-04", *split_year()),
        case(
            "LV-05",
            ledger("61 working days", [ABA], [charge("ABA", verdict="needs approval", over=1)], balances=used(61)),
        ),
        case(
            "LV-06",
            ledger(
                "4, 9 and 4 weeks",
                [ABS],
                [charge("ABS", verdict="needs extension", clinical_weeks=139, required=140, short=1)],
                balances=used(4, 9, 4),
            ),
        ),
        case("LV-07", ledger("six weeks of parental leave", [PROGRAM, longer], both, absences=six_weeks)),
        case(
            "LV-08",
            ledger(
                "six weeks, vacation balance 0",
                [{"id": "IR-IV.H", "unit": "weeks", "verified": True}],
                [entitlement],
                absences=[six_weeks[0] | {"first_approved": True}],
                vacation_balance_weeks=0,
            ),
        ),
        case("LV-09", ledger("four days of conference", [ABA], [charge("ABA", total=0)], absences=meeting)),
        case(
            "LV-10",
            ledger("canceled after publishing", [ABIM], [charge("ABIM", total=0, entries=[5, -5])], absences=canceled),
        ),
        case(
            "LV-11",
            ledger("half a day", [ABIM, ABA], [charge("ABIM", total=0.5), charge("ABA", total=0.5)], absences=half),
        ),
        case("LV-12", ledger("row unverified", [ABFM], [charge("ABFM", verdict="unknown", total=13)], absences=weeks)),
    ]
