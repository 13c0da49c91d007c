"""Dealing the shifts of the department, day by day, so that everybody rests as the law of emergency medicine asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from housestaff.core.time import HOUR, Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError

_DAY = timedelta(days=1)
_MINUTES = 24 * HOUR
_TRIES = 120
_ROUNDS = 6
_REST = 11 * HOUR
_AFTER_NIGHT = 32 * HOUR
_NIGHTS_IN_A_ROW = 4
_SHIFTS_A_WEEK = 6
_DAYS_IN_A_ROW = 5
_HOURS_A_WEEK = 60


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of one line at one site on a date, in minutes of the day."""

    line: str
    site: str
    levels: tuple[str, ...]
    start: int
    end: int
    optional: bool


@dataclass
class Worker:
    """A resident in the department during one block: what they had and may still have."""

    id: str
    level: str
    target: int
    present: set[date]
    closed: set[date]
    excused_left: int
    weekend: date | None = None
    shifts: dict[date, Slot] = field(default_factory=dict[date, Slot])
    excused: set[date] = field(default_factory=set[date])


def slots_on(day: date, rows: Sequence[tables.Row]) -> list[Slot]:
    """The places of a date, the hardest to fill first; on Wednesday some lines begin after conference."""
    found: list[Slot] = []
    for row in rows:
        hours = row.get("wednesday", row["hours"]) if day.weekday() == Weekday.WEDNESDAY else row["hours"]
        for site in ("main", "second"):
            found += [
                Slot(
                    row["line"],
                    site,
                    tuple(levels.split()),
                    hours[0] * HOUR,
                    hours[1] * HOUR,
                    row.get("optional", False),
                )
                for levels in row[site]
            ]
    order = {"night": 0, "evening": 1, "morning": 2, "late": 3, "mid": 4}
    return sorted(found, key=lambda slot: (slot.optional, len(slot.levels), order[slot.line]))


