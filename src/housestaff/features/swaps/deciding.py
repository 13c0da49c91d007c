"""What the program decides about swaps, and what happens then: approved, carried out at its time, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from housestaff.core.changes import diff
from housestaff.core.errors import BadInput, HousestaffError, NotAllowed, NotFound, RuleBroken, Stale
from housestaff.core.events import SwapApproved, SwapExecuted, SwapFailed, SwapRejected, SwapRolledBack
from housestaff.features.program.store import Programs
from housestaff.features.schedules.publishing import Amendment, Gate, amend, check_freeze
from housestaff.features.schedules.store import Schedules
from housestaff.features.swaps.commands import ApproveSwap, ExecuteSwap, RejectSwap, RollBackSwap
from housestaff.features.swaps.model import AGREED, APPROVED, EXECUTED, FAILED, REJECTED, ROLLED_BACK, Swap
from housestaff.features.swaps.store import Swaps
from housestaff.features.swaps.trial import WHY, Floor, Published, refuse_begun
from housestaff.plumbing.access import allow
from housestaff.plumbing.bus import handles
from housestaff.plumbing.timers import Due, Timers
from housestaff.plumbing.unit import Unit
from housestaff.rules.settings import ProgramSettings

AT_LEAST_BEFORE = timedelta(hours=1)


@handles(ApproveSwap)
def approve_swap(ask: ApproveSwap, unit: Unit, floor: Floor, swaps: Swaps, timers: Timers) -> None:
    """The program agrees; a timer carries the swap out at its time."""
    before = swaps.get(ask.swap_id, lock=True).in_state(AGREED, FAILED)
    _refuse_party(unit, before)
    there = floor.holding(before.duties)
    refuse_begun(there, unit.now)
    tried = floor.checked(there, before.moves)
    check_freeze(unit, there.program, tried.change.days, reason_code=ask.freeze_reason, reason=before.reason)
    execute_at = ask.execute_at or unit.now
    if ask.execute_at is not None and not unit.now <= execute_at <= there.first_start - AT_LEAST_BEFORE:
        raise BadInput(
            "that is no time for it.", place="execute_at", remedy="Choose one at least an hour before its first duty."
        )
    after = replace(
        before.moved(APPROVED, AGREED, FAILED),
        execute_at=execute_at,
        freeze_reason=ask.freeze_reason,
    )
    swaps.keep(after)
    timers.cancel("swap.expire", after.swap_id)
    timers.arm("swap.execute", after.swap_id, execute_at)
    unit.is_about("swap", after.swap_id, version=after.version, changes={"state": [before.state, after.state]})
    unit.subject.reason_code = ask.freeze_reason
    unit.tell(
        SwapApproved(
            swap_id=after.swap_id, party_ids=after.parties, approved_by=unit.request.user_id, execute_at=execute_at
        )
    )


@handles(RejectSwap)
def reject_swap(ask: RejectSwap, unit: Unit, swaps: Swaps, timers: Timers) -> None:
    """The program does not agree."""
    before = swaps.get(ask.swap_id, lock=True)
    _refuse_party(unit, before)
    after = before.moved(REJECTED, AGREED)
    swaps.keep(after)
    timers.cancel("swap.expire", after.swap_id)
    unit.is_about("swap", after.swap_id, version=after.version, changes={"state": [before.state, after.state]})
    unit.subject.reason_code = ask.reason_code
    unit.tell(
        SwapRejected(
            swap_id=after.swap_id, party_ids=after.parties, by=unit.request.user_id, reason_code=ask.reason_code
        )
    )


def _refuse_party(unit: Unit, swap: Swap) -> None:
    if unit.principal is not None and unit.principal.person_id in swap.parties:
        raise NotAllowed("Nobody decides about their own swap. Ask another coordinator or the program director.")


@handles(ExecuteSwap)
def execute_swap(ask: ExecuteSwap, unit: Unit, floor: Floor, swaps: Swaps, gate: Gate) -> int | None:
    """The duties change hands in a new version, or everything stays and the swap has failed. Returns the number."""
    before = swaps.get(ask.swap_id, lock=True)
    unit.is_about("swap", ask.swap_id, version=before.version)
    if before.state != APPROVED or before.execute_at is None or before.execute_at > unit.now:
        return None
    try:
        there = floor.holding(before.duties, lock=True)
        refuse_begun(there, unit.now)
        number = _carried_out(unit, floor, there, before, gate=gate)
    except (BadInput, NotFound, RuleBroken, Stale) as refused:
        _fail(unit, swaps, before, refused)
        return None
    settings = ProgramSettings(there.program.policy)
    hours = settings.number("swap_rollback_hours", there.program.zone.day(unit.now))
    until = unit.now + timedelta(hours=hours)
    after = replace(before.moved(EXECUTED, APPROVED), executed_number=number, rollback_until=until)
    swaps.keep(after)
    unit.is_about("swap", after.swap_id, version=after.version, changes={"state": [before.state, after.state]})
    unit.tell(
        SwapExecuted(
            swap_id=after.swap_id,
            party_ids=after.parties,
            schedule_id=after.schedule_id,
            number=number,
            moves=tuple(floor.schedules.cells.changes_of(after.schedule_id, number)),
            rollback_until=until,
        )
    )
    return number


def _carried_out(unit: Unit, floor: Floor, there: Published, swap: Swap, *, gate: Gate) -> int:
    tried = floor.tried(there, swap.moves)
    amendment = Amendment(
        change=tried.change,
        cause=WHY,
        base_number=there.schedule.number or 0,
        reason_code=swap.freeze_reason,
        is_agreed=True,
    )
    number, _found = amend(unit, floor.programs, floor.schedules, there.schedule, amendment, gate=gate)
    return number


def _fail(unit: Unit, swaps: Swaps, before: Swap, refused: HousestaffError) -> None:
    code = refused.place or "bad_input" if isinstance(refused, BadInput) else "stale"
    code = refused.findings[0].rule if isinstance(refused, RuleBroken) else code
    after = before.moved(FAILED, APPROVED, problem=str(refused))
    swaps.keep(after)
    unit.is_about("swap", after.swap_id, version=after.version, changes={"state": [before.state, after.state]})
    unit.tell(SwapFailed(swap_id=after.swap_id, party_ids=after.parties, code=code, problem=str(refused)))


def execute_of(due: Due) -> ExecuteSwap:
    """The command of a timer whose swap is to happen now."""
    return ExecuteSwap(swap_id=UUID(due.subject_id))


@handles(RollBackSwap)
def roll_back_swap(
    ask: RollBackSwap, unit: Unit, programs: Programs, schedules: Schedules, swaps: Swaps, gate: Gate
) -> int:
    """What the swap has moved is given back, exactly that, in a new version. Returns its number."""
    before = swaps.get(ask.swap_id, lock=True).in_state(EXECUTED)
    asker = unit.principal
    is_party = asker is not None and asker.person_id in before.parties
    if asker is not None and not is_party and allow(asker, "swap:approve") is None:
        raise NotAllowed("This is somebody else's swap.")
    if before.rollback_until is None or unit.now > before.rollback_until:
        raise Stale("The time to take it back is over. Ask for a new swap.")
    schedule = schedules.get(before.schedule_id, lock=True).as_published()
    revision = schedules.revision_of(before.schedule_id, before.executed_number or 0)
    then, after = (schedules.roster(before.schedule_id, each) for each in (revision - 1, revision))
    moved_cells = schedules.cells.changes_of(before.schedule_id, before.executed_number or 0)
    if min(cell.starts_at for cell in moved_cells) <= unit.now:
        raise Stale("The first of its duties has begun.")
    amendment = Amendment(
        change=diff(after, then),
        cause="swap_rollback",
        base_number=schedule.number or 0,
        reason_code=ask.reason_code,
        is_agreed=True,
    )
    number, _found = amend(unit, programs, schedules, schedule, amendment, gate=gate)
    rolled = before.moved(ROLLED_BACK, EXECUTED)
    swaps.keep(rolled)
    unit.is_about("swap", rolled.swap_id, version=rolled.version, changes={"state": [before.state, rolled.state]})
    unit.subject.reason_code = ask.reason_code
    unit.tell(
        SwapRolledBack(
            swap_id=rolled.swap_id,
            party_ids=rolled.parties,
            schedule_id=rolled.schedule_id,
            number=number,
            reason_code=ask.reason_code,
        )
    )
    return number
