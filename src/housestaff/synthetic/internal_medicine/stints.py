"""The witness's stints of program B: quotas fill every week's demand, a seeded search gives everybody a fair year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from random import Random

from housestaff.core.calendar import Block
from housestaff.core.people import Person
from housestaff.core.program import Program
from housestaff.core.roster import Stint
from housestaff.rules.service import weeks_in
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.internal_medicine.program import phase_of, weeks_of_year

_TRIES = 6
_STEPS = 200_000
_HOT, _COLD = 2.0, 0.1
_REST, _VACATION = "ELEC", "VAC"
_NEVER = frozenset({("MICU", "NF"), ("NF", "MICU"), ("NF", "NF"), ("MICU", "VAC")})
"""Stays that never follow one another; after the last night of call nobody starts a vacation."""


@dataclass(frozen=True, slots=True)
class Column:
    """One stint of a cohort: its block, how many weeks it counts, and what must be held in it."""

    block: Block
    weeks: int
    codes: tuple[str, ...]
    follows: bool


def stints_of_the_year(program: Program, rows: tables.Row, dice: Random) -> list[Stint]:
    """Every resident's stays of the year."""
    found: list[Stint] = []
    for cohort in range(1, len(rows["people"]["cohorts"]) + 1):
        blocks = program.calendar.series_named(f"cohort-{cohort}").blocks
        people = [person for person in program.residents if person.cohort == cohort]
        clinic = [block for block in blocks if phase_of(rows["weeks"], cohort, _week(rows, block)) == 0]
        for person in people:
            found += [Stint(person.id, "Y", block.first, block.last) for block in clinic]
        first = program.calendar.first
        for group in ("interns", "seniors"):
            mine = [person for person in people if (person.level_on(first) == "PGY-1") == (group == "interns")]
            columns = list(_columns(rows, cohort, group, blocks, len(mine)))
            found += _dealt(program, mine, _with_vacation(columns, len(mine), dice), dice)
    return sorted(found, key=lambda stint: (stint.person, stint.first))


def _week(rows: tables.Row, block: Block) -> int:
    return next(n for n, (first, _last) in enumerate(weeks_of_year(rows["weeks"]), start=1) if first == block.first)


def _columns(rows: tables.Row, cohort: int, group: str, blocks: Sequence[Block], people: int) -> Iterator[Column]:
    """The stints of a group of a cohort with what the quotas put there; the rest is elective."""
    ended = None
    for block in blocks:
        week = _week(rows, block)
        phase = phase_of(rows["weeks"], cohort, week)
        if phase == 0:
            continue
        part = week - phase
        second = phase >= 3
        quotas = dict(rows["quotas"][group])
        if week <= rows["early"]["weeks"]:
            quotas |= rows["early"][group]
        codes = [code for code, quota in quotas.items() for _ in range(quota[second][part % 2])]
        if len(codes) > people:
            raise GeneratorError(f"the quotas of {group} need {len(codes)} people, cohort {cohort} has {people}.")
        codes += [_REST] * (people - len(codes))
        yield Column(
            block, weeks_in(block), tuple(codes), follows=ended is not None and (block.first - ended).days == 1
        )
        ended = block.last


def _with_vacation(columns: list[Column], people: int, dice: Random) -> list[Column]:
    """As many stints of two weeks turned into vacation as there are people, spread over the year."""
    left = people
    codes = [list(column.codes) for column in columns]
    while left:
        room = [n for n, column in enumerate(columns) if column.weeks == 2 and codes[n].count(_REST) > 1]
        room = room or [n for n, column in enumerate(columns) if column.weeks == 2 and _REST in codes[n]]
        if not room:
            raise GeneratorError(f"{left} people have no stint for their vacation.")
        fewest = min(codes[n].count(_VACATION) for n in room)
        chosen = dice.choice([n for n in room if codes[n].count(_VACATION) == fewest])
        codes[chosen][codes[chosen].index(_REST)] = _VACATION
        left -= 1
    return [Column(c.block, c.weeks, tuple(held), c.follows) for c, held in zip(columns, codes, strict=True)]


def _dealt(program: Program, people: Sequence[Person], columns: Sequence[Column], dice: Random) -> list[Stint]:
    ranges = {person.id: _ranges(program, person) for person in people}
    for _ in range(_TRIES):
        search = _Search([person.id for person in people], columns, ranges, dice)
        if search.run():
            return [
                Stint(id_, held[n], column.block.first, column.block.last)
                for n, column in enumerate(columns)
                for id_, held in search.rows.items()
            ]
    raise GeneratorError("no fair year was found for a cohort.", place="witness")


def _ranges(program: Program, person: Person) -> dict[str, tuple[int, int]]:
    level = person.level_on(program.calendar.first)
    return {
        r.rotation: (r.least, r.most)
        for r in program.requirements
        if r.level in {level, person.track} and r.rotation != "Y"
    }


class _Search:
    """Two people change places in one stint, until everybody is in the ranges and no nights stand beside the MICU."""

    def __init__(
        self,
        people: Sequence[str],
        columns: Sequence[Column],
        ranges: Mapping[str, Mapping[str, tuple[int, int]]],
        dice: Random,
    ) -> None:
        self.people, self.columns, self.ranges, self.dice = people, columns, ranges, dice
        self.rows: dict[str, list[str]] = {id_: [] for id_ in people}
        for column in columns:
            held = list(column.codes)
            dice.shuffle(held)
            for id_, code in zip(people, held, strict=True):
                self.rows[id_].append(code)

    def cost(self, id_: str) -> int:
        """What is wrong with the year of one person."""
        held = self.rows[id_]
        weeks: dict[str, int] = defaultdict(int)
        wrong = 0
        for n, column in enumerate(self.columns):
            weeks[held[n]] += column.weeks
            if n and column.follows and (held[n - 1], held[n]) in _NEVER:
                wrong += 2
        for code, (least, most) in self.ranges[id_].items():
            wrong += max(0, least - weeks[code], weeks[code] - most)
        return wrong

    def run(self) -> bool:
        """Search until nothing is wrong or the steps are used up."""
        costs = {id_: self.cost(id_) for id_ in self.people}
        total = sum(costs.values())
        for step in range(_STEPS):
            if total == 0:
                return True
            heat = _HOT * (_COLD / _HOT) ** (step / _STEPS)
            one, other = self._pair(costs)
            n = int(self.dice.random() * len(self.columns))
            if self.rows[one][n] == self.rows[other][n]:
                continue
            self._swap(one, other, n)
            after_one, after_other = self.cost(one), self.cost(other)
            change = after_one + after_other - costs[one] - costs[other]
            if change <= 0 or self.dice.random() < exp(-change / heat):
                costs[one], costs[other] = after_one, after_other
                total += change
            else:
                self._swap(one, other, n)
        return total == 0

    def _pair(self, costs: Mapping[str, int]) -> tuple[str, str]:
        """Somebody whose year is wrong where there is one in two draws, and anybody else."""
        one = self.people[int(self.dice.random() * len(self.people))]
        if not costs[one]:
            one = self.people[int(self.dice.random() * len(self.people))]
        other = self.people[int(self.dice.random() * len(self.people))]
        return one, other

    def _swap(self, one: str, other: str, n: int) -> None:
        self.rows[one][n], self.rows[other][n] = self.rows[other][n], self.rows[one][n]
