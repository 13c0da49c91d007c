"""A month in which one resident works exactly the eighty hours of the law, or so many minutes more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from housestaff.core.demand import CallLine
from housestaff.core.duties import DutyKind
from housestaff.core.edits import Edit, SetCall
from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.core.roster import CallEntry, Entry, HalfDay, Layer, Night, Roster, Stint
from housestaff.core.rotations import Rotation, RotationKind
from housestaff.core.time import Half, Weekday, days
from housestaff.features.compliance.commands import ApplyOverride
from housestaff.features.program.commands import ImportProgram, PutPerson
from housestaff.features.schedules.commands import EditDraft, PublishSchedule
from tests import builders
from tests.installed import FIRST, LAST, PEOPLE, Installed, full_roster

BUSY = "r2"
LIMIT = 19_200
FREE_EVERY = 7
THURSDAYS = tuple(day for day in days(FIRST, LAST) if day.weekday() == Weekday.THURSDAY)


def ward(minutes: int = 799) -> Rotation:
    """A ward whose days have so many minutes: 24 of them are 19,176, and four late calls of six minutes 24."""
    return Rotation("LONG", "Long ward", RotationKind.INPATIENT, start=360, end=360 + minutes, weekend_work=True)


def late_call(id_: str, minutes: int) -> CallLine:
    """A call in the house on Thursdays, of a few minutes."""
    return CallLine(id_, f"Call {id_}", DutyKind.IN_HOUSE_CALL, (Weekday.THURSDAY,), 1180, 1180 + minutes)


def long_program(*leaves: Leave, minutes: int = 799) -> Program:
    """The small program with that ward and two calls on Thursdays, of six and of seven minutes."""
    return builders.program(
        *PEOPLE,
        name="Program small",
        rotations=(*builders.ROTATIONS, ward(minutes)),
        calls=(*builders.CALLS, late_call("six", 6), late_call("seven", 7)),
        leaves=leaves,
    )


def long_roster(*leaves: Leave, sevens: int = 0) -> Roster:
    """The full month with the busy resident on the ward: 19,200 minutes, and one more for each call of seven."""
    program = long_program()
    usual = full_roster(program)
    stays = tuple(Stint(BUSY, "LONG", FIRST, LAST) if each.person == BUSY else each for each in usual.stints)
    halves = {place: entry for place, entry in usual.halves.items() if place.person != BUSY}
    for number, day in enumerate(days(FIRST, LAST)):
        is_free = number % FREE_EVERY == FREE_EVERY - 1
        for half in Half:
            halves[HalfDay(BUSY, day, half)] = (Entry(Layer.MANUAL, "OFF" if is_free else "LONG"),)
    calls = dict(usual.calls)
    for number, day in enumerate(THURSDAYS):
        mine, other = ("seven", "six") if number < sevens else ("six", "seven")
        is_away = any(each.first <= day <= each.last for each in leaves)
        calls[Night(mine, day)] = (CallEntry("f4" if is_away else BUSY),)
        calls[Night(other, day)] = (CallEntry("f5"),)
    return Roster(stays, halves, calls, (), (FIRST, LAST))


def long_draft(house: Installed, *leaves: Leave, sevens: int = 1, minutes: int = 799) -> UUID:
    """A draft of that month, a minute over the limit unless said otherwise, judged."""
    house.do(ImportProgram(program=long_program(*leaves, minutes=minutes)), "admin")
    made = house.draft(long_roster(*leaves, sevens=sevens))
    house.work_off()
    return made


def one_week_away() -> Leave:
    """A week of vacation of the busy resident, after the second free day."""
    return builders.vacation(BUSY, FIRST + timedelta(days=14), 7)


# -- what people do with it --------------------------------------------------------------------------------------------

WHY = "The only other resident is in hospital; the clinic of the week after is taken over by the faculty."
OVER = "rule = 'eighty_hours' AND subject = 'r2'"


def violation(house: Installed, where: str = OVER) -> dict[str, Any]:
    """The one violation that there is of something."""
    (found,) = house.rows(f"SELECT * FROM violation WHERE {where}")
    return dict(found)


def accept(house: Installed, *violation_ids: UUID, by: str = "director", **more: Any) -> UUID:
    """Sign an override of violations for ten days."""
    ends = house.installation.clock.now() + timedelta(days=10)
    signed = {"reason_code": "sick", "justification": WHY, "expires_at": ends, **more}
    return house.do(ApplyOverride(violation_ids=violation_ids, **signed), by)


def long_published(house: Installed, *, sevens: int = 1) -> UUID:
    """That month in force, under an override that the director has signed."""
    made = long_draft(house, sevens=sevens)
    accept(house, violation(house)["violation_id"])
    house.do(PublishSchedule(schedule_id=made, revision=1))
    house.work_off()
    return made


def change_person(house: Installed, person: str, **facts: Any) -> None:
    """Change facts of a person."""
    row = house.rows("SELECT facts, version FROM person WHERE code = :code", code=person)[0]
    change = PutPerson(person_id=person, facts={**row["facts"], **facts}, version=row["version"])
    house.do(change, "admin")


def leaves_on(house: Installed, person: str, day: date) -> None:
    """A person is in the program up to a day, so that what they hold later breaks a rule that must hold."""
    change_person(house, person, employment=[{"from": "2025-07-01", "to": str(day)}])


def stays(house: Installed, person: str) -> None:
    """A person is in the program as long as the schedule knows."""
    change_person(house, person, employment=[{"from": "2025-07-01"}])


def lengthen(house: Installed, minutes: int) -> None:
    """The days of the ward have other hours from now on, and the busy resident is looked at again."""
    house.do(ImportProgram(program=long_program(minutes=minutes)), "admin")
    stage = str(minutes)
    change_person(house, BUSY, stage=stage)
    house.work_off()


def edit(house: Installed, draft: UUID, revision: int, *edits: Edit) -> None:
    """Change cells of a draft, and let the worker look at it."""
    house.do(EditDraft(schedule_id=draft, revision=revision, edits=edits))
    house.work_off()


def lightened(house: Installed, draft: UUID, revision: int) -> None:
    """The call of seven minutes goes to another, and the one of six to the busy resident."""
    edit(
        house,
        draft,
        revision,
        SetCall(line="seven", day=THURSDAYS[0], person="f5"),
        SetCall(line="six", day=THURSDAYS[0], person=BUSY),
    )
