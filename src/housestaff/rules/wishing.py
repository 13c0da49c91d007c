"""Wishes against a roster: how far each is from being met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from housestaff.core.leave import LeaveKind
from housestaff.core.people import Person
from housestaff.core.time import Span, Weekday, days
from housestaff.core.view import Amount, RosterView
from housestaff.core.wishes import Wish, WishKind


class Wishing:
    """The wishes of a program, held against a roster."""

    def __init__(self, view: RosterView) -> None:
        """Read the roster from a view, whichever way it answers."""
        self._view, self._program = view, view.program

    def unmet(self) -> Iterator[tuple[Wish, Amount, Span]]:
        """Every wish inside the dates known, with how far it is from being met: nothing is a wish come true."""
        asked = {person.id for person in self._view.people}
        for wish in self._program.wishes:
            if wish.person in asked:
                yield from self._unmet(wish, self._program.person(wish.person))

    def _unmet(self, wish: Wish, person: Person) -> Iterator[tuple[Wish, Amount, Span]]:
        match wish.kind:
            case WishKind.VACATION_WEEK:
                yield from self._vacation(wish)
            case WishKind.ROTATION | WishKind.AVOID_ROTATION:
                yield from self._rotation(wish, person)
            case WishKind.PREFER_CALL | WishKind.AVOID_CALL | WishKind.AVOID_DATE:
                yield from self._call(wish, person)

    def _vacation(self, wish: Wish) -> Iterator[tuple[Wish, Amount, Span]]:
        """Weekdays of the week that are not vacation."""
        monday = wish.day - timedelta(days=wish.day.weekday())
        span = self._program.zone.day_span(monday, monday + timedelta(days=6))
        away = {
            (day, half)
            for (person, day, half), leave in self._program.halves_away.items()
            if person == wish.person and leave.kind is LeaveKind.VACATION
        }
        if self._view.horizon.holds(span) and self._view.in_focus(span):
            weekdays = list(days(monday, monday + timedelta(days=4)))
            yield wish, sum(sum(day == each for each, _half in away) < 2 for day in weekdays), span

    def _rotation(self, wish: Wish, person: Person) -> Iterator[tuple[Wish, Amount, Span]]:
        """Whether a stay in the block is missing, or is there although it should not be."""
        code, number = wish.in_block
        block = self._program.series_of(person).numbered(int(number))
        span = self._program.zone.day_span(block.first, block.last)
        rotation = self._program.rotation_by_code.get(code)
        codes = {code, *(rotation.halves if rotation else ())}
        there = any(
            stint.rotation in codes and stint.first <= block.last and block.first <= stint.last
            for stint in self._view.stints(person)
        )
        if self._view.horizon.holds(span) and self._view.in_focus(span):
            yield wish, int(there is (wish.kind is WishKind.AVOID_ROTATION)), span

    def _call(self, wish: Wish, person: Person) -> Iterator[tuple[Wish, Amount, Span]]:
        """Nights on the weekday or the date; for a weekday that is liked, whether there is none of it."""
        calls = self._view.calls.of(person)
        if wish.kind is WishKind.AVOID_DATE:
            nights = [duty for duty in calls if duty.day == wish.day]
        else:
            nights = [duty for duty in calls if Weekday(duty.day.weekday()) is wish.weekday]
        held = sum(self._view.holds(person, duty) for duty in nights)
        span = self._program.zone.day_span(wish.day) if wish.kind is WishKind.AVOID_DATE else self._view.horizon
        if not calls or not self._view.horizon.overlaps(span) or not self._view.in_focus(span):
            return
        yield wish, 1 - held if wish.kind is WishKind.PREFER_CALL else held, span
