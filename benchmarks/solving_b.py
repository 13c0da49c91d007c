"""How long does program B's complete year take, stage by stage, and is it clean? 156 residents, five cohorts."""

from __future__ import annotations

import resource
import time
from collections import defaultdict
from statistics import median

from benchmarks.results import Row, record
from housestaff.core.roster import Roster
from housestaff.rules.judge import judge_roster
from housestaff.solving.run import Watch
from housestaff.solving.solve import STAGES, Solved, solve
from housestaff.synthetic.internal_medicine import reference_b

SECONDS = 300.0
SEEDS = (1, 2, 3)
_KIB_A_GIB = 2**20


def main() -> None:
    """Solve program B stage by stage for three seeds, judge the whole, and count what is broken and what is open."""
    reference = reference_b(7)
    took: dict[str, list[float]] = defaultdict(list)
    broken = nights_open = 0
    for seed in SEEDS:
        roster: Roster = reference.history
        whole = 0.0
        for stage in STAGES:
            begun = time.perf_counter()
            answer = solve(
                reference.program, base=roster, stages=[stage], seed=seed, watch=Watch(seconds=SECONDS - whole)
            )
            took[stage].append(time.perf_counter() - begun)
            whole += took[stage][-1]
            if not isinstance(answer, Solved):
                raise SystemExit(f"seed {seed}: no {stage}")
            roster = answer.roster
        took["year"].append(whole)
        findings = [each for each in judge_roster(reference.program, roster) if each.is_violation]
        broken += len(findings)
        nights_open += sum(each.rule == "one_name_a_night" for each in findings)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_A_GIB
    record(
        [
            Row("program B: complete year, judged", round(median(took["year"]), 1), "s", "at most 300 s"),
            Row("program B: year of rotations", round(median(took["rotations"]), 1), "s", "within 60 s"),
            Row("program B: year of call", round(median(took["calls"]), 1), "s", "at most 180 s"),
            Row("program B: half-days and days off", round(median(took["sessions"]), 1), "s", "no goal"),
            Row("program B: MUST rules broken, three seeds", broken, "findings", "0"),
            Row("program B: nights without exactly one name, three seeds", nights_open, "nights", "0"),
            Row("program B: memory", round(memory, 2), "GiB", "under 2 GiB"),
        ]
    )


if __name__ == "__main__":
    main()
