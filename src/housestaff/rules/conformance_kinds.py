"""Conformance scenarios that are not rosters: attending demand, ledgers, packs, reproduction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.demand import AttendingDemand, attendings_needed
from housestaff.core.duties import Duty, DutyKind, usual_flags
from housestaff.core.errors import BadInput
from housestaff.core.people import Dates, LevelSpan, Person, PersonKind
from housestaff.core.program import HourException, Program
from housestaff.core.roster import Cell, Roster, Stint
from housestaff.core.time import Half, Span, Zone, days
from housestaff.rules.boards import Board, Unit, shipped_boards
from housestaff.rules.conformance_supervision import differs, primary_care_exception, supervision
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.law import RULES
from housestaff.rules.ledgers import Absence, Ledger, check_entitlement, ledger
from housestaff.rules.pack import read_pack
from housestaff.rules.ruleset import Ruleset, ruleset_for

_UTC = Zone("UTC")


def _level_on(levels: list[Mapping[str, Any]], day: date) -> str:
    spans = tuple(
        LevelSpan(
            each["level"],
            Dates(date.fromisoformat(each["from"]), date.fromisoformat(each["to"]) if each["to"] else None),
        )
        for each in levels
    )
    return Person("x", "x", PersonKind.RESIDENT, levels=spans).level_on(day)


def _attending_demand(scenario: Mapping[str, Any]) -> Iterator[str]:
    parameters, expect = scenario["parameters"], scenario["expect"]
    demand = AttendingDemand(
        tuple(parameters["quarters"].items()), parameters["procedure_quarters"], tuple(parameters["counting_kinds"])
    )
    day = date.fromisoformat(scenario["date"])
    present = [each for each in scenario["learners"] if not each["on_leave"]]
    quarters = sum(
        demand.quarters_of(_level_on(each["levels"], day)) + demand.procedure * each["procedures"] for each in present
    )
    there = sum(each["kind"] in demand.given_by and not each.get("on_leave", False) for each in scenario["attendings"])
    yield from differs("quarters", expect["quarters"], quarters)
    yield from differs("attendings", expect["attendings"], attendings_needed(quarters))
    if "deficit" in expect:
        yield from differs("deficit", expect["deficit"], max(0, attendings_needed(quarters) - there))


def _board(each: Mapping[str, Any]) -> Board:
    names = (
        "per_year",
        "cumulative_per_year",
        "cumulative",
        "with_approval",
        "meeting_days",
        "weeks_in_year",
        "most_weeks_counted",
        "required",
    )
    return Board(
        each["id"],
        Unit(each["unit"]),
        each["verified"],
        training_years=tuple(each["years"]) if "years" in each else None,
        **{name: each[name] for name in names if name in each},
    )


def _first_leave(found: Ledger, scenario: Mapping[str, Any]) -> Ledger:
    """A ledger whose verdict is that of the entitlement of its id, for a first approved leave."""
    right = next(each for each in shipped_boards().entitlements if each.id == found.board.id)
    verdict, sentence = check_entitlement(right, found.total, scenario["vacation_balance_weeks"])
    return replace(found, verdict=verdict, sentence=sentence)


def _ledger(scenario: Mapping[str, Any]) -> Iterator[str]:
    holidays = {date.fromisoformat(each["date"]) for each in scenario.get("holidays", ()) if not each["counts"]}
    absences = [
        Absence(
            each["kind"],
            date.fromisoformat(each["from"]),
            date.fromisoformat(each["to"]),
            Half(each["half"]) if each.get("half") else None,
            bool(each.get("canceled")),
        )
        for each in scenario["absences"]
    ]
    boards = {each["id"]: _board(each) for each in scenario["boards"]}
    opening = {each["year"]: each["used"] for each in scenario["balances"]}
    for expect in scenario["expect"]:
        found = ledger(boards[expect["board"]], opening, absences, holidays=holidays)
        if "vacation_balance_weeks" in scenario:
            found = _first_leave(found, scenario)
        plain = {"verdict": found.verdict, "total": found.total, "entries": list(found.entries), **found.facts}
        for name, value in expect.items():
            if name in plain:
                yield from differs(name, value, plain[name])
            elif name == "charged":
                yield from differs(name, {each["year"]: each["amount"] for each in value}, dict(found.charged))
            elif name == "words":
                yield from (f"missing words {word!r}" for word in value if word not in found.sentence)
            elif name != "board":
                yield f"no {name} was worked out"


def _pack(scenario: Mapping[str, Any]) -> Iterator[str]:
    expect = scenario["expect"]
    try:
        if scenario["operation"] == "enter_exception":
            record = scenario["record"]
            HourException(
                record["rotation"],
                record["weekly_hours"],
                date.fromisoformat(record["from"]),
                date.fromisoformat(record["until"]),
            )
            pack = None
        else:
            pack = read_pack(scenario["toml"], frozenset(RULES))
    except BadInput as refusal:
        yield from differs("result", expect["result"], "refused")
        yield from (
            f"the refusal lacks {word!r}: {refusal}" for word in expect.get("words", ()) if word not in str(refusal)
        )
        return
    yield from differs("result", expect["result"], "accepted")
    if "order" in expect and pack is not None:
        rules = ruleset_for(_sample()[0], extra=(pack,)).strictest_first("eighty_hours")
        order = [each.citation.pack if each.citation.pack == pack.id else "common" for each in rules]
        yield from differs(
            "order", expect["order"], list(dict.fromkeys(name for name in order if name in expect["order"]))
        )


def _sample() -> tuple[Program, Roster]:
    """A small program and roster of a year long past, for what must come out the same again."""
    first, last = date(2016, 7, 1), date(2016, 7, 28)
    series = BlockSeries("main", 2016, (Block(1, first, last),))
    levels = (LevelSpan("PGY-2", Dates(date(2016, 7, 1))),)
    people = tuple(Person(f"R{n}", f"R{n}", PersonKind.RESIDENT, levels=levels) for n in range(1, 11))
    program = Program(
        "sample", "Sample", _UTC, Calendar(2016, (series,)), specialty="emergency_medicine", people=people
    )
    kind = DutyKind.ROTATION_DAY
    cells = tuple(
        Cell(
            Duty(
                f"{p.id}.{day}", kind, day, Span(_UTC.at(day, 420), _UTC.at(day, 1140)), usual_flags(kind), half=Half.AM
            ),
            p.id,
        )
        for p in people
        for day in days(first, last)
    )
    return program, Roster(
        stints=tuple(Stint(p.id, "X", first, last) for p in people), duties=cells, complete=(first, last)
    )


def _reproduce(scenario: Mapping[str, Any]) -> Iterator[str]:
    program, roster = _sample()
    published = ruleset_for(program)
    before = [str(found) for found in judge(FinishedRoster.of(program, roster), published)]
    people = list(program.people)
    for change in scenario["then"]:
        if change["change"] == "promotion":
            later = LevelSpan(change["level"], Dates(date.fromisoformat(change["from"])))
            people = [replace(p, levels=(*p.levels, later)) if p.id == change["person"] else p for p in people]
    again = Ruleset.of_snapshot(published.snapshot())
    after = [str(found) for found in judge(FinishedRoster.of(replace(program, people=tuple(people)), roster), again)]
    yield from differs("identical", scenario["expect"]["identical"], bool(before) and before == after)
    for pack, version in scenario["expect"]["pack_versions"].items():
        yield from differs(f"version of {pack}", version, again.packs.get(pack))


OTHER_KINDS: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "supervision": supervision,
    "attending_demand": _attending_demand,
    "primary_care_exception": primary_care_exception,
    "ledger": _ledger,
    "pack": _pack,
    "reproduce": _reproduce,
}
