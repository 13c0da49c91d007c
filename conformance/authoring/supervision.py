"""Section 10: which level of supervision a duty needs and which it has."""

from typing import Any

from conformance.authoring.scene import Json, case

CLINIC_DATE = "2026-01-05"
CLINIC: Json = {"activity": "clinic", "patient_care": True}


def record(name: str, months: int, verdict: str, **more: Any) -> Json:
    """A clinic half-day of a PGY-1 with so many completed months; by default the attending is in the clinic."""
    scenario: Json = {"name": name, "kind": "supervision", "specialty": "family_medicine"}
    scenario["settings"] = {"direct_supervision_months": 6}
    scenario["resident"] = {"id": "R1", "level": "PGY-1", "months_completed": months}
    times = {"start": f"{CLINIC_DATE}T08:00", "end": f"{CLINIC_DATE}T12:00"}
    scenario["duty"] = {"activity": "clinic", "patient_care": True, **times}
    scenario["supervisors"] = [{"id": "A1", "kind": "AT", "level_given": "indirect", **times}]
    scenario |= {"releases": [], "leave": [], "credentials": []}
    expected: Json = {"rule": "supervised", "verdict": verdict}
    scenario["expect"] = expected | more.pop("expect", {})
    return scenario | more


def at(start: str, end: str, day: str = CLINIC_DATE) -> Json:
    """A span of one date."""
    return {"start": f"{day}T{start}", "end": f"{day}T{end}"}


def cases() -> list[Json]:
    """The rows SV-01 to SV-08."""
    need: Json = {"needs": "direct_present"}
    released: Json = {"resident": "R1", "activity": "clinic", "from": "2026-01-05"}
    day_before = at("08:00", "12:00", "2026-01-04")
    night: Json = {"start": "2026-01-05T19:00", "end": "2026-01-06T07:00"}
    pool: list[Json] = [
        {"id": "A1", "kind": "AT", "level_given": "indirect", "start": "2026-01-05T19:00", "end": "2026-01-06T00:00"},
        {"id": "A2", "kind": "AT", "level_given": "indirect", "start": "2026-01-06T03:00", "end": "2026-01-06T07:00"},
    ]
    senior: Json = {"id": "R1", "level": "PGY-2", "months_completed": 18}
    gap: Json = {"spans": [{"start": "2026-01-06T00:00", "end": "2026-01-06T03:00"}]}
    on_leave: Json = {"person": "A1", "from": CLINIC_DATE, "to": CLINIC_DATE, "half": "AM"}
    morning, afternoon = at("08:00", "12:00"), at("13:00", "17:00")
    post_call: Json = {"id": "A1", "kind": "PCAT", "level_given": "indirect", **morning}
    telephone: Json = {"id": "A1", "kind": "AT", "level_given": "direct_remote", **morning}
    skin: Json = {"activity": "procedure", "procedure": "skin biopsy", "patient_care": True, **morning}
    expired: Json = {"person": "A1", "procedure": "skin biopsy", "from": "2024-01-05", "until": "2026-01-04"}
    present: Json = {"id": "A1", "kind": "AT", "level_given": "direct_present", **day_before}
    return [
        case("SV-01", record("indirect in month one", 0, "broken", expect=need)),
        case("SV-02", record("released in month eight", 7, "kept", releases=[released])),
        case(
            "SV-03",
            record(
                "a day before the release",
                2,
                "broken",
                expect=need,
                releases=[released],
                duty=CLINIC | day_before,
                supervisors=[present | {"level_given": "indirect"}],
            ),
        ),
        case(
            "SV-04",
            record(
                "pool empty for three hours",
                18,
                "broken",
                expect=gap,
                resident=senior,
                supervisors=pool,
                duty={"activity": "night call", "patient_care": True, **night},
            ),
        ),
        case("SV-05", record("supervisor on leave", 18, "broken", resident=senior, leave=[on_leave])),
        case(
            "SV-06",
            record("post-call attending in the morning", 18, "kept", resident=senior, supervisors=[post_call]),
            record(
                "the same attending's afternoon off",
                18,
                "broken",
                resident=senior,
                supervisors=[post_call],
                duty=CLINIC | afternoon,
            ),
        ),
        case(
            "SV-07",
            record(
                "psychiatry by telephone", 0, "broken", expect=need, specialty="psychiatry", supervisors=[telephone]
            ),
        ),
        case(
            "SV-08",
            record(
                "credential expired the day before",
                18,
                "broken",
                expect={"rule": "qualified"},
                resident=senior,
                duty=skin,
                supervisors=[{"id": "A1", "kind": "AT", "level_given": "direct_present", **morning}],
                credentials=[expired],
            ),
        ),
    ]
