"""Conformance scenarios of supervision: each becomes a small program and roster, which the rules themselves judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from housestaff.core.calendar import Block, BlockSeries, Calendar
from housestaff.core.duties import Activity, Duty, DutyKind, Family, usual_flags
from housestaff.core.finding import Finding
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.people import Credential, Dates, LevelSpan, Person, PersonKind
from housestaff.core.program import Dated, Policy, Program, Value
from housestaff.core.roster import Cell, Entry, HalfDay, Layer, Roster
from housestaff.core.supervision import Supervision, SupervisionPool
from housestaff.core.time import Half, Span, Zone, minute_of_day
from housestaff.rules.finished_roster import FinishedRoster
from housestaff.rules.judge import judge
from housestaff.rules.ruleset import ruleset_for

_UTC = Zone("UTC")
_MONTH_AROUND = timedelta(days=28)
_CLINIC, _ATTENDING = "C", "AT"
_PRESENCE = "presence for key portions: "


def differs(name: str, expected: object, found: object) -> Iterator[str]:
    """Where something is not what a scenario expects."""
    if expected != found:
        yield f"expected {name} {expected!r}, found {found!r}"


def _instant(text: str) -> int:
    day, _t, clock = text.partition("T")
    return _UTC.at(date.fromisoformat(day), minute_of_day(clock))


def _dates(row: Mapping[str, Any], first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(row[first]), date.fromisoformat(row[last])


def _span(times: Mapping[str, Any]) -> Span:
    return Span(_instant(times["start"]), _instant(times["end"]))


def _months_before(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 - months
    return day.replace(year=at // 12, month=at % 12 + 1)


def _resident(facts: Mapping[str, Any], day: date, *credentials: Credential) -> Person:
    given = facts.get("started")
    started = date.fromisoformat(given) if given else _months_before(day, facts["months_completed"])
    levels = (LevelSpan(facts["level"], Dates(started)),)
    return Person(facts["id"], facts["id"], PersonKind.RESIDENT, levels=levels, credentials=credentials)


def _leaves(scenario: Mapping[str, Any]) -> tuple[Leave, ...]:
    return tuple(
        Leave(
            f"leave {number}",
            each["person"],
            LeaveKind(each.get("kind", "sick")),
            *_dates(each, "from", "to"),
            Half(each["half"]) if each.get("half") else None,
        )
        for number, each in enumerate(scenario["leave"])
    )


def _around(day: date) -> Calendar:
    """The academic year of a date, in one block."""
    first = min(day - _MONTH_AROUND, date(day.year - (day.month < 7), 7, 1))
    return Calendar(first.year, (BlockSeries("main", first.year, (Block(1, first, day + _MONTH_AROUND),)),))


def _policy(settings: Mapping[str, Value]) -> Policy:
    return Policy({name: (Dated(value),) for name, value in settings.items()})


def _judged(program: Program, roster: Roster, rule: str) -> list[Finding]:
    return judge(FinishedRoster.of(program, roster), ruleset_for(program).only([rule]), kept=True)


def _verdict(findings: Sequence[Finding]) -> str:
    return "broken" if any(each.is_violation for each in findings) else "kept"


def supervision(scenario: Mapping[str, Any]) -> Iterator[str]:
    """One duty of a resident, and who supervises it; each supervisor is a pool of their own."""
    duty, expect = scenario["duty"], scenario["expect"]
    day, activity = date.fromisoformat(duty["start"][:10]), duty["activity"]
    resident = scenario["resident"]["id"]
    released = [
        Credential(f"released:{each['activity']}", "", Dates(date.fromisoformat(each["from"])))
        for each in scenario["releases"]
        if each["resident"] == resident
    ]
    skills = [
        (
            each["person"],
            Credential(each["procedure"], "", Dates(*map(date.fromisoformat, (each["from"], each["until"])))),
        )
        for each in scenario["credentials"]
    ]
    people = {resident: _resident(scenario["resident"], day, *released)}
    activities = {activity: Activity(activity, activity, Family.CLINIC)}
    cells = [_cell(activity, _span(duty), day, resident)]
    pools: list[SupervisionPool] = []
    for each in scenario["supervisors"]:
        mine = tuple(skill for person, skill in skills if person == each["id"])
        people[each["id"]] = Person(each["id"], each["id"], PersonKind.FACULTY, credentials=mine)
        kind = Activity(each["kind"], each["kind"], Family.SUPERVISION, credential=duty.get("procedure", ""))
        activities[kind.code] = kind
        cells.append(_cell(kind.code, _span(each), date.fromisoformat(each["start"][:10]), each["id"]))
        pools.append(SupervisionPool(activity, (each["id"],), Supervision.named(each["level_given"])))
    program = Program(
        "case",
        "Case",
        _UTC,
        _around(day),
        specialty=scenario["specialty"],
        people=tuple(people.values()),
        leaves=_leaves(scenario),
        policy=_policy(scenario["settings"]),
        activities=tuple(activities.values()),
        supervision_pools=tuple(pools),
    )
    findings = _judged(program, Roster(duties=tuple(cells)), expect["rule"])
    yield from differs("verdict", expect["verdict"], _verdict(findings) if findings else "not judged")
    if "needs" in expect:
        needed = f"{activity} needs {expect['needs'].replace('_', ' ')} supervision"
        yield from differs("needs", {needed}, {each.note for each in findings})
    if "spans" in expect:
        spans = sorted(each.span for each in findings if each.is_violation)
        yield from differs("spans", [_span(each) for each in expect["spans"]], spans)


def _cell(activity: str, span: Span, day: date, person: str) -> Cell:
    kind = DutyKind.CLINIC_HALF_DAY
    return Cell(Duty(f"{person} {activity} {span.start}", kind, day, span, usual_flags(kind), activity), person)


def primary_care_exception(scenario: Mapping[str, Any]) -> Iterator[str]:
    """A clinic morning with so many residents, and preceptors of whom some have patients of their own."""
    day, expect = date.fromisoformat(scenario["date"]), scenario["expect"]
    residents = [_resident(each, day) for each in scenario["residents"]]
    preceptors = [Person(each["id"], each["id"], PersonKind.FACULTY) for each in scenario["preceptors"]]
    program = Program(
        "case",
        "Case",
        _UTC,
        _around(day),
        people=(*residents, *preceptors),
        leaves=_leaves(scenario),
        policy=_policy(scenario["settings"] | {"rule.primary_care_exception": True}),
        activities=(
            Activity(_CLINIC, "Clinic", Family.CLINIC, needs_supervision=True),
            Activity(_ATTENDING, "Attending in clinic", Family.SUPERVISION, gives_supervision=True),
        ),
    )
    morning = program.zone.half_span(day, Half.AM)
    own = tuple(_cell("", morning, day, each["id"]) for each in scenario["preceptors"] if each["own_patients"])
    codes = [(_CLINIC, each.id) for each in residents] + [(_ATTENDING, each.id) for each in preceptors]
    entries = {HalfDay(person, day, Half.AM): Entry(Layer.MANUAL, code) for code, person in codes}
    findings = _judged(program, Roster(duties=own).with_entries(entries), expect["rule"])
    yield from differs("clinics judged", 1, len(findings))
    yield from differs("verdict", expect["verdict"], _verdict(findings))
    for found in findings:
        if "presence_required" in expect:
            named = found.note.removeprefix(_PRESENCE)
            yield from differs("presence_required", expect["presence_required"], named.split(", ") if named else [])
        if "counting_preceptors" in expect:
            alone = next(held for held in ruleset_for(program) if held.rule.name == expect["rule"])
            people = dict(alone.numbers)["people"]
            yield from differs("counting_preceptors", expect["counting_preceptors"], found.limit // people)
