"""What a process keeps of schedules at hand: rosters of revisions, which never change, and the newest one as judged."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from uuid import UUID

from housestaff.core.changes import Change, applied
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.rules.finished_roster import FinishedRoster

_MOST_ROSTERS, _MOST_VIEWS = 32, 8
_ROSTERS: OrderedDict[tuple[UUID, int], Roster] = OrderedDict()
_VIEWS: OrderedDict[UUID, tuple[int, FinishedRoster]] = OrderedDict()
"""The newest revision of each schedule, as the judge reads it."""
_LOCK = Lock()


def roster(schedule_id: UUID, revision: int) -> Roster | None:
    """The roster of a revision, if it is at hand."""
    key = schedule_id, revision
    with _LOCK:
        if key in _ROSTERS:
            _ROSTERS.move_to_end(key)
        return _ROSTERS.get(key)


def view(schedule_id: UUID, program: Program) -> tuple[int, FinishedRoster] | None:
    """The newest revision of a schedule that is at hand as the judge reads it, if it was read with this program."""
    with _LOCK:
        found = _VIEWS.get(schedule_id)
        if found is None or found[1].program is not program:
            return None
        _VIEWS.move_to_end(schedule_id)
        return found


def caught_up(known: FinishedRoster, changes: Iterable[Change]) -> FinishedRoster:
    """A view brought up by changes that others made: only what they touch is worked out anew."""
    for change in changes:
        grid = known.grid.changed(applied(known.grid.roster, change), change)
        known = FinishedRoster(grid, known=known)
    return known


def keep(schedule_id: UUID, revision: int, roster: Roster, view: FinishedRoster | None = None) -> None:
    """Keep a revision at hand; an older view never takes the place of a newer one."""
    with _LOCK:
        _ROSTERS[schedule_id, revision] = roster
        while len(_ROSTERS) > _MOST_ROSTERS:
            _ROSTERS.popitem(last=False)
        if view is not None and _VIEWS.get(schedule_id, (0, view))[0] <= revision:
            _VIEWS[schedule_id] = revision, view
            _VIEWS.move_to_end(schedule_id)
            while len(_VIEWS) > _MOST_VIEWS:
                _VIEWS.popitem(last=False)
