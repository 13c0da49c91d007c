"""What is planted into program A, with the rule that must find it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random

from housestaff.core.leave import LeaveKind
from housestaff.core.people import Credential, Dates, Person
from housestaff.core.roster import Layer, Night, Stint
from housestaff.core.time import Half, Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.family_medicine.program import EARLY
from housestaff.synthetic.family_medicine.witness import reference_a
from housestaff.synthetic.planting import hours
from housestaff.synthetic.planting.blocks import requirement_short
from housestaff.synthetic.planting.coverage import CoverageDefects, cells_without_record, records_without_cells
from housestaff.synthetic.planting.draft import BROKEN, Draft, Spoiled

_DAY = timedelta(days=1)


@cache
def spoiled_a(seed: int) -> Spoiled:
    """Program A with every planted defect, and the manifest."""
    counts = tables.table("family_medicine")["defects"]
    draft = Draft(reference_a(seed), Random(f"defects {seed}"))
    _of_hours(draft, counts)
    _of_coverage(draft, counts)
    _of_people(draft, counts)
    requirement_short(draft, counts["requirement_short"], {"GYN", "PALL", "MSK", "PROC", "PSY"}, "RSH")
    _wrong_order(draft, counts["wrong_order"])
    return draft.done()


def _of_hours(draft: Draft, counts: tables.Row) -> None:
    hours.rolling_window(draft, counts["rolling_window"])
    hours.over_after_leave(draft, counts["over_after_leave"])
    hours.wards_own_days_off(draft, ("IMW", "GSW", "ICU"), counts["wards_own_days_off"])
    hours.thirteen_after_call(draft, counts["thirteen_after_call"], at_edge=1)
    hours.over_with_call(draft, counts["over_with_call"])
    hours.post_call_day_off(draft, counts["post_call_day_off"])
    hours.day_off_lost(draft, counts["day_off_lost"])
    hours.short_breaks(draft, counts["short_break"], counts["joined_gap"])
    hours.first_year_moonlighting(draft, counts["first_year_moonlighting"])


def _of_coverage(draft: Draft, counts: tables.Row) -> None:
    coverage = CoverageDefects(draft, "faculty_call", "FMIT")
    coverage.week_over_new_year_lost()
    coverage.week_cut_at_an_edge(counts["week_cut_at_an_edge"])
    coverage.missing_follow_up(counts["missing_follow_up"])
    coverage.two_names(counts["two_names"])
    coverage.no_name(counts["no_name"])
    coverage.stale_follow_up(counts["stale_follow_up"])
    coverage.attending_deficits(counts["attending_deficit"])
    coverage.room_overflows(counts["room_overflow"])


def _of_people(draft: Draft, counts: tables.Row) -> None:
    residents = list(draft.program.residents)
    cells_without_record(draft, counts["leave_cell_without_record"], residents)
    records_without_cells(draft, counts["leave_without_cells"], residents)
    _graduate_assigned(draft)
    _deployed_on_call(draft)
    _credentials_expired(draft, counts["credential_expired"])


def _graduate_assigned(draft: Draft) -> None:
    """Who finished after block 10 stands on an elective in the days after."""
    person = draft.program.person(EARLY)
    last = person.employment[-1].last or draft.program.calendar.last
    draft.stints.append(Stint(EARLY, "ELEC", last + _DAY, last + 4 * _DAY))
    draft.note("graduate assigned", EARLY, last + _DAY, "ELEC", ("employed", BROKEN))


def _deployed_on_call(draft: Draft) -> None:
    """A resident on government duty has the weekend call of one of its Saturdays."""
    for leave in draft.program.leaves:
        if leave.kind is LeaveKind.MILITARY:
            saturday = next(day for day in days(leave.first, leave.last) if day.weekday() == Weekday.SATURDAY)
            draft.name_night(Night("weekend_night", saturday), (leave.person,))
            draft.note("deployed person on call", leave.person, saturday, "weekend_night", ("employed", BROKEN))
            return
    raise GeneratorError("nobody is on government duty.", place="defects")


def _credentials_expired(draft: Draft, count: int) -> None:
    """A vasectomy clinic is planned for a date after the credential of its attending ended."""
    holders = [p for p in draft.program.faculty if any(c.kind == "vasectomy" for c in p.credentials)]
    for person in holders[:count]:
        known = draft.clean.grid.person(person.id)
        fridays = [
            day
            for day in days(date(2026, 2, 1), draft.program.calendar.last)
            if day.weekday() == Weekday.FRIDAY
            and day not in draft.dates
            and known.code(day, Half.AM) in {"C", "CV", "GME", "DFM"}
        ]
        day = draft.dice.choice(fridays)
        draft.change_person(person.id, lambda p, ends=day - _DAY: _expired(p, ends))
        draft.put(person.id, day, Half.AM, "VAS", Layer.MANUAL)
        draft.note("credential expired", person.id, day, "vasectomy", ("qualified", BROKEN))


def _expired(person: Person, last: date) -> Person:
    held = tuple(
        Credential(c.kind, c.grade, Dates(c.dates.first, last)) if c.kind == "vasectomy" else c
        for c in person.credentials
    )
    return replace(person, credentials=held)


def _wrong_order(draft: Draft, count: int) -> None:
    """An off-site block comes without the one that must precede it."""
    early = [s for s in draft.stints if s.rotation == "LD" and s.first < draft.program.calendar.first]
    for stint in draft.dice.sample(sorted(early, key=lambda each: each.person), count):
        draft.swap_stint(stint, [])
        later = next(s for s in draft.stints if s.person == stint.person and s.rotation == "OBX")
        draft.note("wrong order", stint.person, later.first, "OBX", ("rotation_order", BROKEN))
