"""How long until the year of rotations of 156 residents has a first answer that keeps every rule: HiGHS or CP-SAT?"""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.results import Row, record
from housestaff.solving.rotations import rotation_model
from housestaff.solving.run import Level, Watch, run
from housestaff.synthetic.internal_medicine import reference_b

SECONDS = 60.0


def main() -> None:
    """Solve the first level of program B's year of rotations with each solver, sixty seconds at most."""
    reference = reference_b(7)
    calendar = reference.program.calendar
    base = replace(reference.history, complete=(calendar.first, calendar.last))
    told: dict[bool, tuple[float, bool]] = {}
    for as_mip in (True, False):
        model, levels, _picks = rotation_model(reference.program, base)
        first: list[Level] = levels[:1]
        begun = time.perf_counter()
        outcome = run(model, first, Watch(seconds=600), stage="bench", seconds=SECONDS, as_mip=as_mip)
        told[as_mip] = time.perf_counter() - begun, outcome.found
    (mip, found), (peer, peer_found) = told[True], told[False]
    if not found:
        raise SystemExit("HiGHS found no year of rotations")
    beside = f"CP-SAT {peer:.0f} s" + ("" if peer_found else ", none")
    record([Row("program B: first year of rotations", round(mip, 1), "s", "within 60 s", beside, f"{peer / mip:.1f}")])


if __name__ == "__main__":
    main()
