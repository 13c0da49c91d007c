"""C26 and C30: operators see what happens, exactly, and nothing but what the catalog declares."""

from __future__ import annotations

import importlib
import importlib.util
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from housestaff.plumbing import installation_metrics, metrics
from housestaff.plumbing.metric_catalog import CATALOG
from housestaff.plumbing.settings import Settings
from tests.installed import Installed

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def series(house: Installed, name: str, **labels: str) -> float:
    """A series of the installation as it is scraped; nothing is zero."""
    text = installation_metrics.text(house.installation.database, house.installation.clock.now()).decode()
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    for line in text.splitlines():
        found = re.fullmatch(r"housestaff_(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found.group(1) == name and wanted <= set((found.group(2) or "").split(",")):
            return float(found.group(3))
    return 0.0


def three_events_are_counted_once(house: Installed) -> None:
    """A draft, a policy and a role: each series rises by exactly one."""
    from housestaff.features.accounts.commands import GrantRole
    from housestaff.features.program.commands import SetPolicy

    types = ("schedule.created", "program.policy_changed", "membership.changed")
    before = {type_: series(house, "events_total", event_type=type_) for type_ in types}
    house.draft()
    house.do(SetPolicy(values={"freeze_horizon_days": 5}))
    house.do(GrantRole(email="new@small.example", display_name="New", role="resident"), "admin")
    house.work_off()
    after = {type_: series(house, "events_total", event_type=type_) for type_ in types}
    assert after == {type_: count + 1 for type_, count in before.items()}


@pytest.mark.capability("C26")
def test_each_event_is_counted_exactly_once(house: Installed) -> None:
    three_events_are_counted_once(house)


@pytest.mark.control("C26")
def test_counters_stand_still_while_the_consumer_is_off(house: Installed) -> None:
    house.switch("metrics.events", on=False)
    with pytest.raises(AssertionError):
        three_events_are_counted_once(house)


@pytest.mark.capability("C26")
def test_a_repeated_dispatch_counts_as_a_duplicate(house: Installed) -> None:
    house.draft()
    house.work_off()
    asked = {"consumer": "metrics.events", "event_type": "schedule.created"}
    event = house.value("SELECT event_id FROM event WHERE type = 'schedule.created'")
    ok = series(house, "dispatches_total", result="ok", **asked)
    house.installation.later.react(str(house.programs["small"]), str(event), "metrics.events")
    assert series(house, "dispatches_total", result="duplicate", **asked) == 1
    assert series(house, "dispatches_total", result="ok", **asked) == ok


@pytest.mark.capability("C26")
def test_what_waits_a_minute_lags_a_minute(house: Installed) -> None:
    house.switch("notices.schedule_created", on=False)
    house.draft()
    house.work_off()
    house.advance(60)
    assert series(house, "outbox_pending", consumer="notices.schedule_created") == 1
    assert series(house, "outbox_lag_seconds", consumer="notices.schedule_created") == pytest.approx(60, abs=2)


@pytest.mark.capability("C26")
def test_an_unknown_type_is_counted_as_other(house: Installed, superuser: psycopg.Connection) -> None:
    superuser.execute(
        "UPDATE event_count SET labels = 'event_type=canary person r1' "
        "WHERE series = 'events_total' AND labels = 'event_type=membership.changed'"
    )
    text = installation_metrics.text(house.installation.database, house.installation.clock.now()).decode()
    assert 'housestaff_events_total{event_type="other"}' in text
    assert "canary" not in text


@pytest.mark.capability("C26")
def test_without_the_database_the_endpoint_answers_503_and_no_zeros(served: Installed) -> None:
    with urllib.request.urlopen(f"{served.address}/metrics/installation") as answer:
        assert b"housestaff_events_total{" in answer.read()
    served.installation.database.pool.close()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.address}/metrics/installation")
    assert refused.value.code == 503
    refused.value.close()


def both_endpoints_show_the_page(house: Installed) -> None:
    """Every metric of the page has its lines, and nothing else of ours appears."""
    text = (
        metrics.text().decode()
        + installation_metrics.text(house.installation.database, house.installation.clock.now()).decode()
    )
    declared = {
        found.group(1): found.group(2)
        for found in re.finditer(r"\| `(housestaff_\w+)`.*?\| (\w+) \|", PAGE.read_text())
    }
    assert len(declared) == len(CATALOG)
    for name, kind in declared.items():
        assert f"# HELP {name} " in text
        assert f"# TYPE {name} {kind}" in text
    shown = set(re.findall(r"^# TYPE (\w+)", text, flags=re.MULTILINE))
    assert shown == set(declared)


@pytest.mark.capability("C30")
def test_every_metric_of_the_page_is_served_and_no_other(house: Installed) -> None:
    both_endpoints_show_the_page(house)


@pytest.mark.control("C30")
def test_a_metric_that_is_not_registered_is_missed(house: Installed) -> None:
    meter = metrics._METERS["solve_total"]
    metrics.REGISTRY.unregister(meter)
    try:
        with pytest.raises(AssertionError):
            both_endpoints_show_the_page(house)
    finally:
        metrics.REGISTRY.register(meter)


@pytest.mark.capability("C30")
@pytest.mark.parametrize("value", ["01a2123d-948f-7738-b948-d7776a3c7822", "2025-07-01", "somebody@small.example"])
def test_an_id_a_date_and_an_address_are_no_labels(value: str) -> None:
    metrics.count("template_missing_total", locale=value, catalog="notices")
    text = metrics.text().decode()
    assert value not in text
    assert 'housestaff_template_missing_total{catalog="notices",locale="other"}' in text
    assert 'housestaff_metric_label_rejected_total{metric="template_missing_total"}' in text


@pytest.mark.capability("C30")
def test_an_undeclared_metric_is_an_error_in_tests_and_dropped_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(metrics.Undeclared):
        metrics.count("nothing_total")
    monkeypatch.setattr(Settings, "is_strict", False)
    metrics.count("nothing_total")
    assert "nothing_total" not in metrics.text().decode()


@pytest.mark.capability("C30")
def test_importing_twice_registers_once() -> None:
    importlib.reload(importlib.import_module("housestaff.plumbing.metric_catalog"))
    again = importlib.util.find_spec("housestaff.plumbing.metrics")
    assert again is not None
    assert again.loader is not None
    second = importlib.util.module_from_spec(again)
    again.loader.exec_module(second)
    assert second.text()


@pytest.mark.capability("C30")
def test_four_processes_count_a_thousand_commands_together(house: Installed) -> None:
    draft = house.draft()
    command = [sys.executable, "-m", "tests.plumbing.counting", str(draft), "250"]
    processes = [subprocess.Popen(command, env=house.variables(), stdout=subprocess.PIPE, text=True) for _ in range(4)]
    totals = [float(process.communicate(timeout=120)[0]) for process in processes]
    assert sum(totals) == 1000


@pytest.mark.capability("C30")
def test_the_installation_counts_on_over_a_restart(house: Installed) -> None:
    from housestaff.bootstrap.installation import opened

    house.draft()
    house.work_off()
    before = series(house, "events_total", event_type="schedule.created")
    with opened(house.installation.settings, house.addresses) as again:
        text = installation_metrics.text(again.database, again.clock.now()).decode()
    assert f'housestaff_events_total{{event_type="schedule.created"}} {before}' in text
