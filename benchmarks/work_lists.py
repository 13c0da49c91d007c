"""How long do pages of long lists take: 10,000 dead letters, and the start page of a resident in a published year?"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import httpx2

from benchmarks.results import Row, record
from benchmarks.running import Ground, add_program_a, asking, ground, percentile
from housestaff.features.schedules.commands import CreateSchedule, PublishSchedule

LETTERS, PAGES, PAGE, VISITS = 10_000, 60, 50, 60


def main() -> None:
    """Page through the letters over HTTP, and open start pages."""
    with ground() as here:
        _write_letters(here)
        with here.house.serving() as (_web, address), asking(here, address, "admin") as admin:
            pages = _pages(admin)
        person = _publish_year(here)
        with here.house.serving() as (_web, address), asking(here, address, person) as resident:
            visits = [_timed(resident, "/portal/dashboard") for _ in range(VISITS)]
    goal = "under 200 ms"
    record(
        [
            Row(f"a page of {PAGE} of {LETTERS:,} dead letters, p95", _milliseconds(pages), "ms", goal),
            Row("start page in program A's published year, p95", _milliseconds(visits), "ms", "under 100 ms"),
        ]
    )


def _write_letters(here: Ground) -> None:
    program = here.house.programs[here.house.program]
    with here.as_superuser() as connection:
        connection.execute(
            """
            INSERT INTO dead_letter
            SELECT %s, gen_random_uuid(), 'dispatch', 'notices.schedule_created', gen_random_uuid(), 'schedule.created',
                   '{}', '', (ARRAY['open', 'resolved'])[1 + n %% 2], 'attempts_used_up', 'RuntimeError', '', 8, 0,
                   now(), now(), NULL, '', gen_random_uuid()
            FROM generate_series(1, %s) AS n
            """,
            [program, LETTERS],
        )


def _pages(admin: httpx2.Client) -> list[float]:
    taken: list[float] = []
    cursor: str | None = None
    for _ in range(PAGES):
        asked: dict[str, Any] = {"limit": PAGE, "state": "open", **({"cursor": cursor} if cursor else {})}
        begun = perf_counter()
        answer = admin.get("/ops/dead-letters", params=asked).raise_for_status().json()
        taken.append(perf_counter() - begun)
        if len(answer["items"]) != PAGE:
            raise SystemExit("a page is not full")
        cursor = answer["cursor"]
    return taken


def _publish_year(here: Ground) -> str:
    code, reference = add_program_a(here)
    house, program = here.house, reference.program
    house.program = code
    first, last = program.calendar.first, program.calendar.last
    create = CreateSchedule(first_day=first, last_day=last, method="imported", roster=reference.witness)
    house.do(PublishSchedule(schedule_id=house.do(create), revision=1))
    return program.residents[0].id


def _timed(client: httpx2.Client, path: str) -> float:
    begun = perf_counter()
    client.get(path).raise_for_status()
    return perf_counter() - begun


def _milliseconds(taken: list[float]) -> float:
    return round(1000 * percentile(taken, 0.95), 1)


if __name__ == "__main__":
    main()
