"""What stands on the printed certificate: the counts, what does not hold, and the tightest window of each rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from housestaff.core.certificate import Certificate
from housestaff.core.finding import Finding, Force, Verdict, measured
from housestaff.core.program import Program
from housestaff.files.raw import Raw


def certificate_page(certificate: Certificate, program: Program | None = None) -> dict[str, Raw]:
    """The certificate as plain data; with the program at hand, people have names instead of ids."""
    names = names_of(program)
    versions = ", ".join(f"{name} {version}" for name, version in certificate.versions)
    title = program.name if program else certificate.program
    return {
        "title": f"Certificate, {title}",
        "note": f"{title}, academic year {program.calendar.academic_year}" if program else title,
        "kept": certificate.kept,
        "broken": certificate.broken,
        "unknown": certificate.unknown,
        "facts": [
            ["Roster", certificate.roster_hash],
            ["Rules", certificate.ruleset_hash],
            ["Made with", f"{versions}; seed {certificate.seed}; {certificate.seconds:.1f} s"],
        ],
        "wrong": [told(finding, names) for finding in wrong(certificate)],
        "advised": [
            [rule.replace("_", " "), str(len(found)), told(found[0], names)]
            for rule, found in advised(certificate).items()
        ],
        "stages": list(_stages(certificate)),
        "tightest": [_window(finding, names) for finding in tightest(certificate)],
        "worst": [_window(finding, names) for finding in certificate.worst if finding.force is Force.MUST],
    }


def names_of(program: Program | None) -> dict[str, str]:
    """The names of people by id."""
    return {person.id: person.display_name for person in program.people} if program else {}


def wrong(certificate: Certificate) -> list[Finding]:
    """What is broken, and what nobody can know."""
    return [finding for finding in certificate.findings if finding.verdict is not Verdict.ADVISORY]


def advised(certificate: Certificate) -> dict[str, list[Finding]]:
    """What should be better, by rule, the furthest from its limit first."""
    found: dict[str, list[Finding]] = {}
    for finding in certificate.findings:
        if finding.verdict is Verdict.ADVISORY:
            found.setdefault(finding.rule, []).append(finding)
    return {rule: sorted(held, key=lambda finding: finding.margin) for rule, held in sorted(found.items())}


def tightest(certificate: Certificate) -> list[Finding]:
    """For each rule the window, of whomever, in which the smallest part of the limit was left."""
    best: dict[str, Finding] = {}
    for finding in certificate.worst:
        held = best.get(finding.rule)
        if held is None or _left(finding) < _left(held):
            best[finding.rule] = finding
    return list(best.values())


def _left(finding: Finding) -> float:
    return finding.margin / max(abs(finding.limit), 1)


def told(finding: Finding, names: Mapping[str, str]) -> str:
    """A finding in a line: who, when, and the sum with its source."""
    source = "" if str(finding.citation) in finding.sentence else f" [{finding.citation}]"
    when = f"{finding.first:%b %-d, %Y}"
    if finding.last != finding.first:
        when += f" to {finding.last:%b %-d, %Y}"
    return f"{names.get(finding.who, finding.who)}, {when}: {finding.sentence}{source}"


def _window(finding: Finding, names: Mapping[str, str]) -> Sequence[str]:
    return [
        finding.rule.replace("_", " "),
        names.get(finding.who, finding.who),
        f"{finding.first:%Y-%m-%d} to {finding.last:%Y-%m-%d}",
        measured(finding.amount, finding.unit),
        ("at least " if finding.at_least else "") + measured(finding.limit, finding.unit),
        str(finding.citation),
    ]


def _stages(certificate: Certificate) -> Iterable[list[str]]:
    for stage in certificate.stages:
        for level in stage.levels:
            value, bound = f"{level.value:g} {level.unit}".strip(), f"{level.bound:g}"
            yield [stage.name, level.name, value, bound, f"{level.gap_percent:.1f} %"]
        if not stage.levels:
            yield [stage.name, stage.status, "", "", ""]
