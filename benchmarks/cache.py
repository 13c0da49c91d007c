"""What does the cache bring: answers with it and without it, the share of hits, and the cost when it breaks?"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import httpx2
from pydantic import SecretStr

from benchmarks.results import Row, record
from benchmarks.running import Ground, add_program_a, asking, ground
from housestaff.features.schedules.commands import CreateSchedule, PublishSchedule
from tests.installed import FIRST, PEOPLE
from tests.plumbing.views import Valkey, published
from tests.serving import wait_until

READS, KEYS, ROUNDS, READS_A_CHANGE = 60, 10_000, 10, 200
_HITS = re.compile(r'housestaff_cache_requests_total\{result="(\w+)",view="roster_grid"\} ([\d.]+)')


@dataclass(frozen=True)
class Year:
    """Program A's published year, and what is asked of it."""

    schedule: UUID
    people: tuple[str, ...]

    def month(self, client: httpx2.Client) -> None:
        """Everybody's cells of a month."""
        days = {"from": "2025-10-01", "to": "2025-10-31"}
        client.get(f"/schedules/{self.schedule}/roster", params=days).raise_for_status()

    def of_person(self, client: httpx2.Client, turn: int) -> None:
        """One person's cells of the year."""
        person = self.people[turn % len(self.people)]
        client.get(f"/schedules/{self.schedule}/roster", params={"person": person}).raise_for_status()


def main() -> None:
    """Ask the same of servers with a cache, without one, and with a second level that hangs."""
    rows = _touch()
    with ground() as here, ExitStack() as stack:
        valkey = Valkey(here.house.folder / "valkey")
        stack.callback(valkey.close)
        year = _year(here)
        with_cache, share = _served(here, lambda client: (_median(client, year.month), _hit_share(client, year)))
        without = _served(here, lambda client: _median(client, year.month), cache_entries=0)
        own = _served(here, lambda client: (year.month(client), _slowest(client, year, range(8)))[1])
        hanging = _hung(here, valkey, year)
    rows += [
        Row(
            "cache: a month of program A over HTTP, median", round(with_cache, 1), "ms", "no goal",
            f"cache off {without:.1f} ms", f"{without / with_cache:.1f}",
        ),
        Row(f"cache: hits, one change in {READS_A_CHANGE} reads of 29 views", round(100 * share, 1), "%", "no goal"),
        Row("cache: level 2 hangs, slowest cold answer of 8", round(hanging[0], 1), "ms", "60 ms above none"),
        Row("cache: no level 2, slowest cold answer of 8", round(own, 1), "ms", "no goal"),
        Row("cache: level 2 left alone, slowest cold answer of 8", round(hanging[1], 1), "ms", "as with none"),
    ]  # fmt: skip
    record(rows)


def _touch() -> list[Row]:
    """Ten thousand keys under one tag: how long it takes to raise it, and that the next read is a miss."""
    with ground(cache_entries=2 * KEYS) as here:
        house, installation = here.house, here.house.installation
        published(house)
        wait_until(lambda: installation.listener.is_live, what="the listener")

        def ask(number: int) -> str:
            person = PEOPLE[number % len(PEOPLE)].id
            day = FIRST + timedelta(days=number // len(PEOPLE))
            return installation.prefetch.ask(house.by(), "person_week", person=person, first_day=day).result

        for number in range(KEYS):
            ask(number)
        times: list[float] = []
        for _round in range(ROUNDS):
            if ask(0) != "hit":
                raise SystemExit("a key was not kept")
            with installation.house.unit(house.by()) as unit:
                begun = perf_counter()
                installation.prefetch.cache.generations.touch(unit, ["program"])
                times.append(1000 * (perf_counter() - begun))
            if ask(0) == "hit":
                raise SystemExit("a read after the touch was a hit")
    return [Row("cache: raise a tag of 10,000 keys", round(median(times), 2), "ms", "under 5 ms")]


def _year(here: Ground) -> Year:
    code, reference = add_program_a(here)
    here.house.program = code
    calendar = reference.program.calendar
    schedule = here.house.do(
        CreateSchedule(first_day=calendar.first, last_day=calendar.last, method="imported", roster=reference.witness)
    )
    here.house.do(PublishSchedule(schedule_id=schedule, revision=1))
    here.house.work_off()
    people = [*reference.program.residents, *reference.program.faculty]
    return Year(schedule, tuple(person.id for person in people))


def _served(here: Ground, ask: Callable[[httpx2.Client], Any], **settings: Any) -> Any:
    """What is found at a web server with other settings."""
    usual = here.house.installation.settings
    object.__setattr__(here.house.installation, "settings", usual.model_copy(update=settings))
    try:
        with here.house.serving() as (_process, address), asking(here, address) as client:
            return ask(client)
    finally:
        object.__setattr__(here.house.installation, "settings", usual)


def _median(client: httpx2.Client, ask: Callable[[httpx2.Client], None]) -> float:
    ask(client)
    return median(_timed(lambda: ask(client)) for _read in range(READS))


def _timed(act: Callable[[], None]) -> float:
    begun = perf_counter()
    act()
    return 1000 * (perf_counter() - begun)


def _hit_share(client: httpx2.Client, year: Year) -> float:
    """The share of hits among reads of everybody's year, with a change of the schedule now and then."""
    before = _counted(client)
    note = {"schedule_id": str(year.schedule)}
    duty = client.get(f"/schedules/{year.schedule}/roster", params={"person": year.people[0]}).json()["cells"][0]
    for turn in range(5 * READS_A_CHANGE):
        if turn % READS_A_CHANGE == 0:
            changed = client.put(f"/duties/{duty['duty_id']}/note", json={**note, "text": f"note {turn}"})
            changed.raise_for_status()
        year.of_person(client, turn)
    found = {result: number - before.get(result, 0) for result, number in _counted(client).items()}
    return found.get("hit", 0) / sum(found.values())


def _counted(client: httpx2.Client) -> dict[str, float]:
    told = client.get(str(client.base_url).split("/api/", maxsplit=1)[0] + "/metrics").text
    return {result: float(number) for result, number in _HITS.findall(told)}


def _hung(here: Ground, valkey: Valkey, year: Year) -> tuple[float, float]:
    """The slowest cold answers while the second level hangs: before the breaker has opened, and after."""
    process = valkey.server._process.pid  # type: ignore[union-attr]  # noqa: SLF001 - hung as nothing else can hang it

    def ask(client: httpx2.Client) -> tuple[float, float]:
        year.month(client)
        os.kill(process, signal.SIGSTOP)
        try:
            return _slowest(client, year, range(8)), _slowest(client, year, range(8, 16))
        finally:
            os.kill(process, signal.SIGCONT)

    return _served(here, ask, redis_url=SecretStr(valkey.url))


def _slowest(client: httpx2.Client, year: Year, turns: range) -> float:
    return max(_timed(lambda turn=turn: year.of_person(client, turn)) for turn in turns)


if __name__ == "__main__":
    main()
