"""The questions about single events: rests, stretches of work, runs of days and nights, leave that is worked on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeAlias

from housestaff.core.bound import Amount, Stretch
from housestaff.core.duties import Duty
from housestaff.core.people import Person
from housestaff.core.program import StayByChoice
from housestaff.core.time import Span

Run: TypeAlias = tuple[Amount, Span, tuple[Duty, ...]]
"""A run of dates or nights: how many, when, and the duties if they are known."""


class EventView(Protocol):
    """The questions about single events of a person."""

    def rests(self, person: Person, *, under: int) -> Iterable[Stretch]:
        """The rest between each two scheduled work periods; the solver names only those under a length."""
        ...

    def rests_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """The rest after each work period with that many in-house minutes."""
        ...

    def home_call_after_call(self, person: Person, *, call: int, under: int) -> Iterable[Stretch]:
        """At-home call assigned within the rest after call."""
        ...

    def rests_after_shift(self, person: Person) -> Iterable[Stretch]:
        """The rest between neighboring shifts in the department, the first's length as its limit."""
        ...

    def clinical_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Clinical work inside each work period; the solver names only what is over a length."""
        ...

    def shift_stretches(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Continuous scheduled hours in the emergency department."""
        ...

    def work_periods(self, person: Person, *, over: int) -> Iterable[Stretch]:
        """Each work period; the solver names only those over a length."""
        ...

    def work_chains(self, person: Person, *, rest: int, over: int) -> Iterable[Stretch]:
        """Chains of work periods separated by less than a rest."""
        ...

    def periods_with(self, person: Person, stay: StayByChoice) -> Iterable[Stretch]:
        """The long work periods that touch the date of a stay by choice."""
        ...

    def after(self, stretch: Stretch, minutes: int) -> int:
        """The instant a number of judged minutes after the start of a stretch."""
        ...

    def new_patients_after(self, stretch: Stretch, instant: int) -> int:
        """Minutes after an instant that are neither handoff nor education."""
        ...

    def stay_minutes(self, person: Person, period: Stretch) -> tuple[int, str]:
        """Minutes of a period that were a stay by choice, and why."""
        ...

    def stays(self, person: Person, span: Span) -> Sequence[StayByChoice]:
        """The stays by choice of a person inside a span."""
        ...

    def moonlighting(self, person: Person) -> Sequence[Duty]:
        """The moonlighting duties of a person."""
        ...

    def moonlights(self, person: Person, span: Span) -> bool:
        """Say whether a person moonlights in a span."""
        ...

    def worked(self, person: Person, duty: Duty) -> Amount:
        """The minutes of a duty if the person holds it."""
        ...

    def home_call_nights(self, person: Person, span: Span) -> tuple[int, int]:
        """Nights of at-home call in a span, and those with work between 22:00 and 06:00."""
        ...

    def night_windows(self, person: Person, nights: int) -> Iterable[Span]:
        """Every window of that many nights that starts with a night of call."""
        ...

    def nights_between_calls(self, person: Person) -> Iterable[Run]:
        """Between each two neighboring calls: the nights that lie between."""
        ...

    def duty_runs(self, person: Person, *, most: int) -> Iterable[Run]:
        """Each run of consecutive calendar dates with duty."""
        ...

    def night_runs(self, person: Person, *, most: int, since: date | None, until: date | None) -> Iterable[Run]:
        """Each run of consecutive nights of night float under an edition of the rule."""
        ...

    def emergency_weeks(self, person: Person) -> Iterable[Span]:
        """The whole weeks that a person spends on an emergency medicine rotation."""
        ...

    def worst_trailing_window(self, person: Person) -> tuple[Amount, int, Span] | None:
        """The trailing window with the most hours, and its half-days present."""
        ...

    def duties_on_leave(self, person: Person) -> Iterable[tuple[Duty, Amount]]:
        """Duties that begin on a half-day of approved leave."""
        ...

    def work_on_leave(self, person: Person) -> Iterable[tuple[Span, Amount]]:
        """The dates of leave on which counted work falls, with its minutes."""
        ...

    def home_calls_on_leave(self, person: Person) -> Iterable[tuple[Duty, Span]]:
        """At-home calls that begin on a half-day of approved leave."""
        ...

    def overlapping(self, person: Person) -> Iterable[tuple[Duty, Duty, Amount]]:
        """Each two duties of a person that share minutes."""
        ...
