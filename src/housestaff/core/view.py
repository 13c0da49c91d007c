"""What a rule may ask of a roster, and what it answers: bounds.

The same questions are answered with numbers by the judge and with expressions by the solver, so a rule is written once.
An amount is an int, an `Interval` where facts are missing, or an expression over the solver's choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeAlias

from housestaff.core.demand import CallLine, Demand
from housestaff.core.duties import Duty, DutyKind
from housestaff.core.further_views import CallsView, ClinicWeeksView, SupervisionView, WishesView
from housestaff.core.people import Person
from housestaff.core.program import Program, StayByChoice
from housestaff.core.roster import Stint
from housestaff.core.rotations import Requirement, Rotation
from housestaff.core.time import Half, Span

Amount: TypeAlias = Any
"""An int, an `Interval`, or a linear expression of the solver: all of them add, subtract and scale."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An amount of which only the least and the most are known."""

    low: int
    high: int

    def __add__(self, other: Interval | int) -> Interval:
        """Add the ends."""
        low, high = ends(other)
        return Interval(self.low + low, self.high + high)

    __radd__ = __add__

    def __neg__(self) -> Interval:
        """Turn the ends around."""
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval | int) -> Interval:
        """Subtract the ends crosswise."""
        low, high = ends(other)
        return Interval(self.low - high, self.high - low)

    def __rsub__(self, other: int) -> Interval:
        """Subtract from a known amount."""
        return Interval(other - self.high, other - self.low)

    def __mul__(self, factor: int) -> Interval:
        """Scale both ends."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Interval(low, high)

    __rmul__ = __mul__


def ends(amount: Interval | int) -> tuple[int, int]:
    """The least and the most of a judged amount."""
    return (amount.low, amount.high) if isinstance(amount, Interval) else (amount, amount)


@dataclass(frozen=True, slots=True)
class Segment:
    """The days over which an average is taken: one rotation inside one block.

    `half_days` counts all AM and PM halves, `present` those that are not leave.
    """

    person: str
    rotation: str
    first: date
    last: date
    span: Span
    half_days: int
    present: Amount
    block: int = 0
    joined: bool = False

    @property
    def days(self) -> int:
        """Calendar days in the segment."""
        return self.half_days // 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Duties that stand together, and how long: work joined into one period, or the rest between two periods.

    `minutes` is the judged length, `shown` the elapsed one where a clock change makes the two differ.
    """

    person: str
    span: Span
    minutes: int
    duties: tuple[Duty, ...]
    shown: int | None = None
    note: str = ""
    limit: int | None = None
    unless: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """The answer of a rule: over `span`, this amount of `who` is at most, or at least, that.

    `given` names duties that raise the question only when all of them are held: the judge looks at real ones, the
    solver forbids the combination, unless one of `unless` lies between. `barred` says why it is broken at any amount,
    `soft` makes it an advisory. `thin_from` is the amount from which a kept bound is called thin. `weight` is what one
    unit too many costs where it may be broken.
    """

    who: str
    span: Span
    amount: Amount
    at_most: Amount | None = None
    at_least: Amount | None = None
    unit: str = "minutes"
    given: tuple[Duty, ...] = ()
    unless: tuple[Duty, ...] = ()
    thin_from: int | None = None
    name: str = ""
    segment: Segment | None = None
    duties: tuple[Duty, ...] | None = None
    shown: int | None = None
    note: str = ""
    rotation: str = ""
    level: int | None = None
    unknown: str = ""
    soft: bool = False
    barred: str = ""
    weight: int = 1


class Settings(Protocol):
    """The numbers and choices of a program on a date."""

    def number(self, key: str, day: date) -> int:
        """A whole number in force on a date."""
        ...

    def choice(self, key: str, day: date) -> str:
        """A word in force on a date."""
        ...

    def is_on(self, key: str, day: date) -> bool:
        """A yes or no in force on a date."""
        ...


