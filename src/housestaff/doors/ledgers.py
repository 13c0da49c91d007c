"""The ledgers of a program as plain data and as tables: time away, entitlements, and fair shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from housestaff.rules.fair_ledger import Share
from housestaff.rules.time_away import Granted, TimeAway


def away_row(each: TimeAway, year: int) -> dict[str, Any]:
    """One ledger of a person with a board."""
    ledger = each.ledger
    return {
        "person": each.person.id,
        "name": each.person.display_name,
        "board": ledger.board.id,
        "unit": ledger.board.unit.value,
        "source": ledger.board.source,
        "confidence": ledger.board.confidence,
        "used_this_year": round(ledger.used.get(year, 0.0), 2),
        "used": {str(number): round(used, 2) for number, used in ledger.used.items()},
        "entries": [round(entry, 2) for entry in ledger.entries],
        "verdict": ledger.verdict,
        "answer": ledger.answer,
        "extension_days": ledger.extension_days,
        "if_requests_are_granted": each.if_granted.answer,
        "finishes": each.finishes and str(each.finishes),
        "projected": each.projected and str(each.projected),
        "sentence": ledger.sentence,
    }


def granted_row(each: Granted) -> dict[str, Any]:
    """One entitlement of a person."""
    told = {"person": each.person.id, "entitlement": each.entitlement, "leave": each.leave}
    return told | {"verdict": each.verdict, "sentence": each.sentence}


def share_row(each: Share) -> dict[str, Any]:
    """One line of the fairness ledger."""
    return {
        "person": each.person,
        "line": each.line,
        "kind": each.kind,
        "count": each.count,
        "fair": each.fair_tenths / 10,
        "opening": each.opening_tenths / 10,
        "reason": each.reason,
        "debt": each.debt_tenths / 10,
    }


def show_ledgers(
    console: Console, away: Sequence[TimeAway], granted: Sequence[Granted], shares: Sequence[Share]
) -> None:
    """Print the ledgers as tables."""
    table = Table(title="Time away", title_justify="left", expand=False)
    for name in ("Who", "Board", "On time?", "The sum"):
        table.add_column(name, overflow="fold")
    for each in away:
        asked = each.if_granted.answer
        more = f" ({asked} if the requests are granted)" if asked != each.ledger.answer else ""
        table.add_row(each.person.display_name, each.ledger.board.id, each.ledger.answer + more, each.ledger.sentence)
    console.print(table)
    for each in granted:
        console.print(
            f"  {each.person.display_name}, {each.entitlement}: {each.verdict}. {each.sentence}",
            highlight=False,
            markup=False,
        )
    if shares:
        table = Table(title="Fair shares", title_justify="left", expand=False)
        for name in ("Who", "Line", "Kind", "Had", "Fair share", "Brought along", "Owes"):
            table.add_column(name)
        for line in shares:
            tenths = (line.fair_tenths, line.opening_tenths, line.debt_tenths)
            table.add_row(line.person, line.line, line.kind, str(line.count), *(f"{each / 10:.1f}" for each in tenths))
        console.print(table)
