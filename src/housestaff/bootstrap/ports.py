"""The answers to what rooms ask of rooms above them, where a line does not do."""

from __future__ import annotations

from datetime import time
from functools import partial

from housestaff.features.compliance.accepting import accepted, is_given_up, sign
from housestaff.features.compliance.signing import Signing
from housestaff.features.compliance.store import ComplianceRecord
from housestaff.features.leave.store import LeaveRecords
from housestaff.features.notices.when import DIGEST_AT
from housestaff.features.program.store import Programs
from housestaff.features.schedules.publishing import Gate
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.timers import Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.judge import judge_roster
from housestaff.rules.settings import ProgramSettings


def gate(jobs: Jobs, sealer: Sealer, unit: Unit) -> Gate:
    """What must say yes before a schedule is published: the judge, signed overrides, work that has given up."""
    record, programs = ComplianceRecord(unit), Programs(unit, LeaveRecords(unit))
    signing = Signing(unit, record, Timers(unit, jobs), programs, sealer)
    return Gate(judge_roster, partial(accepted, record), partial(is_given_up, record), partial(sign, signing))


def digest_at(unit: Unit) -> time:
    """When the digests of a program leave, as its policy says; a program that is still empty has the default."""
    programs = Programs(unit, LeaveRecords(unit))
    if programs.is_empty():
        return DIGEST_AT
    program = programs.get()
    settings = ProgramSettings(program.policy)
    return time.fromisoformat(settings.choice("digest_at", program.zone.day(unit.now)))