@dataclass(frozen=True, slots=True)
class ClinicHalf:
    """What one clinic half-day holds: quarters of an attending needed, attendings there, people in rooms.

    `preceptors` are the attendings who have nothing else to do, `early` the first-year residents there.
    """

    day: date
    half: Half
    span: Span
    quarters: Amount
    attendings: Amount
    rooms: Amount
    virtual: Amount
    sessions: Amount
    residents: Amount = 0
    preceptors: Amount = 0
    early: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dealt:
    """How the nights of one kind were dealt: counts, and fair shares in tenths, people with none included."""

    line: str
    kind: str
    counts: Mapping[str, int]
    fair: Mapping[str, int]

    @property
    def furthest(self) -> float:
        """The largest distance of a count from its fair share, in nights."""
        return max((abs(10 * count - self.fair[person]) for person, count in self.counts.items()), default=0) / 10

    @property
    def spread(self) -> int:
        """Most minus least."""
        return max(self.counts.values(), default=0) - min(self.counts.values(), default=0)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A cell that contradicts what follows from calls, weeks and leave."""

    person: Person
    span: Span
    note: str


Run: TypeAlias = tuple[Amount, Span, tuple[Duty, ...]]
"""A run of dates or nights: how many, when, and the duties if they are known."""


class ServiceView(Protocol):
    """The questions about who is on which service."""

    @property
    def year(self) -> Span:
        """The academic year as far as the roster holds it."""
        ...

    def required(self) -> Iterator[tuple[Person, Requirement]]:
        """Every resident with every requirement of rotations that is for them."""
        ...

    def amount_of(self, person: Person, requirement: Requirement, *, outside: bool = False) -> Amount:
        """How much of a required rotation a person has; `outside` counts only what stands outside its window."""
        ...

    def order(self, person: Person, requirement: Requirement) -> Iterator[tuple[Amount, Amount, Span]]:
        """For each stay on a rotation that comes after another: one stay, and how many of the other came before."""
        ...

    def holders(self, demand: Demand) -> Iterator[tuple[Amount, Span]]:
        """How many holders a line of demand has, for each run of days with the same number."""
        ...

    def crowds(self) -> Iterator[tuple[str, str, Amount, int, Span]]:
        """For each rotation and level with a roof: the people at one time, the roof, and when."""
        ...

    def names_on_call(self, line: CallLine) -> Iterator[tuple[Amount, Span, date]]:
        """How many names each night of a call line has."""
        ...

    def clinic_halves(self) -> Iterator[ClinicHalf]:
        """Every half-day on which the clinic is open, with what it needs and has."""
        ...

    def shares(self) -> Sequence[Dealt]:
        """How the nights of the shared call lines were dealt, when the whole year is there."""
        ...

    def weekends_dealt(self) -> Sequence[Dealt]:
        """How the weekends with duty fell on the residents of each level, when the whole year is there."""
        ...

    def holidays_dealt(self) -> Sequence[Dealt]:
        """How the holidays with duty fell on the residents of each level, when the whole year is there."""
        ...

    def nights_on_rotation(self, person: Person) -> Iterator[tuple[int, Span, bool]]:
        """Days on night rotations: of each unbroken run, and, as the last and said so, of the whole year."""
        ...


class AssignmentsView(Protocol):
    """The questions about single assignments."""

    def while_away(self, person: Person) -> Iterator[tuple[date, Span]]:
        """Stays and calls on dates when a person is not employed or deployed."""
        ...

    def with_credential(self, person: Person) -> Iterator[tuple[Duty, str]]:
        """Every duty of a person that needs a credential, and which."""
        ...

    def mismatches(self, person: Person) -> Iterator[Mismatch]:
        """Decided cells that contradict what follows, and what follows without a cause."""
        ...


class RosterView(Protocol):
    """The questions a rule may ask, answered with numbers by the judge and with expressions by the solver."""

    is_log: bool
    """Whether these are hours really worked, not a plan."""
    focus: Span | None
    """The time asked about; nothing where all of it is."""

    @property
    def program(self) -> Program:
        """The program whose roster this is."""
        ...

    @property
    def settings(self) -> Settings:
        """The numbers and choices of the program."""
        ...

    @property
    def service(self) -> ServiceView:
        """Who is on which service, counted."""
        ...

    @property
    def assignments(self) -> AssignmentsView:
        """Facts about single assignments."""
        ...

    @property
    def calls(self) -> CallsView:
        """Nights of call and what lies near them."""
        ...

    @property
    def supervision(self) -> SupervisionView:
        """Who supervises whom."""
        ...

    @property
    def wishes(self) -> WishesView:
        """What people would like."""
        ...

    @property
    def clinic_weeks(self) -> ClinicWeeksView:
        """The continuity clinics of residents."""
        ...

    @property
    def residents(self) -> Sequence[Person]:
        """The residents and fellows asked about."""
        ...

    @property
    def people(self) -> Sequence[Person]:
        """Everybody asked about."""
        ...

    @property
    def first_day(self) -> date:
        """The first date that the roster speaks of."""
        ...

    @property
    def horizon(self) -> Span:
        """The span over which a blank really means nothing."""
        ...

    def in_focus(self, span: Span) -> bool:
        """Say whether a window is asked about."""
        ...

    def duties(self, person: Person) -> Sequence[Duty]:
        """The duties that a person holds or may hold, in order of time."""
        ...

    def holds(self, person: Person, duty: Duty) -> Amount:
        """One where the person holds the duty."""
        ...

    def stints(self, person: Person) -> Sequence[Stint]:
        """The stays of a person on rotations."""
        ...

    def changes(self, person: Person) -> Amount | None:
        """Duties of a person that came or went against the published roster; nothing where none is published."""
        ...

    def segments(self, person: Person) -> Sequence[Segment]:
        """The stretches over which the averages of a person are taken."""
        ...

    def weeks(self, person: Person, *, starts_on: int) -> Iterable[Span]:
        """Every whole week of the dates asked about."""
        ...

    def minutes(
        self, person: Person, span: Span, kinds: frozenset[DutyKind] | None = None, *, external: bool = True
    ) -> Amount:
        """Counted minutes in a span, overlapping duties once; only of some kinds, or without external moonlighting."""
        ...

    def call_nights(self, person: Person, span: Span) -> Amount:
        """Nights of in-house call that start in a span."""
        ...

    def free_days(self, person: Person, segment: Segment) -> Amount:
        """Free days in a segment, the straddling day of an edge given to the longer piece."""
        ...

    def free_days_in_week(self, person: Person, week: Span) -> Amount:
        """Free 24-hour spans inside one week; a leave day is one."""
        ...

    def free_days_after_call(self, person: Person, segment: Segment) -> Amount:
        """Free days whose gap begins when a call or a night ends."""
        ...

    def whole(self, amount: Amount, divisor: int) -> Amount:
        """An amount divided and rounded down."""
        ...

    def is_nothing(self, amount: Amount) -> bool:
        """Say whether an amount is surely zero."""
        ...

    def known(self, amount: Amount) -> int | None:
        """An amount as a number where it is one."""
        ...

    def thin_from(self, limit: Amount, segment: Segment) -> int:
        """The amount of hours from which a kept average is thin."""
        ...

    def hours_allowed(self, segment: Segment, usual: int) -> tuple[int, str]:
        """The weekly hours of a segment, an exception included, and a note about it."""
        ...

    def days_off_are_the_wards(self, person: Person, segment: Segment) -> str:
        """Why free days are not known; empty where they are."""
        ...

    def each_week(self, key: str) -> bool:
        """Say whether weekly caps are judged on each week instead of on the average."""
        ...

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

    def rotation_on(self, person: Person, day: date) -> Rotation | None:
        """The rotation of a person on a date."""
        ...

    def date_of(self, instant: int) -> date:
        """The local date of an instant."""
        ...
