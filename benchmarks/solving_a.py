"""How long does program A's complete year take, and how far from the best may it be? Three seeds."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.results import Row, record
from housestaff.solving.run import Watch
from housestaff.solving.solve import Solved, solve
from housestaff.synthetic.family_medicine import reference_a


def main() -> None:
    """Solve and judge program A for three seeds; every answer must be whole and clean."""
    seconds: list[float] = []
    gaps: list[float] = []
    broken = 0
    for seed in (1, 2, 3):
        reference = reference_a(7)
        begun = time.perf_counter()
        answer = solve(reference.program, base=reference.history, seed=seed, watch=Watch(seconds=60))
        seconds.append(time.perf_counter() - begun)
        if not isinstance(answer, Solved):
            raise SystemExit(f"seed {seed}: no year")
        broken += len(answer.violations)
        gaps.append(max(level.gap_percent for stage in answer.stages for level in stage.levels))
    record(
        [
            Row("program A: complete year, judged", round(median(seconds), 1), "s", "at most 60 s (later 10 s)"),
            Row("program A: largest gap of a level", round(median(gaps), 1), "%", "at most 1 %"),
            Row("program A: MUST rules broken, three seeds", broken, "findings", "0"),
        ]
    )


if __name__ == "__main__":
    main()
