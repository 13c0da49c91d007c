"""The results file: one row a question, replaced when it is measured again."""

from __future__ import annotations

import csv
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).with_name("results.csv")
HEADER = ("question", "measured", "unit", "goal", "peer", "ratio", "machine", "on")


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: what was measured, the goal, and a peer in the same run where there is one."""

    question: str
    measured: float
    unit: str
    goal: str
    peer: str = ""
    ratio: str = ""


def record(rows: list[Row]) -> None:
    """Print the rows and put them into the results file in place of older answers to the same questions."""
    old: list[list[str]] = []
    if FILE.is_file():
        with FILE.open(newline="", encoding="utf-8") as lines:
            old = list(csv.reader(lines))[1:]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    today = datetime.now(UTC).date().isoformat()
    new = [[r.question, str(r.measured), r.unit, r.goal, r.peer, r.ratio, machine, today] for r in rows]
    asked = {row.question for row in rows}
    for line in new:
        print("  " + "  ".join(line[:6]))
    with FILE.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEADER, *sorted([*(line for line in old if line[0] not in asked), *new])])
