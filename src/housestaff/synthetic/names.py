"""Invented names that look invented, each only once in a program."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from housestaff.synthetic import tables


def invented_names(dice: Random) -> Iterator[tuple[str, str]]:
    """Given name and surname of one person after another; no surname comes twice."""
    parts = tables.table("names")
    surnames = [start + end for start in parts["start"].split() for end in parts["end"].split()]
    given: list[str] = parts["given"].split()
    dice.shuffle(surnames)
    dice.shuffle(given)
    for number, surname in enumerate(surnames):
        yield given[number % len(given)], surname
