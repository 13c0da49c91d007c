"""A witness being spoiled: the edits so far and the manifest of what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from types import MappingProxyType

from housestaff.core.duties import Duty, DutyKind, usual_flags
from housestaff.core.finding import Verdict
from housestaff.core.people import Person
from housestaff.core.roster import CallEntry, Cell, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.rotations import Rotation
from housestaff.core.time import DAY, Half, Span, days
from housestaff.core.view import Segment
from housestaff.files.tables_csv import Defect
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.reference import Reference

BROKEN, ADVISORY, UNKNOWN = Verdict.BROKEN.value, Verdict.ADVISORY.value, Verdict.UNKNOWN.value
NOTHING = "nothing"
"""What is expected of a trap that only looks like a defect."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A segment of a resident on a rotation, whole and without leave."""

    person: Person
    segment: Segment
    rotation: Rotation

    @property
    def key(self) -> tuple[str, date]:
        """What names the stay."""
        return self.person.id, self.segment.first


@dataclass(frozen=True)
class Spoiled:
    """A program and a roster with planted defects, and their manifest."""

    reference: Reference
    manifest: tuple[Defect, ...]


class Draft:
    """The edits of a reference; the clean one stays at hand to find places in."""

    def __init__(self, reference: Reference, dice: Random) -> None:
        """Start from a clean reference."""
        self.program, self.history, self.dice = reference.program, reference.history, dice
        self.clean = FinishedRoster.of(reference.program, reference.witness)
        witness = reference.witness
        self.halves, self.calls = dict(witness.halves), dict(witness.calls)
        self.stints, self.duties = list(witness.stints), list(witness.duties)
        self.manifest: list[Defect] = []
        self.used: set[tuple[str, date]] = set()
        self.dates: set[date] = set()
        """Dates whose nights or half-days were spoiled; each only once."""
        self.loaded: set[str] = set()
        """People whose hours were made longer; each has only one such defect."""
        self._counts: Counter[str] = Counter()

    # -- edits ---------------------------------------------------------------------------------------------------------

    def put(self, person: str, day: date, half: Half, code: str, layer: Layer = Layer.MANUAL) -> None:
        """Let a code stand on a half-day."""
        place = HalfDay(person, day, half)
        kept = [old for old in self.halves.get(place, ()) if old.layer is not layer]
        self.halves[place] = tuple(sorted((*kept, Entry(layer, code)), key=lambda each: each.layer))

    def put_day(self, person: str, day: date, code: str, layer: Layer = Layer.MANUAL) -> None:
        """Let a code stand on both halves of a date."""
        for half in Half:
            self.put(person, day, half, code, layer)

    def clear(self, person: str, first: date, last: date) -> None:
        """Forget what was decided on the half-days between two dates."""
        for day in days(first, last):
            for half in Half:
                self.halves.pop(HalfDay(person, day, half), None)

    def add_duty(self, person: str, kind: DutyKind, day: date, hours: tuple[int, int], *, rotation: str = "") -> None:
        """A duty of its own times, in minutes of the day; an at-home call is worked through."""
        start, end = hours
        zone = self.program.zone
        span = Span(zone.at(day, start), zone.at(day, end))
        self._counts["duty"] += 1
        work = (span,) if kind is DutyKind.HOME_CALL else ()
        id_ = f"planted.{self._counts['duty']:03}.{day}.{person}"
        self.duties.append(Cell(Duty(id_, kind, day, span, usual_flags(kind), rotation=rotation, work=work), person))

    def name_night(self, night: Night, people: Iterable[str]) -> None:
        """Let these names stand on a night of call."""
        names = tuple(CallEntry(person, Layer.MANUAL) for person in people)
        if names:
            self.calls[night] = names
        else:
            self.calls.pop(night, None)

    def swap_stint(self, old: Stint, new: Iterable[Stint]) -> None:
        """Put other stays in the place of one."""
        self.stints.remove(old)
        self.stints += new

    def change_person(self, id_: str, change: Callable[[Person], Person]) -> None:
        """Edit a person of the program."""
        people = tuple(change(person) if person.id == id_ else person for person in self.program.people)
        self.program = replace(self.program, people=people)

    # -- the manifest --------------------------------------------------------------------------------------------------

    def note(self, kind: str, person: str, day: date, where: str, expected: tuple[str, str]) -> None:
        """Write a line of the manifest."""
        self._counts[kind] += 1
        rule, verdict = expected
        id_ = f"{kind.replace(' ', '-')}-{self._counts[kind]}"
        self.manifest.append(Defect(id_, kind, person, day, where, rule, verdict))

    def done(self) -> Spoiled:
        """The spoiled reference with its manifest."""
        roster = Roster(
            stints=tuple(sorted(self.stints, key=lambda stint: (stint.person, stint.first))),
            halves=MappingProxyType({place: self.halves[place] for place in sorted(self.halves)}),
            calls=MappingProxyType(dict(sorted(self.calls.items()))),
            duties=tuple(sorted(self.duties, key=lambda cell: (cell.duty.day, cell.duty.id))),
            complete=self.clean.grid.period,
        )
        return Spoiled(Reference(self.program, self.history, roster), tuple(self.manifest))

    # -- places --------------------------------------------------------------------------------------------------------

    def stays(self) -> list[Stay]:
        """Every whole stay on a day service without leave and without call, in seeded order."""
        found: list[Stay] = []
        for person in self.clean.residents:
            for segment in self.clean.segments(person):
                rotation = self.program.rotation_by_code.get(segment.rotation)
                whole = segment.present == segment.half_days and not segment.joined
                serves = rotation is not None and rotation.is_service and not rotation.night
                if rotation is not None and serves and whole and not self.clean.call_nights(person, segment.span):
                    found.append(Stay(person, segment, rotation))
        self.dice.shuffle(found)
        return found

    def pick(self, kind: str, stays: Sequence[Stay], count: int, plant: Callable[[Stay], bool]) -> None:
        """Plant a defect on as many unused stays as asked; `plant` says whether a stay was good for it."""
        left = count
        for stay in stays:
            if left and stay.key not in self.used and plant(stay):
                self.used.add(stay.key)
                left -= 1
        if left:
            raise GeneratorError(f"there is no place for {left} more of '{kind}'.", place="defects")

    def code(self, person: str, day: date, half: Half) -> str:
        """The code on a half-day of the clean witness."""
        return self.clean.grid.person(person).code(day, half)

    def serves(self, stay: Stay, day: date) -> bool:
        """Say whether both halves of a date are service on the stay."""
        return all(self.code(stay.person.id, day, half) == stay.rotation.code for half in Half)

    def works(self, stay: Stay, day: date, half: Half) -> bool:
        """Say whether a half-day of the stay is work of any sort."""
        code = self.code(stay.person.id, day, half)
        activity = self.program.activity_by_code.get(code)
        return code == stay.rotation.code or (activity is not None and activity.is_work)

    def is_off(self, stay: Stay, day: date) -> bool:
        """Say whether a date is a day off on the stay."""
        return all(self.code(stay.person.id, day, half) == "OFF" for half in Half)


def until(minute: int) -> int:
    """A minute of the next date, as a minute after this one's midnight."""
    return DAY + minute
