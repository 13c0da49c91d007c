"""C4: after a schedule changes, no reader on any worker sees the old state."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from housestaff.core.errors import BadInput
from tests.installed import Installed
from tests.plumbing.views import Valkey, amend, grid, held_up, listening, on_call, published, second_draft, sees
from tests.serving import another, metric, served, signed_in


def check_that_both_workers_show_the_change(house: Installed) -> None:
    schedule, unrelated = published(house), second_draft(house)
    house.work_off()
    first = house.installation
    with another(house) as second:
        listening(first, second)
        old = on_call(grid(house, schedule))
        for worker in (first, second):
            for warm in (schedule, unrelated):
                grid(house, warm, on=worker)
                assert grid(house, warm, on=worker).result == "hit"
        (new,) = {"f1", "f2"} - old if old <= {"f1", "f2"} else {"f1"}
        amend(house, schedule, new)
        assert on_call(grid(house, schedule)) == {new}
        sees(house, schedule, new, second)
        listening(first, second)
        for worker in (first, second):
            assert grid(house, unrelated, on=worker).result == "hit"


@pytest.mark.capability("C4")
def test_the_own_worker_shows_a_change_at_once_and_another_within_a_second(house: Installed) -> None:
    check_that_both_workers_show_the_change(house)


@pytest.mark.control("C4")
def test_without_raised_tags_a_worker_shows_the_old_roster(house: Installed) -> None:
    house.installation.house.inline_off.add("cache_tags")
    with pytest.raises(AssertionError):
        check_that_both_workers_show_the_change(house)


@pytest.mark.capability("C4")
def test_what_a_reader_loaded_before_the_commit_and_stores_after_it_is_never_served(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    listening(house.installation)
    old = on_call(grid(house, schedule))
    new = next(iter({"f1", "f2"} - old))
    house.installation.prefetch.cache.forget()
    refused = metric("cache_requests_total", view="roster_grid", result="stale_refused")
    with held_up(house.installation.prefetch, "roster_grid") as (has_read, go_on), ThreadPoolExecutor(1) as reader:
        reading = reader.submit(grid, house, schedule)
        assert has_read.wait(10)
        amend(house, schedule, new)
        go_on.set()
        assert on_call(reading.result()) == old
    assert on_call(grid(house, schedule)) == {new}
    assert metric("cache_requests_total", view="roster_grid", result="stale_refused") == refused + 1


@pytest.mark.capability("C4")
def test_a_second_level_that_comes_back_with_its_old_content_shows_no_old_roster(
    house: Installed, valkey: Valkey
) -> None:
    schedule = published(house)
    house.work_off()
    with another(house, redis_url=SecretStr(valkey.url)) as worker:
        listening(worker)
        old = on_call(grid(house, schedule, on=worker))
        new = next(iter({"f1", "f2"} - old))
        valkey.stop(keep=True)
        amend(house, schedule, new, on=worker)
        assert on_call(grid(house, schedule, on=worker)) == {new}
        valkey.start()
        with another(house, redis_url=SecretStr(valkey.url)) as third:
            listening(worker, third)
            for reader in (worker, third):
                reader.prefetch.cache.forget()
                assert on_call(grid(house, schedule, on=reader)) == {new}


@pytest.mark.capability("C4")
def test_a_client_with_an_old_mark_gets_the_new_content_and_one_with_the_newest_gets_none(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    new = next(iter({"f1", "f2"} - on_call(grid(house, schedule))))
    with served(house.installation) as address, signed_in(house, address) as client:
        path = f"/schedules/{schedule}/roster"
        first = client.get(path)
        old = first.headers["ETag"]
        same = client.get(path, headers={"If-None-Match": old})
        assert (same.status_code, same.content) == (304, b"")
        amend(house, schedule, new)
        changed = client.get(path, headers={"If-None-Match": old})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != old
        assert changed.content != first.content


@pytest.mark.capability("C4")
def test_a_write_with_an_old_mark_is_refused_as_stale(house: Installed) -> None:
    draft = house.draft()
    with served(house.installation) as address, signed_in(house, address) as client:
        mark = client.get(f"/schedules/{draft}/roster").headers["ETag"]
        edit = {"kind": "call", "line": "faculty_call", "day": "2025-08-05", "person": "f1"}
        first = client.patch(
            f"/schedules/{draft}/draft", json={"revision": 1, "changes": [edit]}, headers={"If-Match": mark}
        )
        assert first.status_code == 200, first.text
        body = {"revision": 2, "changes": [edit | {"person": "f2"}]}
        late = client.patch(f"/schedules/{draft}/draft", json=body, headers={"If-Match": mark})
        assert (late.status_code, late.json()["code"]) == (409, "stale")


class Undone(Exception):
    """Thrown to undo a unit."""


def touch_and_undo(house: Installed, tag: str) -> None:
    with house.installation.house.unit(house.by()) as unit:
        house.installation.prefetch.cache.generations.touch(unit, [tag])
        raise Undone


@pytest.mark.capability("C4")
def test_a_change_that_is_refused_moves_no_generation(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    generations = "SELECT tag, generation FROM cache_tag ORDER BY tag"
    before = house.rows(generations)
    with pytest.raises(BadInput):
        amend(house, schedule, "nobody")
    with pytest.raises(Undone):
        touch_and_undo(house, f"schedule:{schedule}")
    assert house.rows(generations) == before
