"""Conformance cases: from tool-neutral JSON to a program and a roster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.duties import Certainty, Duty, DutyKind, Flag
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Dates, LevelSpan, Person, PersonKind
from housestaff.core.program import Approval, Dated, HourException, Policy, Program, StayByChoice
from housestaff.core.roster import Cell, Roster, Stint
from housestaff.core.rotations import DaysOff, Rotation, RotationKind
from housestaff.core.time import Half, Span, Zone, minute_of_day

_PACKS = {"em": "em-2017"}
_SWITCHES = {"six_nights", "ten_hours_between", "sixteen_hours_first_year", "moonlighting_ban"}


def read_cases(folder: Path) -> list[dict[str, Any]]:
    """Every case of the suite in the order of its files."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.json")):
        found += json.loads(path.read_text("utf-8")).get("cases", [])
    return found


def read_roster_case(scenario: Mapping[str, Any]) -> tuple[Program, Roster]:
    """The program and the roster of a scenario of kind "roster"."""
    zone = Zone(scenario["zone"])
    blocks = tuple(Block(b["number"], _day(b["first"]), _day(b["last"])) for b in scenario["blocks"])
    series = BlockSeries("main", blocks[0].first.year, blocks)
    rotations = tuple(_rotation(each) for each in scenario.get("rotations", ()))
    program = Program(
        id="conformance",
        name="Conformance",
        zone=zone,
        calendar=Calendar(series.academic_year, (series,)),
        packs=tuple(_pack(each) for each in scenario.get("packs", ())),
        people=tuple(_person(each) for each in scenario["people"]),
        rotations=rotations,
        leaves=tuple(_leave(number, each) for number, each in enumerate(scenario.get("leave", ()))),
        policy=_policy(scenario.get("settings", {})),
        hour_exceptions=tuple(read_exception(each) for each in scenario.get("hour_exceptions", ())),
        stays=tuple(_stay(each) for each in scenario.get("stays", ())),
        approvals=tuple(
            Approval("moonlighting", each["person"], _day(each["from"]), _optional(each.get("until") or each.get("to")))
            for each in scenario.get("moonlighting_approvals", ())
        ),
    )
    stints = tuple(Stint(s["person"], s["rotation"], _day(s["first"]), _day(s["last"])) for s in scenario["stints"])
    cells = tuple(Cell(_duty(number, each, zone), each["person"]) for number, each in enumerate(scenario["duties"]))
    complete = (_day(scenario["complete"]["from"]), _day(scenario["complete"]["to"]))
    return program, Roster(stints=stints, duties=cells, complete=complete)


def read_exception(record: Mapping[str, Any]) -> HourException:
    """An 88-hour record."""
    return HourException(
        record["rotation"],
        record["weekly_hours"],
        _day(record["from"]),
        _day(record["until"]),
        _optional(record.get("letter")),
        _optional(record.get("gmec")),
        _optional(record.get("dio")),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _optional(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _instant(text: str, zone: Zone) -> int:
    day, _t, clock = text.partition("T")
    return zone.at(_day(day), minute_of_day(clock))


def _pack(each: str | Mapping[str, str]) -> str:
    if isinstance(each, str):
        return _PACKS.get(each, each)
    return f"{_PACKS.get(each['id'], each['id'])}@{each['from']}"


def _rotation(each: Mapping[str, Any]) -> Rotation:
    off = each.get("days_off")
    return Rotation(
        code=each["code"],
        name=each["code"],
        kind=RotationKind.EMERGENCY if each.get("emergency") else RotationKind.INPATIENT,
        emergency=bool(each.get("emergency")),
        days_off=DaysOff(off["managed_by"], off.get("per_segment", 4)) if off else DaysOff(),
    )


def _person(each: Mapping[str, Any]) -> Person:
    levels = tuple(
        LevelSpan(level["level"], Dates(_day(level["from"]), _optional(level.get("to")))) for level in each["levels"]
    )
    return Person(each["id"], each["id"], PersonKind(each["kind"]), levels=levels, stage=each.get("stage", ""))


def _leave(number: int, each: Mapping[str, Any]) -> Leave:
    half = Half(each["half"]) if each.get("half") else None
    return Leave(f"L{number}", each["person"], LeaveKind(each["kind"]), _day(each["from"]), _day(each["to"]), half)


def _stay(each: Mapping[str, Any]) -> StayByChoice:
    return StayByChoice(
        each["person"],
        _day(each["date"]),
        each["minutes"],
        each.get("reason") or "",
        each.get("handed_off", False),
        each.get("own_initiative", False),
    )


def _duty(number: int, each: Mapping[str, Any], zone: Zone) -> Duty:
    start, end = _instant(each["start"], zone), _instant(each["end"], zone)
    work = tuple(Span(_instant(w["start"], zone), _instant(w["end"], zone)) for w in each.get("work", ()))
    return Duty(
        id=f"{each['person']}.{number}",
        kind=DutyKind(each["kind"]),
        day=zone.date_of(start),
        span=Span(start, end),
        flags=frozenset(Flag(flag) for flag in each["flags"]),
        rotation=each.get("rotation", ""),
        site=each.get("site", ""),
        counts=each.get("counts", True),
        certainty=Certainty(each.get("certainty", "known")),
        work=work,
    )


def _policy(settings: Mapping[str, Any]) -> Policy:
    values: dict[str, tuple[Dated, ...]] = {}
    for key, value in settings.items():
        if key == "verified_rows":
            values |= {f"verified.{row}": (Dated(value=True),) for row in value}
        elif key in _SWITCHES:
            values[f"rule.{key}"] = (Dated(value=value is not None and value is not False),)
        else:
            values[key] = (Dated(value=value),)
    return Policy(values)
