"""A roster file loses nothing, is the same for the same roster, and refuses what it cannot read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings

from housestaff.core.errors import BadInput
from housestaff.core.roster import Entry, HalfDay, Layer, Roster
from housestaff.core.time import Half
from housestaff.files.guard import MEGABYTE
from housestaff.files.roster_json import parse_roster, read_roster, roster_bytes, roster_hash, write_roster
from tests.files.values import ROSTERS


@given(ROSTERS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_as_the_same_roster(roster: Roster) -> None:
    data = roster_bytes(roster)
    again = parse_roster(data)
    assert again == roster
    assert roster_bytes(again) == data


def test_the_hash_changes_with_one_cell_and_not_with_the_order_of_filling() -> None:
    one = {HalfDay("a", date(2025, 7, 1), half): (Entry(Layer.SOLVER, "C"),) for half in Half}
    roster = Roster(halves=MappingProxyType(one))
    turned = Roster(halves=MappingProxyType(dict(reversed(one.items()))))
    assert roster_hash(roster) == roster_hash(turned)
    assert roster_hash(roster) != roster_hash(
        roster.with_entry(HalfDay("a", date(2025, 7, 2), Half.AM), Entry(Layer.MANUAL, "C"))
    )
    assert roster_hash(roster) != roster_hash(replace(roster, complete=(date(2025, 7, 1), date(2025, 7, 2))))


def test_a_file_is_read_back(tmp_path: Path) -> None:
    roster = Roster(complete=(date(2025, 7, 1), date(2026, 6, 30)))
    write_roster(roster, tmp_path / "roster.json")
    assert read_roster(tmp_path / "roster.json") == roster


GOOD = {"format": "housestaff roster", "version": 1}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"{\xff}", "line 1 is not UTF-8"),
        (b"{\n]", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no roster file"),
        (b'{"format": "housestaff roster", "version": 9}', "version 9"),
        (json.dumps({**GOOD, "stint": []}).encode(), "'stints'?"),
        (json.dumps({**GOOD, "stints": [["p", "IPT", "2025-07-01"]]}).encode(), "stints 1"),
        (json.dumps({**GOOD, "stints": [["p", "IPT", "2025-07-01", "2025-07-40", "solver"]]}).encode(), "'2025-07-40'"),
        (json.dumps({**GOOD, "halves": [["p", "2025-07-01", "NOON", []]]}).encode(), "AM or PM"),
        (
            json.dumps({**GOOD, "halves": [["p", "2025-07-01", "AM", [["magic", "C", "", None, ""]]]]}).encode(),
            "manual",
        ),
        (json.dumps({**GOOD, "calls": {}}).encode(), "'calls' is no list"),
        (json.dumps({**GOOD, "duties": [{"id": "x"}]}).encode(), "duties 1"),
    ],
)
def test_what_is_no_roster_is_refused_with_its_place(tmp_path: Path, data: bytes, told: str) -> None:
    file = tmp_path / "roster.json"
    file.write_bytes(data)
    with pytest.raises(BadInput, match=told) as refused:
        read_roster(file)
    assert "roster.json" in str(refused.value)
    assert refused.value.remedy


def test_a_file_over_the_limit_is_refused_without_reading_it(tmp_path: Path) -> None:
    file = tmp_path / "roster.json"
    with file.open("wb") as opened:
        opened.truncate(51 * MEGABYTE)
    with pytest.raises(BadInput, match="51 MB, the limit is 50 MB"):
        read_roster(file)
