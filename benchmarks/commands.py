"""How long do a command and its effects take at ten commands a second, and at which rate does that end?

Eight people edit cells of eight drafts of a month through the API, then of eight drafts of program A's whole year: as
many as a process keeps at hand. A command takes from the instant at which it was due, so that one who waits for a slow
answer is counted too.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from time import perf_counter, sleep
from uuid import UUID

import httpx2

from benchmarks.results import Row, record
from benchmarks.running import (
    Ground,
    Working,
    add_program_a,
    asking,
    at_work,
    database_now,
    effect_seconds,
    ground,
    pending,
    percentile,
    wait,
)
from housestaff.core.time import days
from housestaff.features.schedules.commands import CreateSchedule
from tests.installed import full_roster, small_program

LANES = 8
SECONDS, GOAL = 20.0, 0.05
RATES = (20, 30, 40, 60, 80, 120, 160, 240)


@dataclass
class Lane:
    """A draft that one person edits, one cell after the other."""

    schedule: UUID
    person: str
    codes: tuple[str, str]
    first: date
    revision: int = 1
    edits: int = 0

    def edit(self, client: httpx2.Client) -> None:
        """Change one half-day and keep what the judge says of it; raises where it is refused."""
        day = list(days(self.first, self.first.replace(day=28)))[self.edits % 20]
        code = self.codes[self.edits // 20 % 2]
        change = {"kind": "half", "person": self.person, "day": str(day), "half": "AM", "code": code}
        asked = {"revision": self.revision, "changes": [change]}
        answer = client.patch(f"/schedules/{self.schedule}/draft", json=asked)
        if answer.status_code != 200:
            raise RuntimeError(f"an edit was refused: {answer.status_code} {answer.text}")
        self.revision, self.edits = self.revision + 1, self.edits + 1


@dataclass(frozen=True)
class Found:
    """What one rate came to, in seconds."""

    rate: float
    median: float
    command: float
    effect: float
    web: float
    """Of the processors, for one command."""
    worker: float
    """Of the processors, for the effects of one command."""

    @property
    def is_kept(self) -> bool:
        """Whether both goals are met."""
        return self.command < GOAL and self.effect < 1


def main() -> None:
    """Measure both kinds of edits at ten a second, and the small ones up to where a goal breaks."""
    with ground() as here, at_work(here) as working:
        small = [Lane(_draft(here), "r1", ("CARD", "LEC"), date(2025, 8, 1)) for _each in range(LANES)]
        with asking(here, working.address) as client:
            run = partial(_run, here, working, client)
            run(small, rate=10, seconds=5)
            ten = run(small, rate=10, seconds=SECONDS)
            tried = [ten]
            while tried[-1].is_kept and len(tried) <= len(RATES):
                tried.append(run(small, rate=RATES[len(tried) - 1], seconds=SECONDS / 2))
        code, reference = add_program_a(here)
        here.house.program = code
        year = CreateSchedule(
            first_day=reference.program.calendar.first,
            last_day=reference.program.calendar.last,
            method="imported",
            roster=reference.witness,
        )
        person = reference.program.residents[0].id
        large = [Lane(here.house.do(year), person, ("C30", "LEC"), date(2025, 10, 1)) for _each in range(LANES)]
        with asking(here, working.address) as client:
            run = partial(_run, here, working, client)
            run(large, rate=10, seconds=5)
            of_a_year = run(large, rate=10, seconds=SECONDS)
    _record(ten, tried, of_a_year)


def _draft(here: Ground) -> UUID:
    return here.house.draft(full_roster(small_program()))


def _run(
    here: Ground, working: Working, client: httpx2.Client, lanes: Sequence[Lane], *, rate: float, seconds: float
) -> Found:
    """Ask at a rate for so long, then wait until all effects are there."""
    since, begun, late = database_now(here), perf_counter() + 0.2, list[float]()
    problems: list[Exception] = []
    before = working.processor_seconds()

    def work(number: int) -> None:
        try:
            for turn in range(number, int(rate * seconds), len(lanes)):
                due = begun + turn / rate
                sleep(max(0.0, due - perf_counter()))
                lanes[number].edit(client)
                late.append(perf_counter() - due)
        except Exception as error:  # noqa: BLE001 - it ends the run below
            problems.append(error)

    _in_threads(work, len(lanes))
    if problems:
        raise SystemExit(f"a lane has ended early: {problems[0]}")
    wait(lambda: pending(here) == 0, 120, "the effects")
    web, worker = (now - then for now, then in zip(working.processor_seconds(), before, strict=True))
    effect = percentile(effect_seconds(here, since), 0.95)
    found = Found(rate, percentile(late, 0.5), percentile(late, 0.95), effect, web / len(late), worker / len(late))
    sys.stdout.write(
        f"  {rate:5.0f}/s: command {1000 * found.command:7.1f} ms, "
        f"effect {found.effect:6.3f} s (p95), command {1000 * found.median:5.1f} ms (median), "
        f"processors: web {1000 * found.web:.1f} ms, worker {1000 * found.worker:.1f} ms a command\n"
    )
    return found


def _in_threads(work: Callable[[int], None], number: int) -> None:
    threads = [threading.Thread(target=work, args=(each,)) for each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _record(ten: Found, tried: Sequence[Found], year: Found) -> None:
    ceiling = max((each.rate for each in tried if each.is_kept), default=0)
    end, broken = "", tried[-1]
    if not broken.is_kept:
        end = f"at {broken.rate:.0f}/s: command {1000 * broken.command:.0f} ms, effect {broken.effect:.2f} s"
    record(
        [
            Row("command at 10/s, p95: a cell of a month, edited", round(1000 * ten.command, 1), "ms", "under 50 ms"),
            Row("command at 10/s, median: a cell of a month, edited", round(1000 * ten.median, 1), "ms", "no goal"),
            Row(
                "command: processor time of the web server, a cell of a month",
                round(1000 * ten.web, 1),
                "ms",
                "no goal",
            ),
            Row("command: processor time of its effects in the worker", round(1000 * ten.worker, 1), "ms", "no goal"),
            Row("effect at 10/s, p95: commit to a consumer's commit", round(ten.effect, 3), "s", "under 1 s"),
            Row("commands at which both goals are still met", ceiling, "per s", "at least 10", end),
            Row("command at 10/s, p95: a cell of program A's year", round(1000 * year.command, 1), "ms", "under 50 ms"),
            Row("command at 10/s, median: a cell of program A's year", round(1000 * year.median, 1), "ms", "no goal"),
            Row(
                "command: processor time of the web server, a cell of program A",
                round(1000 * year.web, 1),
                "ms",
                "no goal",
            ),
            Row("effect at 10/s, p95: a cell of program A's year", round(year.effect, 3), "s", "under 1 s"),
        ]
    )


if __name__ == "__main__":
    main()
