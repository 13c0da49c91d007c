"""The numbers of a rule for its examples: its own, or those of the first pack where only a pack has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from housestaff.rules.law import RULES
from housestaff.rules.pack import PackRow, shipped, shipped_ids
from housestaff.rules.rule import Rule


def rows_of(rule: Rule) -> list[PackRow]:
    """Every row of a shipped pack that gives a rule its numbers."""
    packs = (shipped(id_, frozenset(RULES)) for id_ in shipped_ids())
    return [row for pack in packs for row in pack.rows if row.rule == rule.name]


def numbers_of(rule: Rule) -> Mapping[str, Any]:
    """The numbers with which a rule is read alone."""
    return {**rule.numbers, **(rows_of(rule)[0].numbers if rule.lacks_numbers else {})}
