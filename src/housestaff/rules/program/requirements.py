"""Requirements of the year: how much of each rotation, in which blocks, in which order."""

from __future__ import annotations

from collections.abc import Iterator

from housestaff.core.finding import Citation
from housestaff.core.rotations import RequirementUnit
from housestaff.core.view import Bound, RosterView
from housestaff.rules.rule import MUST, rule

_SOURCE = Citation("program requirements")
_UNITS = {RequirementUnit.BLOCKS: "blocks", RequirementUnit.HALF_BLOCKS: "half-blocks", RequirementUnit.WEEKS: "weeks"}


@rule(MUST, cites=_SOURCE)
def required_rotations(view: RosterView) -> Iterator[Bound]:
    """Each resident has each required rotation at least, and at most, as often as their level asks."""
    for person, requirement in view.service.required():
        have = view.service.amount_of(person, requirement)
        told = f"{requirement.rotation} for {requirement.level}"
        unit = _UNITS[requirement.unit]
        yield Bound(
            person.id,
            view.service.year,
            have,
            at_least=requirement.least,
            unit=unit,
            rotation=requirement.rotation,
            name=told,
        )
        yield Bound(
            person.id,
            view.service.year,
            have,
            at_most=requirement.most,
            unit=unit,
            rotation=requirement.rotation,
            name=told,
        )


@rule(MUST, cites=_SOURCE)
def rotation_window(view: RosterView) -> Iterator[Bound]:
    """A rotation stands only in the blocks that its requirement names."""
    for person, requirement in view.service.required():
        if requirement.window:
            outside = view.service.amount_of(person, requirement, outside=True)
            yield Bound(
                person.id,
                view.service.year,
                outside,
                at_most=0,
                unit=_UNITS[requirement.unit],
                rotation=requirement.rotation,
                name=f"{requirement.rotation} in its window",
            )


@rule(MUST, cites=_SOURCE)
def rotation_order(view: RosterView) -> Iterator[Bound]:
    """A rotation that comes after another does not stand before it."""
    for person, requirement in view.service.required():
        if requirement.after:
            for stays, before, span in view.service.order(person, requirement):
                yield Bound(
                    person.id,
                    span,
                    before,
                    at_least=stays,
                    unit="stays before",
                    rotation=requirement.rotation,
                    name=f"{requirement.rotation} after {requirement.after}",
                )


@rule(MUST, cites=_SOURCE)
def rotation_capacity(view: RosterView) -> Iterator[Bound]:
    """No rotation holds more people at one time than it can take."""
    for code, level, count, most, span in view.service.crowds():
        yield Bound(
            code, span, count, at_most=most, unit="people", rotation=code, name=f"capacity of {code} for {level}"
        )
