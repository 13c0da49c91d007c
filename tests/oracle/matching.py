"""How the results of a judge are held against the expectations of a scenario."""

from datetime import date

from .model import Json, Result

QUIET = ("kept", "thin", "not_judged")


def fits(result: Result, expected: Json) -> bool:
    """Whether a result is the expected one in every field the expectation names."""
    for field in ("rule", "person", "verdict", "amount", "limit", "low", "high"):
        if field in expected and getattr(result, field) != expected[field]:
            return False
    dates = (("from", result.first), ("to", result.last))
    return all(found == date.fromisoformat(expected[key]) for key, found in dates if key in expected)


def met_by_silence(expected: Json) -> bool:
    """An expectation of kept or not judged without an amount asks only that nothing else is found."""
    return expected["verdict"] in ("kept", "not_judged") and not {"amount", "low"} & expected.keys()


def complaints(scenario: Json, results: list[Result]) -> list[str]:
    """What is missing and what is too much; an empty list means that the judge agrees with the suite."""
    expectations: list[Json] = scenario["expect"]
    missing = [
        f"missing: {expected}"
        for expected in expectations
        if not met_by_silence(expected) and not any(fits(result, expected) for result in results)
    ]
    extra = [
        f"unexpected: {result}"
        for result in results
        if result.verdict not in QUIET and not any(fits(result, expected) for expected in expectations)
    ]
    return missing + extra
