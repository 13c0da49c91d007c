"""The open choices of a solve: duties a person may or may not have, each with the solver's literal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TypeAlias

from ortools.sat.python import cp_model

from housestaff.core.duties import Certainty, Duty, DutyKind, Flag
from housestaff.core.time import Span, Zone

Literal: TypeAlias = Any
"""A Boolean of the model, its negation, or a plain 0 or 1."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A duty that a person has if the literal is true; choices of one group exclude one another."""

    duty: Duty
    literal: Literal
    group: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of activity that happens if the literal is true."""

    start: int
    end: int
    duty: Duty
    literal: Literal
    group: str = ""
    called_in: bool = False

    @property
    def is_clinical(self) -> bool:
        """Say whether patients are cared for."""
        return self.called_in or Flag.CLINICAL in self.duty.flags

    @property
    def is_scheduled(self) -> bool:
        """Say whether it stands in the schedule."""
        return not self.called_in and (Flag.SCHEDULED in self.duty.flags or Flag.MOONLIGHTING in self.duty.flags)


class OpenPerson:
    """The fixed and open duties of one person as pieces in order of time."""

    def __init__(self, model: cp_model.CpModel, zone: Zone, fixed: Iterable[Duty], choices: Sequence[Choice]) -> None:
        """Fixed duties have the literal 1; an unknown duty counts as worked, the worst case."""
        self.model, self._zone = model, zone
        self.choices = [*(Choice(duty, 1) for duty in fixed), *choices]
        self.pieces = sorted(self._pieces(), key=lambda piece: (piece.start, piece.end))
        self._literals: dict[str, Literal] = {each.duty.id: each.literal for each in self.choices}
        self._either: dict[tuple[int, ...], Literal] = {}

    def _pieces(self) -> Iterator[Piece]:
        for each in self.choices:
            duty = each.duty
            if duty.kind is DutyKind.JEOPARDY:
                continue
            if Flag.HOME_CALL in duty.flags or duty.work:
                called_in = Flag.HOME_CALL in duty.flags
                for span in duty.work:
                    yield Piece(span.start, span.end, duty, each.literal, each.group, called_in)
            else:
                yield Piece(duty.span.start, duty.span.end, duty, each.literal, each.group)

    def literal(self, duty: Duty) -> Literal:
        """The literal of a duty."""
        return self._literals[duty.id]

    def either(self, pieces: Sequence[Piece | Choice]) -> Literal:
        """One if any of the pieces happens; a plain sum where they exclude one another."""
        if any(isinstance(piece.literal, int) and piece.literal == 1 for piece in pieces):
            return 1
        literals = list({_index(piece.literal): piece.literal for piece in pieces}.values())
        groups = {piece.group for piece in pieces}
        if not literals:
            return 0
        if len(literals) == 1:
            return literals[0]
        if len(groups) == 1 and groups != {""}:
            return sum(literals)
        key = tuple(sorted(_index(literal) for literal in literals))
        if key not in self._either:
            found = self.model.new_bool_var("either")
            self.model.add_max_equality(found, literals)
            self._either[key] = found
        return self._either[key]

    def touching(self, span: Span) -> list[Piece]:
        """The pieces that overlap a span."""
        return [piece for piece in self.pieces if piece.start < span.end and span.start < piece.end]

    def minutes(self, span: Span, keep: Mapping[str, bool] | None = None) -> Any:
        """Counted minutes in a span as an expression, overlapping pieces counted once."""
        counted = [
            piece
            for piece in self.touching(span)
            if (piece.called_in or piece.duty.counts) and (keep is None or keep.get(piece.duty.id, False))
        ]
        total: Any = 0
        for start, end, covering in _slices(counted, span):
            total = total + (end - start) * self.either(covering)
        return total

    def nights(self, span: Span, flag: Flag) -> dict[date, Literal]:
        """For each night with a duty of that flag that starts in a span: whether it is had."""
        found: dict[date, list[Choice]] = defaultdict(list)
        for each in self.choices:
            if flag in each.duty.flags and span.start <= each.duty.span.start < span.end:
                found[each.duty.day].append(each)
        return {day: self.either(each) for day, each in found.items()}

    def dates(self, *, spill: bool) -> dict[date, Literal]:
        """For each date that work may fall on: whether it does."""
        found: dict[date, list[Piece | Choice]] = defaultdict(list)
        spans: list[tuple[int, int, Piece | Choice]] = [
            (piece.start, piece.end, piece) for piece in self.known_pieces()
        ]
        at_home = [each for each in self.choices if Flag.HOME_CALL in each.duty.flags]
        for start, end, each in [*spans, *((each.duty.span.start, each.duty.span.end, each) for each in at_home)]:
            first = self._zone.date_of(start)
            last = self._zone.date_of(end - 1) if spill else first
            for ordinal in range(first.toordinal(), last.toordinal() + 1):
                found[date.fromordinal(ordinal)].append(each)
        return {day: self.either(each) for day, each in found.items()}

    def known_pieces(self, *, scheduled: bool = False) -> list[Piece]:
        """The pieces that rules about single events look at: nothing unknown, and only what is scheduled if asked."""
        return [
            piece
            for piece in self.pieces
            if piece.duty.certainty is not Certainty.UNKNOWN and (piece.is_scheduled or not scheduled)
        ]


def _index(literal: Literal) -> int:
    return literal if isinstance(literal, int) else literal.index + 2


def _slices(pieces: Sequence[Piece], span: Span) -> Iterator[tuple[int, int, list[Piece]]]:
    """Cut time where the set of covering pieces changes; equal neighbors stay together."""
    cuts = sorted({edge for piece in pieces for edge in (max(piece.start, span.start), min(piece.end, span.end))})
    by_start = sorted(pieces, key=lambda piece: piece.start)
    active: list[Piece] = []
    at = 0
    for start, end in pairwise(cuts):
        while at < len(by_start) and by_start[at].start <= start:
            active.append(by_start[at])
            at += 1
        active = [piece for piece in active if piece.end > start]
        if active:
            yield start, end, list(active)


def chains(pieces: Sequence[Piece], join_gap: int, longest: int) -> Iterator[list[Piece]]:
    """Every run of pieces that join over short gaps, up to a length in minutes from the first start.

    Choices of one group never stand in one chain, and pieces that a chain already covers are left out of it.
    """
    ordered = sorted(pieces, key=lambda piece: (piece.start, piece.end))

    def grow(chain: list[Piece], at: int) -> Iterator[list[Piece]]:
        yield chain
        end = max(piece.end for piece in chain)
        if end - chain[0].start > longest:
            return
        for index in range(at, len(ordered)):
            piece = ordered[index]
            if piece.start - end > join_gap:
                break
            clash = piece.group and any(piece.group == other.group for other in chain)
            if piece.end > end and not clash:
                yield from grow([*chain, piece], index + 1)

    for index, piece in enumerate(ordered):
        yield from grow([piece], index + 1)
