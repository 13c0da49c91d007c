"""C47: views that need many rows load them once, alike from cache or database."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from housestaff.core.events import PersonChanged
from housestaff.features.schedules.views import CellRow, RosterGrid
from tests.installed import FIRST, Installed
from tests.plumbing.test_cache import NUMBER, number, show
from tests.plumbing.views import NIGHT, Valkey, amend, grid, listening, on_call, published, sees
from tests.serving import another, metric


def check_that_the_second_read_is_a_hit_of_equal_values(house: Installed, **settings: Any) -> None:
    schedule = published(house)
    with another(house, **settings) as worker:
        listening(worker)
        first = grid(house, schedule, on=worker)
        second = grid(house, schedule, on=worker)
    assert (first.result, second.result) == ("loaded", "hit")
    assert first.record == second.record
    assert isinstance(second.record, RosterGrid)
    assert {type(cell) for cell in second.record.cells} == {CellRow}
    assert [type(value) for value in vars_of(first)] == [type(value) for value in vars_of(second)]
    with pytest.raises(FrozenInstanceError):
        second.record.cells[0].person_id = "f1"  # pyright: ignore[reportAttributeAccessIssue]


def vars_of(answer: Any) -> list[Any]:
    return [getattr(answer.record.cells[0], name) for name in CellRow.__dataclass_fields__]


@pytest.mark.capability("C47")
def test_a_miss_and_a_hit_are_equal_values_of_equal_types(house: Installed) -> None:
    check_that_the_second_read_is_a_hit_of_equal_values(house)


@pytest.mark.control("C47")
def test_with_the_cache_off_the_second_read_is_loaded_again(house: Installed) -> None:
    with pytest.raises(AssertionError):
        check_that_the_second_read_is_a_hit_of_equal_values(house, cache_entries=0)


@pytest.mark.capability("C47")
def test_the_writer_reads_its_write_at_once_and_others_within_a_second(house: Installed) -> None:
    schedule = published(house)
    with another(house) as second:
        listening(house.installation, second)
        new = next(iter({"f1", "f2"} - on_call(grid(house, schedule))))
        grid(house, schedule, on=second)
        amend(house, schedule, new)
        assert on_call(grid(house, schedule)) == {new}
        sees(house, schedule, new, second)


@pytest.mark.capability("C47")
def test_a_second_level_that_hangs_is_left_alone_after_five_failures(house: Installed, valkey: Valkey) -> None:
    with another(house, redis_url=SecretStr(valkey.url)) as worker:
        show(worker, NUMBER)
        listening(worker)
        second = worker.prefetch.cache.second
        assert second is not None
        process = valkey.server._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            failures = metric("cache_requests_total", view="number", result="error")
            for each in range(8):
                assert number(house, f"k{each}", on=worker).result == "loaded"
            assert second.is_left_alone
            assert metric("cache_breaker_open") == 1
            # Five of the reads waited for it, the others did not ask.
            assert metric("cache_requests_total", view="number", result="error") == failures + 8
        finally:
            os.kill(process.pid, signal.SIGCONT)
        house.advance(11)
        listening(worker)
        assert number(house, "k9", on=worker).result == "loaded"
        assert metric("cache_breaker_open") == 0
        worker.prefetch.cache.forget()
        assert number(house, "k9", on=worker).result == "hit"


@pytest.mark.capability("C47")
def test_bytes_of_another_shape_are_corrupt_and_loaded_again(house: Installed, valkey: Valkey) -> None:
    with another(house, redis_url=SecretStr(valkey.url)) as worker:
        show(worker, NUMBER)
        listening(worker)
        number(house, "k0", on=worker)
        with valkey.client() as client:
            (key,) = client.keys("*:number:*")
            client.set(key, client.get(key).replace(NUMBER.schema.encode(), b"0123456789ab"))
        worker.prefetch.cache.forget()
        corrupt = metric("prefetch_total", view="number", result="corrupt")
        assert number(house, "k0", on=worker).result == "loaded"
        assert metric("prefetch_total", view="number", result="corrupt") == corrupt + 1


@pytest.mark.capability("C47")
def test_a_prefetch_in_a_unit_that_commits_changes_no_row(house: Installed) -> None:
    schedule = published(house)
    house.work_off()
    everything = "SELECT md5(string_agg(c::text, '|' ORDER BY duty_id, number)) FROM cell AS c"
    others = "SELECT (SELECT count(*) FROM event) + (SELECT max(chain_no) FROM audit_entry)"
    before = house.value(everything), house.value(others)
    with house.installation.house.unit(house.by()) as unit:
        house.installation.prefetch.cache.forget()
        house.installation.prefetch.prefetch(unit, "roster_grid", schedule_id=schedule)
    assert (house.value(everything), house.value(others)) == before


@pytest.mark.capability("C47")
def test_a_unit_that_has_changed_something_reads_past_the_cache_and_keeps_nothing(house: Installed) -> None:
    show(house.installation, NUMBER)
    listening(house.installation)
    with house.installation.house.unit(house.by()) as unit:
        unit.tell(PersonChanged(person_id="k0", fields=()))
        assert house.installation.prefetch.prefetch(unit, "number", code="k0").result == "bypass"
    assert number(house, "k0").result == "loaded"


@pytest.mark.capability("C47")
def test_another_program_gets_its_own_data(house: Installed) -> None:
    house.add_program("other")
    schedule = published(house)
    listening(house.installation)
    mine = house.installation.prefetch.ask(house.by(), "who_is_on", day=NIGHT).record
    theirs = house.installation.prefetch.ask(house.by(program="other"), "who_is_on", day=NIGHT).record
    assert mine.on_call
    assert theirs.on_call == ()
    assert grid(house, schedule).record.cells


@contextmanager
def counted(house: Installed) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        # Whether the generations were read too hangs on when the listener has heard of the last change.
        if "cache_tag" not in statement:
            statements.append(statement)

    engine = house.installation.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.capability("C47")
@pytest.mark.parametrize("view", ["roster_grid", "schedule_summary", "person_week", "who_is_on"])
def test_a_view_takes_the_same_number_of_queries_however_many_rows_it_has(house: Installed, view: str) -> None:
    schedule = published(house)
    few_and_many: dict[str, list[dict[str, Any]]] = {
        "roster_grid": [{"schedule_id": schedule, "person": "r1", "last": FIRST}, {"schedule_id": schedule}],
        "schedule_summary": [{"schedule_id": schedule}],
        "person_week": [{"person": "nobody", "first_day": FIRST}, {"person": "r1", "first_day": FIRST}],
        "who_is_on": [{"day": FIRST}, {"day": NIGHT}],
    }
    listening(house.installation)
    taken: set[int] = set()
    for given in few_and_many[view]:
        house.installation.prefetch.ask(house.by(), view, **given)
        house.installation.prefetch.cache.forget()
        with counted(house) as statements:
            assert house.installation.prefetch.ask(house.by(), view, **given).result in {"loaded", "bypass"}
        taken.add(len(statements))
    (queries,) = taken
    assert queries <= 12
