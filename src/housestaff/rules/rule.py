"""What a rule is: a sentence of the law with its source, dates and examples, and one body that yields bounds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from housestaff.core.finding import Citation, Force
from housestaff.core.view import Bound

MUST, SHOULD, WISH = Force.MUST, Force.SHOULD, Force.WISH

COMMON = "ACGME Common Program Requirements"
POLICY = "program policy"
FACT = "physical fact"

Body: TypeAlias = Callable[..., Iterator[Bound]]


@dataclass(frozen=True)
class Rule:
    """One rule: what it says, how binding it is, where it stands, since when, and its body.

    `numbers` are the body's keyword defaults. `kept` and `broken` are rows of duty letters. `judged_only` gives the
    reason where the solver does not read the body.
    """

    name: str
    says: str
    force: Force
    citation: Citation
    since: date | None
    until: date | None
    kept: tuple[str, ...]
    broken: tuple[str, ...]
    on: bool
    levels: tuple[str, ...]
    judged_only: str
    numbers: dict[str, Any]
    read: Body

    @property
    def lacks_numbers(self) -> bool:
        """Say whether only a pack gives the numbers: without one there is nothing to judge."""
        return any(type(value) is int and value == 0 for value in self.numbers.values())

    def accepts(self, name: str) -> bool:
        """Say whether the body takes a keyword of that name."""
        return name in _keywords(self.read)


@cache
def _keywords(read: Body) -> frozenset[str]:
    """What a body takes; it is asked for every rule of every judgment."""
    return frozenset(inspect.signature(read).parameters)


def acgme(number_2025: str, number_2023: str, *, confidence: str = "confirmed") -> Citation:
    """A citation of the Common Program Requirements with both numberings."""
    return Citation(COMMON, number_2025, number_2023, confidence=confidence)


def policy(note: str = "") -> Citation:
    """A citation of the program's own policy; never shown as an ACGME rule."""
    return Citation(POLICY + (f": {note}" if note else ""))


def rule(  # noqa: PLR0913 - the head of a rule says all of it on one screen
    force: Force,
    *,
    cites: Citation,
    since: str = "",
    until: str = "",
    kept: Sequence[str] = (),
    broken: Sequence[str] = (),
    on: bool = True,
    levels: Sequence[str] = (),
    judged_only: str = "",
) -> Callable[[Body], Rule]:
    """Mark a function as the body of a rule; nothing is registered, the lists in `law.py` are written by hand."""

    def marked(body: Body) -> Rule:
        parameters = inspect.signature(body).parameters.values()
        return Rule(
            name=body.__name__,
            says=(inspect.getdoc(body) or "").split("\n", maxsplit=1)[0],
            force=force,
            citation=cites,
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
            kept=tuple(kept),
            broken=tuple(broken),
            on=on,
            levels=tuple(levels),
            judged_only=judged_only,
            numbers={each.name: each.default for each in parameters if each.default is not inspect.Parameter.empty},
            read=body,
        )

    return marked


def examples(rules: Iterable[Rule]) -> Iterator[tuple[Rule, str, bool]]:
    """Every letter example of some rules, and whether it is kept."""
    for each in rules:
        for row in each.kept:
            yield each, row, True
        for row in each.broken:
            yield each, row, False
