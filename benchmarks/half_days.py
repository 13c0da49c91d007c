"""Which solver does the half-days of a block better: HiGHS or CP-SAT, on the same model in the same run?"""

from __future__ import annotations

from benchmarks.results import Row, record
from housestaff.solving.half_days import block_model
from housestaff.solving.nearby import short_of_free_days
from housestaff.solving.run import Level, Watch, run
from housestaff.solving.solve import Solved, solve
from housestaff.synthetic.family_medicine import reference_a

SECONDS = 10.0
BLOCKS = (2, 6, 10)


def main() -> None:
    """Solve three blocks of program A around one solved year of stays and calls with each solver, ten seconds each."""
    reference = reference_a(7)
    stays = solve(reference.program, base=reference.history, seed=1, stages=("rotations", "calls"))
    if not isinstance(stays, Solved):
        raise SystemExit("no stays and calls to build on")
    base = stays.roster
    short = short_of_free_days(reference.program, base, [person.id for person in reference.program.residents])
    rows: list[Row] = []
    for number in BLOCKS:
        block = reference.program.calendar.series[0].numbered(number)
        found: dict[bool, tuple[float, float]] = {}
        for as_mip in (True, False):
            built = block_model(reference.program, base, block, short=short)
            levels: list[Level] = built.levels()
            outcome = run(built.model, levels, Watch(seconds=600), stage="bench", seconds=SECONDS, as_mip=as_mip)
            found[as_mip] = outcome.stage.seconds, outcome.stage.levels[-1].gap_percent
        (mip, gap), (peer, peer_gap) = found[True], found[False]
        told = f"CP-SAT {peer:.1f} s, gap {peer_gap:.0f} %"
        rows.append(
            Row(f"half-days of block {number}", round(mip, 1), "s", f"gap {gap:.0f} %", told, f"{peer / mip:.1f}")
        )
    record(rows)


if __name__ == "__main__":
    main()
