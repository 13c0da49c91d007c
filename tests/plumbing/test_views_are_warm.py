"""C2: the first reader does not wait, and never sees anything older than the schedule."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from pydantic import SecretStr

from housestaff.core.errors import NotFound
from housestaff.features.schedules.commands import DiscardSchedule, PublishSchedule
from tests.installed import Installed
from tests.plumbing.views import Valkey, amend, grid, held_up, listening, on_call, published
from tests.serving import another, metric, served, signed_in


def hits() -> float:
    return metric("cache_requests_total", view="roster_grid", result="hit")


@contextmanager
def working(house: Installed) -> Iterator[None]:
    """A worker that does what is due meanwhile."""
    thread = Thread(target=house.work_off)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def check_that_the_first_reader_is_served_at_once(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    listening(house.installation)
    path, before = f"/schedules/{schedule}/roster", hits()
    with served(house.installation) as address, signed_in(house, address) as client:
        first = client.get(path)
    assert hits() == before + 1
    with (
        another(house, cache_entries=0) as bare,
        served(bare) as address,
        signed_in(house, address) as client,
    ):
        assert client.get(path).content == first.content


@pytest.mark.capability("C2")
def test_the_first_reader_of_a_new_schedule_is_served_from_the_cache_byte_for_byte(house: Installed) -> None:
    check_that_the_first_reader_is_served_at_once(house)


@pytest.mark.control("C2")
def test_without_the_warm_up_the_first_reader_waits(house: Installed) -> None:
    house.switch("cache.warm", on=False)
    with pytest.raises(AssertionError):
        check_that_the_first_reader_is_served_at_once(house)


@pytest.mark.capability("C2")
def test_this_and_the_next_week_of_each_person_and_who_is_on_today_are_ready_too(house: Installed) -> None:
    # The clock goes to the middle of the month that is published.
    house.advance(_seconds_until_august(house))
    published(house)
    house.work_off()
    listening(house.installation)
    today = house.installation.clock.now().date()
    prefetch, by = house.installation.prefetch, house.by()
    assert prefetch.ask(by, "who_is_on", day=today).result == "hit"
    assert prefetch.ask(by, "who_is_on", day=today).record.on_call
    monday = today.fromordinal(today.toordinal() - today.weekday())
    for first_day in (monday, monday.fromordinal(monday.toordinal() + 7)):
        for person in ("r1", "r2", "r3"):
            week = prefetch.ask(by, "person_week", person=person, first_day=first_day)
            assert week.result == "hit"
            assert {cell.person_id for cell in week.record.cells} == {person}


def _seconds_until_august(house: Installed) -> float:
    now = house.installation.clock.now()
    return (now.replace(year=2025, month=8, day=6, hour=18) - now).total_seconds()


@pytest.mark.capability("C2")
def test_a_warm_up_that_is_overtaken_by_a_new_version_keeps_nothing_old(house: Installed) -> None:
    schedule = house.draft()
    house.work_off()
    new = next(iter({"f1", "f2"} - on_call(grid(house, schedule))))
    house.do(PublishSchedule(schedule_id=schedule, revision=1))
    refused = metric("cache_requests_total", view="roster_grid", result="stale_refused")
    with held_up(house.installation.prefetch, "roster_grid") as (has_read, go_on), working(house):
        assert has_read.wait(20)
        amend(house, schedule, new)
        go_on.set()
    assert on_call(grid(house, schedule)) == {new}
    assert metric("cache_requests_total", view="roster_grid", result="stale_refused") == refused + 1


@pytest.mark.capability("C2")
def test_a_draft_thrown_away_before_the_warm_up_is_not_there(house: Installed, valkey: Valkey) -> None:
    with another(house, redis_url=SecretStr(valkey.url)) as worker:
        draft = house.draft()
        house.do(DiscardSchedule(schedule_id=draft))
        on_worker = Installed(worker, house.addresses, house.folder, house.admin, house.programs, house.users)
        on_worker.work_off()
        with valkey.client() as client:
            assert not [key for key in client.keys("*") if b":roster_grid:" in key or b":schedule_summary:" in key]
        with pytest.raises(NotFound):
            grid(house, draft, on=worker)
        with served(worker) as address, signed_in(house, address) as client:
            assert client.get(f"/schedules/{draft}/roster").status_code == 404
            assert client.get(f"/schedules/{draft}").status_code == 404


@pytest.mark.capability("C2")
def test_with_the_second_level_gone_answers_come_from_the_database_and_are_stored_when_it_is_back(
    house: Installed, valkey: Valkey
) -> None:
    with another(house, redis_url=SecretStr(valkey.url)) as worker:
        on_worker = Installed(worker, house.addresses, house.folder, house.admin, house.programs, house.users)
        valkey.stop()
        schedule = published(on_worker)
        on_worker.work_off()
        assert house.value("SELECT result FROM dispatch WHERE consumer = 'cache.warm' LIMIT 1") == "ok"
        worker.prefetch.cache.forget()
        listening(worker)
        assert grid(house, schedule, on=worker).result == "loaded"
        valkey.start(empty=True)
        house.advance(11)
        worker.prefetch.cache.forget()
        listening(worker)
        assert grid(house, schedule, on=worker).result == "loaded"
        with valkey.client() as client:
            assert any(b":roster_grid:" in key for key in client.keys("*"))