class Department:
    """The shifts of one block, dealt until every line that must be held is."""

    def __init__(self, rows: tables.Row, first: date, last: date, workers: Sequence[Worker], dice: Random) -> None:
        """Take the shift table, the dates, and who is in the department, with what they worked just before."""
        self.rows, self.dice = rows, dice
        self.first, self.last = first, last
        self.workers = list(workers)
        conference = rows["conference"]
        self._conference = tuple(hour * HOUR for hour in conference["hours"])
        self._meets_on = Weekday.named(conference["weekday"])
        self._weekends()

    def _weekends(self) -> None:
        """Everybody who has no weekend of leave keeps one of the block free, spread over the weekends."""
        fridays = [day for day in days(self.first, self.last - 2 * _DAY) if day.weekday() == Weekday.FRIDAY]
        load = {
            friday: sum(not {friday, friday + _DAY, friday + 2 * _DAY} & w.present for w in self.workers)
            for friday in fridays
        }
        for worker in self.workers:
            if any(not {friday, friday + _DAY, friday + 2 * _DAY} & worker.present for friday in fridays):
                continue
            worker.weekend = min(fridays, key=lambda friday: load[friday] + 0.5 * self.dice.random())
            load[worker.weekend] += 1

    def deal(self) -> None:
        """Deal the block; after some vain tries the free weekends are dealt anew, and in the end given up."""
        start = self._state()
        for round_ in range(_ROUNDS):
            if self._dealt():
                return
            self._restore(start)
            for worker in self.workers:
                worker.weekend = None
            if round_ < _ROUNDS // 2:
                self._weekends()
        raise GeneratorError(f"the shifts from {self.first} cannot be dealt.", place="department")

    def _dealt(self) -> bool:
        """Deal day by day; a day that cannot be dealt sends the search some days back."""
        every = list(days(self.first, self.last))
        states = [self._state()]
        failures = 0
        while len(states) <= len(every):
            if self._deal_day(every[len(states) - 1], failures):
                states.append(self._state())
                continue
            failures += 1
            if failures > _TRIES:
                return False
            back = min(len(states) - 1, self.dice.randint(1, 2 + failures // 20))
            states = states[: len(states) - back]
            self._restore(states[-1])
        return True

    def _state(self) -> list[tuple[dict[date, Slot], set[date], int]]:
        return [(dict(worker.shifts), set(worker.excused), worker.excused_left) for worker in self.workers]

    def _restore(self, state: list[tuple[dict[date, Slot], set[date], int]]) -> None:
        for worker, (shifts, excused, left) in zip(self.workers, state, strict=True):
            worker.shifts, worker.excused, worker.excused_left = dict(shifts), set(excused), left

    def _deal_day(self, day: date, failures: int) -> bool:
        """Give every place of a date to somebody, moving people to other places where that makes room."""
        slots = slots_on(day, self.rows["shift"])
        holder: dict[int, Worker] = {}
        for number, slot in enumerate(slots):
            if slot.optional and self._slack(day) <= sum(slots[n].optional for n in holder):
                continue
            if not self._seat(number, day, (slots, holder, failures), set()) and not slot.optional:
                return False
        for number, worker in holder.items():
            self._give(worker, day, slots[number])
        return True

    def _seat(self, number: int, day: date, table: tuple[list[Slot], dict[int, Worker], int], seen: set[str]) -> bool:
        """Seat somebody on a place; whoever sits there may be moved to another place."""
        slots, holder, failures = table
        slot = slots[number]
        at = {worker.id: place for place, worker in holder.items()}
        noise = 1.0 + 0.02 * min(failures, 100)
        fit = [worker for worker in self.workers if worker.id not in seen and self._fits(worker, day, slot)]
        price = {w.id: self._behind(w, day, slot) + noise * self.dice.random() + 5 * (w.id in at) for w in fit}
        for worker in sorted(fit, key=lambda each: price[each.id]):
            seen.add(worker.id)
            place = at.get(worker.id)
            if place is None or self._seat(place, day, table, seen):
                holder[number] = worker
                return True
        return False

    def _give(self, worker: Worker, day: date, slot: Slot) -> None:
        worker.shifts[day] = slot
        if self._excuses(day, slot):
            worker.excused.add(day + _DAY)
            worker.excused_left -= 1

    def _excuses(self, day: date, slot: Slot) -> bool:
        """Say whether who works this goes home instead of to the conference."""
        return (day + _DAY).weekday() == self._meets_on and slot.end > _MINUTES

    def _slack(self, day: date) -> int:
        """Shifts that people still have to give beyond what the lines that must be held need."""
        left = sum(max(0, worker.target - self._had(worker)) for worker in self.workers)
        needed = sum(not slot.optional for slot in slots_on(day, self.rows["shift"]))
        return left - needed * ((self.last - day).days + 1)

    def _had(self, worker: Worker) -> int:
        return sum(self.first <= day <= self.last for day in worker.shifts)

    def _behind(self, worker: Worker, day: date, slot: Slot) -> float:
        mine = [each for each in worker.present if self.first <= each <= self.last]
        gone = sum(each <= day for each in mine)
        due = worker.target * gone / max(1, len(mine))
        yesterday = worker.shifts.get(day - _DAY)
        leaning = 0.0
        if yesterday is not None:
            leaning = -1.0 if yesterday.line == slot.line else 0.3 * (slot.start < yesterday.start)
        elif slot.line == "night":
            leaning = 0.5
        monday = day - day.weekday() * _DAY
        in_week = sum(monday + n * _DAY in worker.shifts for n in range(7))
        is_free_soon = worker.weekend is not None and monday <= worker.weekend < monday + 7 * _DAY
        return self._had(worker) - due + leaning + 0.7 * max(0, in_week - 3) - 1.2 * is_free_soon

    # -- what is allowed -----------------------------------------------------------------------------------------------

    def _fits(self, worker: Worker, day: date, slot: Slot) -> bool:
        crosses = slot.end > _MINUTES
        weekend = worker.weekend
        is_free = weekend is not None and weekend <= day <= weekend + 2 * _DAY
        there = day in worker.present and day not in worker.closed and not is_free
        if not there or day in worker.shifts or worker.level not in slot.levels or self._had(worker) > worker.target:
            return False
        if (crosses or slot.end == _MINUTES) and (day + _DAY not in worker.present):
            return False
        if self._excuses(day, slot) and worker.excused_left <= 0:
            return False
        if day.weekday() == self._meets_on and day in worker.excused and slot.line in {"morning", "mid"}:
            return False
        return (
            self._rested(worker, day, slot)
            and self._not_too_many(worker, day, slot)
            and self._weeks_are_free(worker, day, slot)
        )

    @staticmethod
    def _rested(worker: Worker, day: date, slot: Slot) -> bool:
        for back in (1, 2):
            before = worker.shifts.get(day - back * _DAY)
            if before is not None:
                rest = slot.start + back * _MINUTES - before.end
                needed = _AFTER_NIGHT if before.line == "night" and slot.line != "night" else _REST
                if rest < needed:
                    return False
        return True

    def _not_too_many(self, worker: Worker, day: date, slot: Slot) -> bool:
        def run(night: bool) -> int:  # noqa: FBT001
            count = 0
            while (before := worker.shifts.get(day - (count + 1) * _DAY)) and (not night or before.line == "night"):
                count += 1
            return count

        monday = day - day.weekday() * _DAY
        in_week = sum(monday + n * _DAY in worker.shifts for n in range(7))
        nights = slot.line == "night" and run(night=True) >= _NIGHTS_IN_A_ROW
        return in_week < _SHIFTS_A_WEEK and run(night=False) < _DAYS_IN_A_ROW and not nights

    def _weeks_are_free(self, worker: Worker, day: date, slot: Slot) -> bool:
        """Say whether every week that the shift touches keeps 24 hours in one piece and sixty hours at most."""
        for monday in {each - each.weekday() * _DAY for each in (day, day + _DAY)}:
            if longest_gap(self._busy(worker, monday, {day: slot})) < _MINUTES:
                return False
            if _minutes_in_week({**worker.shifts, day: slot}, monday) > _HOURS_A_WEEK * HOUR:
                return False
        return True

    def _busy(self, worker: Worker, monday: date, more: Mapping[date, Slot]) -> Iterator[tuple[int, int]]:
        """What fills a week of a worker, in minutes from its Monday."""
        shifts = {**worker.shifts, **more}
        for n in range(-1, 7):
            day = monday + n * _DAY
            slot = shifts.get(day)
            if slot is not None:
                yield n * _MINUTES + slot.start, n * _MINUTES + slot.end
        meeting = monday + self._meets_on * _DAY
        eve = more.get(meeting - _DAY)
        excused = meeting in worker.excused or (eve is not None and self._excuses(meeting - _DAY, eve))
        if meeting in worker.present and not excused:
            yield tuple(self._meets_on * _MINUTES + minute for minute in self._conference)  # pyright: ignore[reportReturnType]


def _minutes_in_week(shifts: Mapping[date, Slot], monday: date) -> int:
    """Minutes of shifts inside a week, the end of Sunday's night before it included."""
    total = 0
    for n in range(-1, 7):
        slot = shifts.get(monday + n * _DAY)
        if slot is not None:
            start, end = n * _MINUTES + slot.start, n * _MINUTES + slot.end
            total += max(0, min(end, 7 * _MINUTES) - max(start, 0))
    return total


def longest_gap(busy: Iterator[tuple[int, int]]) -> int:
    """The longest free stretch inside a week, in minutes."""
    at, longest = 0, 0
    for start, end in sorted(busy):
        longest = max(longest, start - at)
        at = max(at, end)
    return max(longest, 7 * _MINUTES - at)
