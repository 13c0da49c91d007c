"""Who supervises whom: every piece of a resident's patient care against the pool that the program names for it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from housestaff.core.duties import Duty, DutyKind, Flag
from housestaff.core.errors import BadInput
from housestaff.core.further_views import Watched
from housestaff.core.people import Person
from housestaff.core.supervision import Supervision, SupervisionPool
from housestaff.core.time import DAY, Half, Span
from housestaff.core.view import Amount, RosterView
from housestaff.rules.supervision import months_completed, needed_level

_SERVICE = {DutyKind.ROTATION_DAY, DutyKind.NIGHT_FLOAT, DutyKind.EMERGENCY_SHIFT}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Watch:
    """A span in which somebody holds what supervises."""

    span: Span
    person: Person
    duty: Duty


class Watching:
    """The supervision of a roster, worked out from the pools of the program."""

    def __init__(self, view: RosterView) -> None:
        """Read the duties from a view, whichever way it answers."""
        self._view, self._program = view, view.program
        self._months: dict[tuple[str, date], int] = {}

    def pieces(self, person: Person, *, months: int | None = None) -> Iterator[Watched]:
        """Every piece of a resident's patient care for which the program names a pool of supervisors."""
        if not self._pools:
            return
        for duty in self._view.duties(person):
            asked = Flag.CLINICAL in duty.flags and self._view.in_focus(duty.span)
            pools = self._pools_of(duty) if asked else []
            if pools:
                needed = self.needed(person, duty, months)
                for span, supervisors in self._cut(person, duty, pools, needed):
                    yield Watched(duty, span, self._view.holds(person, duty), supervisors, needed)

    @cached_property
    def _pools(self) -> dict[str, list[SupervisionPool]]:
        program, found = self._program, defaultdict[str, list[SupervisionPool]](list)
        known = {*program.activity_by_code, *program.rotation_by_code, *program.call_by_id, *program.person_by_id}
        for pool in program.supervision_pools:
            if unknown := {pool.where, *pool.by} - known:
                raise BadInput(
                    f"'{min(unknown)}' is no activity, rotation, call line or person.",
                    place=f"supervision_pool of {pool.where}",
                    remedy="Nobody would be supervised, or supervise, under that name: mend it.",
                )
            found[pool.where].append(pool)
        return found

    def _pools_of(self, duty: Duty) -> list[SupervisionPool]:
        """The pools of a duty: of its activity, else of its line of call, else of its service."""
        service = duty.rotation if duty.kind in _SERVICE else ""
        names = (duty.activity, duty.line, service)
        nobody: list[SupervisionPool] = []
        return next((self._pools[name] for name in names if name and name in self._pools), nobody)

    # -- what is needed ------------------------------------------------------------------------------------------------

    def needed(self, person: Person, duty: Duty, months: int | None) -> Supervision:
        """The least supervision of a duty: by level, by months completed, by activity, unless released for it."""
        level = person.level_on(duty.day)
        where = duty.activity or duty.line or duty.rotation
        released = any(person.has_credential(f"released:{name}", duty.day) for name in (where, "all"))
        first = self._view.settings.number("direct_supervision_months", duty.day) if months is None else months
        done = self._done(person, duty.day)
        needed = needed_level(level, done, direct_months=first, released=released)
        for need in self._program.supervision:
            still = need.first_months == 0 or (done < need.first_months and not released)
            if need.level == level and need.activity in {where, duty.rotation} and still:
                needed = max(needed, need.least)
        return needed

    def has_passed(self, person: str, day: date, *, months: int) -> bool:
        """Say whether a person has completed so many months of training on a date."""
        return self._done(self._program.person(person), day) >= months

    def _done(self, person: Person, day: date) -> int:
        if (person.id, day) not in self._months:
            started = person.levels[0].dates.first if person.levels else day
            without_leave = self._view.settings.is_on("months_exclude_leave", day)
            mine = self._program.blocking_leaves.get(person.id, ())
            self._months[person.id, day] = months_completed(started, day, mine, exclude_leave=without_leave)
        return self._months[person.id, day]

    # -- who is there --------------------------------------------------------------------------------------------------

    @cached_property
    def _watches(self) -> dict[str, list[_Watch]]:
        """Who holds each code, line or name that supervises, in order of time, leave cut out."""
        wanted = {name for pool in self._program.supervision_pools for name in pool.by}
        found: dict[str, list[_Watch]] = defaultdict(list)
        for person in self._program.people:
            for duty in self._near(person) if person.is_faculty or person.is_trainee else ():
                names = {duty.activity, duty.line, person.id, duty.rotation if duty.kind in _SERVICE else ""} & wanted
                for span in self._there(person, duty) if names else ():
                    for name in names:
                        found[name].append(_Watch(span, person, duty))
        return {name: sorted(watches, key=lambda each: each.span) for name, watches in found.items()}

    def _near(self, person: Person) -> Iterable[Duty]:
        """The duties of a person that touch the time asked about, or all of them."""
        duties, focus = self._view.duties(person), self._view.focus
        if focus is None:
            return duties
        low = bisect_left(duties, focus.start - 2 * DAY, key=lambda duty: duty.span.start)
        return duties[low : bisect_right(duties, focus.end + DAY, key=lambda duty: duty.span.start)]

    def _there(self, person: Person, duty: Duty) -> Iterator[Span]:
        """The pieces of a duty on which its holder is not on leave."""
        at, zone = duty.span.start, self._program.zone
        for day in (duty.day, duty.day + _DAY):
            for half in Half:
                if (person.id, day, half) in self._program.halves_away:
                    away = zone.half_span(day, half)
                    if away.start > at and away.start < duty.span.end:
                        yield Span(at, away.start)
                    at = max(at, min(away.end, duty.span.end)) if away.start < duty.span.end else at
        if at < duty.span.end:
            yield Span(at, duty.span.end)

    def _cut(
        self, person: Person, duty: Duty, pools: Iterable[SupervisionPool], needed: Supervision
    ) -> Iterator[tuple[Span, Amount]]:
        """A duty cut where its supervisors come and go; neighbors with the same people stay together."""
        near: list[_Watch] = []
        for pool in pools:
            for name in pool.by if pool.gives >= needed else ():
                watches = self._watches.get(name, [])
                low = bisect_left(watches, duty.span.start - 2 * DAY, key=lambda each: each.span.start)
                high = bisect_right(watches, duty.span.end, key=lambda each: each.span.start)
                near += [
                    each for each in watches[low:high] if each.span.overlaps(duty.span) and each.person.id != person.id
                ]
        cuts = {duty.span.start, duty.span.end}
        cuts |= {edge for each in near for edge in (each.span.start, each.span.end)}
        inside = sorted(cut for cut in cuts if duty.span.start <= cut <= duty.span.end)
        start, there = inside[0], self._there_at(near, inside[0])
        for cut in inside[1:]:
            after = self._there_at(near, cut) if cut < duty.span.end else None
            if after != there:
                yield Span(start, cut), self._sum(there)
                start, there = cut, after or []

    def _sum(self, watches: Iterable[_Watch]) -> Amount:
        """How many of some people hold what supervises."""
        total: Amount = 0
        for each in watches:
            total = total + self._view.holds(each.person, each.duty)
        return total

    @staticmethod
    def _there_at(near: list[_Watch], instant: int) -> list[_Watch]:
        return [each for each in near if each.span.start <= instant < each.span.end]
