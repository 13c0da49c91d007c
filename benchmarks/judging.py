"""How long does the judge take: program A's whole year, and one edited cell? Rows go to results.csv."""

from __future__ import annotations

import time
from datetime import date
from statistics import median

from benchmarks.results import Row, record
from housestaff.core.roster import Entry, HalfDay, Layer
from housestaff.core.time import Half
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge, rejudge
from housestaff.rules.ruleset import ruleset_for
from housestaff.synthetic.family_medicine import reference_a

RUNS = 7


def main() -> None:
    """Measure on the witness of program A, seed 7; one warm-up, medians of seven runs."""
    reference = reference_a(7)
    program, roster, rules = reference.program, reference.witness, ruleset_for(reference.program)
    whole: list[float] = []
    view = FinishedRoster.of(program, roster)
    for _run in range(RUNS + 1):
        begun = time.perf_counter()
        view = FinishedRoster.of(program, roster)
        judge(view, rules)
        whole.append(time.perf_counter() - begun)
    place = HalfDay("r13", date(2025, 10, 14), Half.AM)
    span = program.zone.half_span(place.day, place.half)
    edited = roster.with_entry(place, Entry(Layer.MANUAL, "C30"))
    single: list[float] = []
    for _run in range(RUNS + 1):
        begun = time.perf_counter()
        rejudge(view, edited, [place.person], span, rules=rules)
        single.append(time.perf_counter() - begun)
    record(
        [
            Row("judge program A's whole year", round(median(whole[1:]), 3), "s", "under 1 s"),
            Row("judge one edited cell again", round(1000 * median(single[1:]), 1), "ms", "under 20 ms"),
        ]
    )


if __name__ == "__main__":
    main()
