"""A chain of random edits, judged step by step from what is at hand, says the same as everything judged anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pytest

from housestaff.core.cells import cell_changes
from housestaff.core.changes import diff
from housestaff.core.edits import Edit, SetCall, SetHalf, SetStint, change_of, edited
from housestaff.core.finding import Finding
from housestaff.core.grid import Grid
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import Half, days
from housestaff.rules.change_judge import Verdicts, judge_change, span_of
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge, newly_broken, reach_of, rules_of_change
from housestaff.synthetic.family_medicine import reference_a

TODAY = date(2025, 9, 1)
CODES = ("IPT", "C30", "OFF", "NF", "LEC", "LV", "PC", None)


@pytest.fixture(scope="module")
def year() -> FinishedRoster:
    """Program A with its witness, read once, everything worked out."""
    family = reference_a(7)
    calendar = family.program.calendar
    view = FinishedRoster.of(family.program, replace(family.witness, complete=(calendar.first, calendar.last)))
    judge(view)
    return view


@dataclass(frozen=True)
class Hands:
    """Somebody who edits program A at random."""

    dice: Random
    program: Program

    def edits(self) -> Sequence[Edit]:
        """A cell, a row of four weeks, a night of call, or a stay."""
        kinds = (self._cell, self._cell, self._row, self._night, self._night, self._stay)
        return self.dice.choice(kinds)()

    def _person(self) -> str:
        return self.dice.choice(self.program.people).id

    def _day(self) -> date:
        return self.dice.choice(list(days(self.program.calendar.first, self.program.calendar.last)))

    def _after(self, first: date, length: int) -> date:
        return min(self.program.calendar.last, first + timedelta(days=length))

    def _cell(self) -> Sequence[Edit]:
        place = {"person": self._person(), "day": self._day(), "half": self.dice.choice(list(Half))}
        return [SetHalf(**place, code=self.dice.choice(CODES))]

    def _row(self) -> Sequence[Edit]:
        person, first, code = self._person(), self._day(), self.dice.choice(CODES)
        return [
            SetHalf(person=person, day=day, half=half, code=code)
            for day in days(first, self._after(first, 27))
            for half in Half
        ]

    def _night(self) -> Sequence[Edit]:
        line = self.dice.choice(self.program.calls)
        day = self._day()
        while day.weekday() not in line.weekdays:
            day = self._day()
        return [SetCall(line=line.id, day=day, person=self.dice.choice([None, self._person()]))]

    def _stay(self) -> Sequence[Edit]:
        first, rotation = self._day(), self.dice.choice([None, *self.program.rotation_by_code])
        last = self._after(first, self.dice.randrange(28))
        return [SetStint(person=self._person(), first=first, last=last, rotation=rotation)]


def changed(before: FinishedRoster, edits: Sequence[Edit]) -> tuple[Roster, Verdicts]:
    """The roster with edits, judged as a command judges it."""
    old = before.grid.roster
    roster = replace(edited(before.program, old, edits, by="chief_resident", on=TODAY), complete=old.complete)
    change = change_of(old, roster, edits)
    assert change == diff(old, roster)
    return roster, judge_change(before, roster, change)


def violations(found: Iterable[Finding]) -> set[tuple[str, str, date, date, int, str]]:
    """What must not be, with its sum."""
    return {(each.rule, each.who, each.first, each.last, each.margin, each.sentence) for each in found}


def anew(before: Roster, roster: Roster, found: Verdicts) -> tuple[list[Finding], list[Finding]]:
    """The same narrow reading of two rosters that nobody has read before: what is new, and all of it."""
    program = found.before.program
    then, now = FinishedRoster.of(program, before), FinishedRoster.of(program, roster)
    rules, reach = rules_of_change(then, roster), reach_of(span_of(program, diff(before, roster)))
    earlier, later = (judge(view.narrowed(found.people, reach), rules) for view in (then, now))
    return newly_broken(earlier, later), later


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_of_edits_is_judged_as_if_each_were_the_first(year: FinishedRoster, seed: int) -> None:
    """People, cells and verdicts taken over from edit to edit are those of a grid that is worked out from nothing."""
    hands, view = Hands(Random(seed), year.program), year
    everybody = [person.id for person in year.program.people]
    for _step in range(3):
        before = view.grid.roster
        roster, found = changed(view, hands.edits())
        fresh = Grid(year.program, roster)
        for person in everybody:
            mine, theirs = found.after.grid.person(person), fresh.person(person)
            assert (mine.duties, list(mine.codes.items())) == (theirs.duties, list(theirs.codes.items()))
            assert (mine.stored, mine.follows, mine.stints) == (theirs.stored, theirs.follows, theirs.stints)
        assert (list(found.newly_broken), list(found.findings)) == anew(before, roster, found)
        cells = cell_changes(view.grid, found.after.grid, found.people)
        assert cells == cell_changes(Grid(year.program, before), fresh, everybody)
        view = found.after


def compare_with_whole_years(year: FinishedRoster, seed: int, steps: int) -> None:
    """Each edit of a chain newly breaks what the whole year after it breaks, and the whole year before it did not."""
    hands, view = Hands(Random(seed), year.program), year
    earlier = judge(FinishedRoster.of(year.program, year.grid.roster))
    for _step in range(steps):
        roster, found = changed(view, hands.edits())
        later = judge(FinishedRoster.of(year.program, roster))
        assert violations(found.newly_broken) == violations(newly_broken(earlier, later))
        view, earlier = found.after, later


def test_what_an_edit_newly_breaks_is_what_the_whole_year_says(year: FinishedRoster) -> None:
    compare_with_whole_years(year, seed=4, steps=3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 14))
def test_what_many_edits_newly_break_is_what_the_whole_year_says(year: FinishedRoster, seed: int) -> None:
    compare_with_whole_years(year, seed, steps=25)


def test_an_edit_that_lifts_a_violation_breaks_nothing_and_its_return_is_named(year: FinishedRoster) -> None:
    """A resident is put to work on leave, taken off it, and put to work again."""
    leave = next(
        each
        for each in year.program.leaves
        if each.blocks and year.program.person(each.person).is_trainee and (each.last - each.first).days > 2
    )
    place = {"person": leave.person, "day": leave.first + timedelta(days=1), "half": Half.AM}
    worked, _off = [SetHalf(**place, code="C30")], None
    _roster, broken = changed(year, worked)
    named = {each.rule for each in broken.newly_broken}
    assert named
    _roster, lifted = changed(broken.after, [SetHalf(**place, code=None)])
    assert lifted.newly_broken == ()
    assert not {each.rule for each in lifted.findings if each.is_violation} & named
    _roster, again = changed(lifted.after, worked)
    assert again.newly_broken == broken.newly_broken


def test_a_night_given_away_takes_the_holder_of_its_week_along(year: FinishedRoster) -> None:
    """Whoever has the week has its nights; a night that is given to somebody else leaves them, and comes back."""
    line = next(each for each in year.program.calls if each.with_weeks)
    week = next(stint for stint in year.grid.roster.stints if stint.rotation == line.with_weeks)
    day = next(each for each in days(week.first, week.last) if each.weekday() in line.weekdays)
    other = next(each.id for each in year.program.faculty if each.id != week.person)
    assert year.grid.roster.on_call(line.id, day) == ()
    _roster, given = changed(year, [SetCall(line=line.id, day=day, person=other)])
    assert set(given.people) == {week.person, other}
    (cell,) = [
        each for each in cell_changes(year.grid, given.after.grid, given.people) if each.duty_id == f"{line.id}.{day}"
    ]
    assert (cell.person_before, cell.person_after) == (week.person, other)
    _roster, back = changed(given.after, [SetCall(line=line.id, day=day, person=None)])
    assert set(back.people) == {week.person, other}
    assert back.after.grid.person(week.person).duties == year.grid.person(week.person).duties


def test_a_stay_taken_away_newly_breaks_what_the_year_requires(year: FinishedRoster) -> None:
    """A resident without any rotation lacks each one that is required of them, by name."""
    person, calendar = year.program.residents[0].id, year.program.calendar
    _roster, found = changed(year, [SetStint(person=person, first=calendar.first, last=calendar.last, rotation=None)])
    missing = {each.rotation for each in found.newly_broken if each.rule == "required_rotations"}
    assert missing == {
        requirement.rotation
        for resident, requirement in year.service.required()
        if resident.id == person and requirement.least > 0
    }
    assert len(missing) > 1
