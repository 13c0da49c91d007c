"""The certificate of a roster as JSON and back, and as a page that a program director can read."""

from __future__ import annotations

import json

from housestaff.core.certificate import Certificate, LevelResult, StageResult
from housestaff.core.duties import Certainty
from housestaff.core.errors import BadInput
from housestaff.core.finding import Citation, Finding, Force, Verdict, measured
from housestaff.core.program import Program
from housestaff.core.time import Span
from housestaff.files.certificate_page import advised, names_of, told, wrong
from housestaff.files.guard import gathered
from housestaff.files.kinds import DAY, INTEGER, NUMBER, TEXT, TRUTH, Kind, many, one_of
from housestaff.files.raw import as_list, as_table
from housestaff.files.records import Record, Where
from housestaff.files.toml_text import Plain

FORMAT = "housestaff certificate 1"


def _read_span(raw: object) -> Span:
    match as_list(raw):
        case [int(start), int(end)]:
            return Span(start, end)
        case _:
            raise BadInput(f"{raw!r} is no span.", remedy="Write two numbers of minutes: [start, end].")


def _read_versions(raw: object) -> tuple[tuple[str, str], ...]:
    rows = [as_list(row) for row in as_list(raw) or []]
    if not all(row is not None and len(row) == 2 for row in rows):
        raise BadInput(f"{raw!r} is no list of versions.", remedy='Write [["ortools", "9.15"]].')
    return tuple((str(row[0]), str(row[1])) for row in rows if row)


def _write_span(span: Span) -> Plain:
    return [span.start, span.end]


_CITATION = Record(
    Citation,
    {
        "source": ("source", TEXT),
        "number_2025": ("number_2025", TEXT),
        "number_2023": ("number_2023", TEXT),
        "pack": ("pack", TEXT),
        "pack_version": ("pack_version", INTEGER),
        "confidence": ("confidence", TEXT),
    },
)
FINDING = Record(
    Finding,
    {
        "rule": ("rule", TEXT),
        "force": ("force", one_of(Force)),
        "verdict": ("verdict", one_of(Verdict)),
        "who": ("who", TEXT),
        "from": ("first", DAY),
        "to": ("last", DAY),
        "span": ("span", Kind(_read_span, _write_span)),
        "amount": ("amount", INTEGER),
        "limit": ("limit", INTEGER),
        "unit": ("unit", TEXT),
        "margin": ("margin", INTEGER),
        "low": ("low", INTEGER),
        "high": ("high", INTEGER),
        "citation": ("citation", _CITATION.kind()),
        "certainty": ("certainty", one_of(Certainty)),
        "sentence": ("sentence", TEXT),
        "duties": ("duties", many(TEXT)),
        "at_least": ("at_least", TRUTH),
        "note": ("note", TEXT),
        "half_days_present": ("half_days_present", INTEGER),
        "leave_halves": ("leave_halves", INTEGER),
        "weekly": ("weekly", many(INTEGER)),
        "rotation": ("rotation", TEXT),
    },
)
_LEVEL = Record(
    LevelResult,
    {"name": ("name", TEXT), "value": ("value", NUMBER), "bound": ("bound", NUMBER), "unit": ("unit", TEXT)},
)
_STAGE = Record(
    StageResult,
    {
        "name": ("name", TEXT),
        "status": ("status", TEXT),
        "seconds": ("seconds", NUMBER),
        "levels": ("levels", many(_LEVEL.kind())),
    },
)
CERTIFICATE = Record(
    Certificate,
    {
        "program": ("program", TEXT),
        "roster_hash": ("roster_hash", TEXT),
        "ruleset_hash": ("ruleset_hash", TEXT),
        "seed": ("seed", INTEGER),
        "seconds": ("seconds", NUMBER),
        "versions": ("versions", Kind(_read_versions, lambda rows: [list(row) for row in rows])),
        "kept": ("kept", INTEGER),
        "broken": ("broken", INTEGER),
        "unknown": ("unknown", INTEGER),
        "stages": ("stages", many(_STAGE.kind())),
        "worst": ("worst", many(FINDING.kind())),
        "findings": ("findings", many(FINDING.kind())),
    },
)


def write_certificate(certificate: Certificate) -> str:
    """A certificate as canonical JSON."""
    table = {"format": FORMAT, **CERTIFICATE.write(certificate)}
    return json.dumps(table, ensure_ascii=False, indent=1, default=str) + "\n"


def read_certificate(text: str, name: str = "certificate.json") -> Certificate:
    """The certificate of a JSON text."""
    remedy = "A certificate is written by Housestaff; make it again."
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"this is no JSON: {error}.", place=name, remedy=remedy) from error
    table = as_table(given)
    if table is None or table.pop("format", None) != FORMAT:
        raise BadInput("this is JSON, but no certificate.", place=name, remedy=remedy)
    problems: list[BadInput] = []
    certificate = CERTIFICATE.read(table, Where(name, problems))
    if certificate is None or problems:
        raise gathered(problems)
    return certificate


def certificate_text(certificate: Certificate, program: Program | None = None) -> str:
    """A certificate as plain lines: the verdict, what remains broken, how good each stage is, the worst windows.

    With the program at hand, people have names instead of ids.
    """
    names = names_of(program)
    lines = [
        f"Certificate of the roster of {program.name if program else certificate.program}",
        f"{certificate.kept} bounds kept, {certificate.broken} broken, {certificate.unknown} unknown.",
        f"Seed {certificate.seed}, {certificate.seconds:.1f} s; "
        + ", ".join(f"{name} {version}" for name, version in certificate.versions),
        f"Roster {certificate.roster_hash}",
        f"Rules  {certificate.ruleset_hash}",
        "",
    ]
    if found := wrong(certificate):
        lines += ["What does not hold", *(f"  {told(finding, names)}" for finding in found), ""]
    for rule, found in advised(certificate).items():
        lines += [f"What should be better: {rule} ({len(found)})", *(f"  {told(each, names)}" for each in found), ""]
    for stage in certificate.stages:
        lines.append(f"{stage.name}: {stage.status} in {stage.seconds:.1f} s")
        lines += [
            f"  {level.name}: {level.value:g} {level.unit}, bound {level.bound:g}, gap {level.gap_percent:.1f} %"
            for level in stage.levels
        ]
    lines += ["", "Tightest window of each rule and person"]
    lines += [
        f"  {finding.rule}, {names.get(finding.who, finding.who)}, {finding.first} to {finding.last}: "
        f"{measured(finding.amount, finding.unit)} (limit {measured(finding.limit, finding.unit)}), "
        f"{finding.verdict.value} [{finding.citation}]"
        for finding in certificate.worst
    ]
    return "\n".join(lines) + "\n"
