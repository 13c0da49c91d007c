"""One block of half-days solved by itself, as the year solves each of its parts."""

from __future__ import annotations

from housestaff.core.calendar import Block
from housestaff.core.program import Program
from housestaff.core.roster import Entry, HalfDay, Roster
from housestaff.solving.half_days import BlockModel, block_model
from housestaff.solving.nearby import short_of_free_days
from housestaff.solving.run import Outcome, Watch, run


def model_of(program: Program, base: Roster, block: Block) -> BlockModel:
    """The model of a block for everybody."""
    short = short_of_free_days(program, base, [person.id for person in program.residents])
    return block_model(program, base, block, short=short)


def solve_block(program: Program, base: Roster, block: Block) -> tuple[dict[HalfDay, Entry], Outcome]:
    """The half-days and days off of a block; no entries where the rules leave no way."""
    built = model_of(program, base, block)
    outcome = run(built.model, built.levels(), Watch(seconds=20), stage="half-days", seed=0, seconds=5, as_mip=True)
    return (built.entries(outcome) if outcome.found else {}), outcome
