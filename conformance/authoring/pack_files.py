"""Section 16: loading of pack files."""

from conformance.authoring.scene import Json, case

HEAD = """[pack]
id = "{pack}"
title = "Conformance sample"
applies_to = {{ program = "*" }}
version = 3
"""
ROW = """
[[rule]]
id = "{rule}"
force = "should"
numbers = {{ {numbers} }}
since = {since}
{until}cites = {{ title = "Sample requirements", section = "1" }}
confidence = "{confidence}"
verified_by = "{verified_by}"
enabled = true
conflicts = []
note = ""
"""


def row(**fields: str) -> str:
    """One rule row of a pack file."""
    defaults = {
        "rule": "six_nights",
        "numbers": "nights = 6",
        "since": "2011-07-01",
        "until": "",
        "confidence": "confirmed",
        "verified_by": "",
    }
    return ROW.format(**(defaults | fields))


def load(name: str, rows: list[str], result: str, *words: str) -> Json:
    """A pack file and whether loading must accept it."""
    expected: Json = {"result": result}
    if words:
        expected["words"] = list(words)
    return {
        "name": name,
        "kind": "pack",
        "operation": "load_pack",
        "toml": HEAD.format(pack="sample") + "".join(rows),
        "expect": expected,
    }


def state(name: str, hours: int) -> Json:
    """A state row of weekly hours beside the common eighty hours."""
    toml = HEAD.format(pack="state-sample").replace('program = "*"', 'state = "NY"')
    toml += row(rule="eighty_hours", numbers=f"weekly_hours = {hours}", since="2017-07-01")
    first = ["state-sample", "common"] if hours < 80 else ["common"]
    return {
        "name": name,
        "kind": "pack",
        "operation": "load_pack",
        "toml": toml,
        "expect": {"result": "accepted", "judged_includes": ["common"], "order": first},
    }


def reproduce() -> Json:
    """A pack edited after a report was published must not change that report."""
    report = {"kind": "compliance", "from": "2025-07-01", "to": "2026-06-30", "published": "2026-07-10"}
    change = {"change": "pack_version", "pack": "em-2017", "version": 4}
    return {
        "name": "pack edited after publishing",
        "kind": "reproduce",
        "report": report,
        "then": [change],
        "expect": {"identical": True, "pack_versions": {"em-2017": 3}},
    }


def cases() -> list[Json]:
    """The rows PK-01 to PK-07."""
    unverified = row(confidence="unverified")
    verified = row(confidence="unverified", verified_by="GME office, 2026-02-10")
    first = row(until="until = 2017-06-30\n")
    later = row(since="2017-07-01")
    overlapping = row(since="2017-01-01")
    return [
        case("PK-01", load("unverified and enabled", [unverified], "refused", "six_nights")),
        case("PK-02", load("verified by a person", [verified], "accepted")),
        case("PK-03", load("two rows, one after the other", [first, later], "accepted")),
        case("PK-04", load("overlapping dates", [first, overlapping], "refused", "six_nights")),
        case("PK-05", state("stricter than the common rule", 72)),
        case("PK-06", state("laxer than the common rule", 88)),
        case("PK-07", reproduce()),
    ]
