"""The nights of call: the names on each, and the duties that a name means."""

from __future__ import annotations

from datetime import date, timedelta

from housestaff.core.changes import Change
from housestaff.core.demand import CallLine
from housestaff.core.duties import Duty, DutyKind, usual_flags
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.core.time import DAY, Span, days

_DAY = timedelta(days=1)


def call_duties(program: Program, roster: Roster) -> list[tuple[Duty, str]]:
    """The duties of all nights of call with the people who have them, those of a week's holder included."""
    names = [(night.line, night.day, entry.person) for night, entries in roster.calls.items() for entry in entries]
    for line in program.calls:
        for stint in roster.stints if line.with_weeks else ():
            if stint.rotation == line.with_weeks:
                names += [
                    (line.id, day, stint.person)
                    for day in days(stint.first, stint.last)
                    if day.weekday() in line.weekdays and not roster.on_call(line.id, day)
                ]
    lines = program.call_by_id
    return [
        (duty, person)
        for line, day, person in names
        if line in lines
        for duty in duties_of_night(program, lines[line], day, person)
    ]


def duties_of_night(program: Program, line: CallLine, day: date, person: str) -> tuple[Duty, ...]:
    """The duties of one person on one night of a call line: the call, and the handoff after it if there is one."""
    call = call_duty(program, line, day, person)
    if not line.handoff:
        return (call,)
    kind, end = DutyKind.TRANSITION, call.span.end
    handoff = Duty(
        f"{call.id}.handoff", kind, day + _DAY, Span(end, end + line.handoff), usual_flags(kind), line=line.id
    )
    return call, handoff


def call_duty(program: Program, line: CallLine, day: date, person: str) -> Duty:
    """The duty of one person on one night of a call line."""
    ends = line.end if line.end > line.start else line.end + DAY
    span = Span(program.zone.at(day, line.start), program.zone.at(day, ends))
    return Duty(f"{line.id}.{day}.{person}", line.kind, day, span, usual_flags(line.kind), line=line.id)


def people_touched(program: Program, change: Change, *rosters: Roster) -> set[str]:
    """Everybody whose cells a change touches: those it names, and who holds the week of a night that it names."""
    people = set(change.people)
    lines = program.call_by_id
    for night in {*change.removed.calls, *change.added.calls}:
        week = lines[night.line].with_weeks if night.line in lines else ""
        for roster in rosters if week else ():
            people.update(each.person for each in roster.stints if each.rotation == week and each.holds(night.day))
    return people


def names_on_night(roster: Roster, line: CallLine, day: date) -> tuple[str, ...]:
    """The names on a night: those decided, and the holder of the week where the line goes with weeks."""
    names = roster.on_call(line.id, day)
    if line.with_weeks and not names:
        names = tuple(stint.person for stint in roster.stints if stint.rotation == line.with_weeks and stint.holds(day))
    return names
