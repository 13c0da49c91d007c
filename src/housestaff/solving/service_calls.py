"""Call inside a service: nights and days off are thought of together, window by window, with what is carried over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Layer, Night, Roster, merged
from housestaff.core.time import days
from housestaff.rules.settings import ProgramSettings
from housestaff.solving.call_windows import Circle, LikeLines, Window, circles, windows
from housestaff.solving.model import distance_from
from housestaff.solving.nearby import short_of_free_days
from housestaff.solving.open_service_days import OpenServiceDays
from housestaff.solving.run import Level, Outcome, Watch, chosen, run

_DAY = timedelta(days=1)
STAGE = "call inside services"


@dataclass
class Carried:
    """What one window hands to the next: the calls so far, and how far each person is behind the fair share.

    `short` names people and dates of stays that leave has left short of free days; they have no call.
    """

    roster: Roster
    short: frozenset[tuple[str, date]] = frozenset()
    behind: dict[tuple[LikeLines, str], float] = field(default_factory=lambda: defaultdict(float))


class CallWindow:
    """The model of one window: who has each night, while the days of the service may still be off."""

    def __init__(self, program: Program, circle: Circle, window: Window, carried: Carried) -> None:
        """Open the nights of the window and of the weeks after it, and the days of the stays around them."""
        self.program, self.circle, self.window, self.carried = program, circle, window, carried
        self.opened = OpenServiceDays(program, carried.roster, circle, window, short=carried.short)
        self.model = self.opened.model
        self.coverage: Any = 0
        self.nearness: Any = 0
        self.equity: Any = 0
        self.spacing: Any = 0
        self.opened.keep_rules()
        for group in circle.groups:
            self._cover(group)
            self._share(group)
        self._space()

    def _names(self, group: LikeLines, day: date) -> list[tuple[str, Any]]:
        return self.opened.names.get((group, day), [])

    def _wanted(self, group: LikeLines, day: date) -> int:
        """How many lines of a group have no name yet on a night."""
        if day.weekday() not in group.line.weekdays:
            return 0
        return sum(not self.carried.roster.on_call(line.id, day) for line in group.lines)

    def _nights(self, group: LikeLines) -> list[date]:
        return [day for day in days(self.window.first, self.window.until) if self._wanted(group, day)]

    def _cover(self, group: LikeLines) -> None:
        """As many names as lines a night; each that is missing is counted."""
        for day in self._nights(group):
            wanted = self._wanted(group, day)
            missing = self.model.new_int_var(0, wanted, f"missing {day}")
            self.model.add(sum(literal for _id, literal in self._names(group, day)) + missing == wanted)
            self.coverage = self.coverage + missing

    def _fair(self, group: LikeLines, until: date) -> Mapping[str, float]:
        """The share of each person in the nights up to a date: each night in equal parts to those who may have it."""
        found: dict[str, float] = defaultdict(float)
        for day in self._nights(group):
            names = self._names(group, day)
            for person, _literal in names if day <= until else ():
                found[person] += self._wanted(group, day) / len(names)
        return found

    def _share(self, group: LikeLines) -> None:
        mine: dict[str, list[Any]] = defaultdict(list)
        for day in self._nights(group):
            for person, literal in self._names(group, day):
                mine[person].append(literal)
        for person, share in self._fair(group, self.window.until).items():
            tenths = round(10 * (share + self.carried.behind[group, person]))
            self.equity = self.equity + distance_from(
                self.model, 10 * sum(mine[person]), tenths, 10_000, f"{person} off"
            )

    def _space(self) -> None:
        """Calls of one person nearer than the policy's nights are counted, those one night more apart are priced."""
        least = ProgramSettings(self.program.policy).number("call_minimum_nights_between", self.window.first)
        for calls in self.opened.calls.values():
            for day, one in calls.items():
                window = [calls[day + n * _DAY] for n in range(least + 1) if day + n * _DAY in calls]
                if len(window) > 1:
                    over = self.model.new_int_var(0, least, "calls too near")
                    self.model.add(sum(window) <= 1 + over)
                    self.nearness = self.nearness + over
                other = calls.get(day + (least + 1) * _DAY)
                if other is not None:
                    near = self.model.new_bool_var("calls near")
                    self.model.add(one + other - 1 <= near)
                    self.spacing = self.spacing + near

    def levels(self) -> list[Level]:
        """The objective, level by level."""
        return [
            Level("uncovered nights", self.coverage),
            Level("calls nearer than the policy's nights", self.nearness),
            Level("equity: distance from the fair share, tenths of a night", self.equity, tolerance=10),
            Level("preferences: calls near to one another", self.spacing),
        ]

    def carry(self, outcome: Outcome) -> Carried:
        """The roster with the nights of the window, and the shares that the next one settles."""
        calls: dict[Night, tuple[CallEntry, ...]] = {}
        behind = dict(self.carried.behind)
        for group in self.circle.groups:
            had: Counter[str] = Counter()
            for day in days(self.window.first, self.window.last):
                names = sorted(id_ for id_, literal in self._names(group, day) if chosen(outcome, literal))
                open_ = [line for line in group.lines if not self.carried.roster.on_call(line.id, day)]
                for line, person in zip(open_, names, strict=False):
                    calls[Night(line.id, day)] = (CallEntry(person, Layer.SOLVER),)
                had.update(names)
            for person, share in self._fair(group, self.window.last).items():
                behind[group, person] = self.carried.behind[group, person] + share - had[person]
        roster = merged(self.carried.roster, Roster(calls=MappingProxyType(calls)))
        return Carried(roster, self.carried.short, defaultdict(float, behind))


def _deal(
    program: Program, base: Roster, circle: Circle, given: tuple[Watch, int, float]
) -> tuple[Roster | None, list[Outcome]]:
    """The year of one circle, a window after the other; nothing where a window leaves no way."""
    watch, seed, seconds = given
    short = short_of_free_days(program, base, circle.people)
    carried, outcomes = Carried(base, frozenset(short)), list[Outcome]()
    every = list(windows(program, base, circle))
    for number, window in enumerate(every):
        share = seconds / len(every)
        model = CallWindow(program, circle, window, carried)
        part = f"{circle.name}, {window.first} to {window.last}"
        outcome = run(model.model, model.levels(), watch, stage=STAGE, part=part, seed=seed + number, seconds=share)
        outcomes.append(outcome)
        if not outcome.found:
            return None, outcomes
        carried = model.carry(outcome)
    return carried.roster, outcomes


def solve_service_calls(
    program: Program, base: Roster, watch: Watch, *, seed: int, seconds: float, workers: int = 2
) -> tuple[Roster | None, Sequence[Outcome]]:
    """The residents' call inside services over the year; circles of people are dealt side by side."""
    every = circles(program, base)

    def one(circle: Circle) -> tuple[Roster | None, list[Outcome]]:
        return _deal(program, base, circle, (watch, seed, seconds * min(workers, len(every)) / len(every)))

    with ThreadPoolExecutor(max_workers=workers) as pool:
        answers = list(pool.map(one, every))
    outcomes = [outcome for _roster, mine in answers for outcome in mine]
    return _together(base, [roster for roster, _mine in answers]), outcomes


def _together(base: Roster, rosters: Iterable[Roster | None]) -> Roster | None:
    found = base
    for roster in rosters:
        if roster is None:
            return None
        found = merged(found, roster)
    return found
