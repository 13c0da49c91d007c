"""Which planted defects the judge found, and which of its findings nobody planted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from housestaff.core.finding import Finding, Verdict
from housestaff.files.tables_csv import Defect
from housestaff.synthetic.planting.draft import NOTHING

_NEAR = timedelta(days=1)
_FOLLOWS = {"supervised": "attendings_in_clinic"}
"""A finding of the one rule follows from a defect of the other: no attending, so nobody who supervises."""


def is_found(defect: Defect, findings: Iterable[Finding]) -> bool:
    """Say whether the judge says of a defect what the manifest expects; of a trap it says nothing."""
    about = [
        each
        for each in findings
        if each.rule == defect.expected_rule
        and each.verdict not in {Verdict.KEPT, Verdict.THIN}
        and (not defect.person or each.who == defect.person)
        and concerns(defect, each)
    ]
    if defect.expected_verdict == NOTHING:
        return not about
    return any(each.verdict == defect.expected_verdict for each in about)


def concerns(defect: Defect, finding: Finding) -> bool:
    """Say whether a finding is about the place of a defect: its date, and its line or clinic if it names nobody."""
    on_date = defect.day is not None and finding.first <= defect.day <= finding.last
    on_place = defect.person or defect.where in {finding.who, finding.rotation}
    return on_date and bool(on_place)


def unplanted(manifest: Iterable[Defect], findings: Iterable[Finding]) -> list[Finding]:
    """Violations and unknowns on which no defect stands: neither its person nor its date, nor what follows."""
    defects = list(manifest)
    return [
        each
        for each in findings
        if each.verdict in {Verdict.BROKEN, Verdict.UNKNOWN}
        and not any(
            (defect.expected_rule == each.rule and concerns(defect, each))
            or (defect.person == each.who and _is_near(defect, each))
            or (defect.expected_rule == _FOLLOWS.get(each.rule) and _is_near(defect, each))
            for defect in defects
        )
    ]


def _is_near(defect: Defect, finding: Finding) -> bool:
    return defect.day is not None and finding.first - _NEAR <= defect.day <= finding.last + _NEAR
