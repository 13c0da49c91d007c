"""What stands on the printed pages of a published version, as plain data for the template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from housestaff.files.raw import Raw
from housestaff.files.version_sheet import Holder, VersionSheet

DAYS_A_PAGE = 14


def version_pages(version: VersionSheet) -> dict[str, Raw]:
    """The cover, two weeks of the grid a page, the nights of call, and what it comes to for each person."""
    names = {holder.id: holder.name for holder in version.holders}
    shown = version.all_days
    weeks = [shown[at : at + DAYS_A_PAGE] for at in range(0, len(shown), DAYS_A_PAGE)]
    calls = [
        [f"{each.start:%a %b %-d, %Y %H:%M}", f"{each.end:%a %b %-d %H:%M}", each.name, names[each.holder]]
        for each in version.calls
    ]
    return {
        "title": version.title,
        "note": version.period,
        "cover": [list(pair) for pair in version.cover],
        "weeks": [_page(version, part) for part in weeks],
        "calls": calls,
        "people": [list(map(str, each)) for each in version.counts("holder")],
        "rotations": [list(map(str, each)) for each in version.counts("rotation")],
    }


def _page(version: VersionSheet, shown: Sequence[date]) -> dict[str, Raw]:
    return {
        "dates": f"{shown[0]:%B %-d} to {shown[-1]:%B %-d, %Y}",
        "days": [f"{day:%a} {day:%b %-d}" for day in shown],
        "rows": [
            {"name": holder.name, "group": holder.group, "cells": [_codes(version, holder, day) for day in shown]}
            for holder in version.holders
        ],
    }


def _codes(version: VersionSheet, holder: Holder, day: date) -> list[str]:
    """What somebody does on a day, in order of time; both halves of a day of the same once."""
    return list(dict.fromkeys(duty.code for duty in version.by_place.get((holder.id, day), ())))
