"""What is planted into program B, with the rule that must find it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random

from housestaff.core.duties import DutyKind
from housestaff.core.roster import Night, Stint
from housestaff.core.time import HOUR, Half, Weekday, days
from housestaff.synthetic import tables
from housestaff.synthetic.arranging import GeneratorError
from housestaff.synthetic.internal_medicine.program import LIFE_SUPPORT, TABLE
from housestaff.synthetic.internal_medicine.witness import IN_HOUSE, reference_b
from housestaff.synthetic.planting import hours
from housestaff.synthetic.planting.blocks import certificate_ended, left_before_the_end, requirement_short
from housestaff.synthetic.planting.coverage import cells_without_record, records_without_cells
from housestaff.synthetic.planting.draft import BROKEN, Draft, Spoiled, until

_DAY = timedelta(days=1)
_MOST_CALLS = 4
"""Nights of call that two weeks allow."""


@cache
def spoiled_b(seed: int) -> Spoiled:
    """Program B with every planted defect, and the manifest."""
    counts = tables.table(TABLE)["defects"]
    draft = Draft(reference_b(seed), Random(f"defects {seed}"))
    _of_hours(draft, counts)
    _too_many_calls(draft, counts["ten_call_nights"])
    _names(draft, counts)
    residents = list(draft.program.residents)
    cells_without_record(draft, counts["leave_cell_without_record"], residents)
    records_without_cells(draft, counts["leave_without_cells"], residents)
    left_before_the_end(draft, "PGY-3", 3, count=2)
    certificate_ended(draft, counts["credential_expired"], "CCU", LIFE_SUPPORT)
    requirement_short(draft, counts["requirement_short"], {"ELEC"}, "RSH")
    _nights_too_early(draft, counts["wrong_order"])
    return draft.done()


def _of_hours(draft: Draft, counts: tables.Row) -> None:
    hours.rolling_window(draft, counts["rolling_window"])
    hours.over_after_leave(draft, counts["over_after_leave"])
    hours.thirteen_after_call(draft, counts["thirteen_after_call"], at_edge=1)
    hours.over_with_call(draft, counts["over_with_call"])
    hours.post_call_day_off(draft, counts["post_call_day_off"])
    hours.day_off_lost(draft, counts["day_off_lost"])
    hours.short_breaks(draft, counts["short_break"], counts["joined_gap"])
    hours.first_year_moonlighting(draft, counts["first_year_moonlighting"])


def _too_many_calls(draft: Draft, count: int) -> None:
    """An intern with all the nights of call that two weeks in the MICU allow has one more."""
    for stint, day in _days_between_calls(draft):
        if not count:
            return
        draft.add_duty(stint.person, DutyKind.IN_HOUSE_CALL, day, (17 * HOUR, until(6 * HOUR + 30)), rotation="MICU")
        draft.put_day(stint.person, day + _DAY, "PC")
        draft.note("too many call nights", stint.person, day, "MICU", ("every_third_night", BROKEN))
        count -= 1
    if count:
        raise GeneratorError(f"{count} stays in the MICU too few.", place="defects")


def _days_between_calls(draft: Draft) -> Iterator[tuple[Stint, date]]:
    """For stays with four calls a working day, followed by one, that touches no call."""
    stints = [s for s in draft.stints if s.rotation == "MICU" and (s.last - s.first).days == 13]
    draft.dice.shuffle(stints)
    for stint in stints:
        nights = [
            night.day
            for night, names in draft.calls.items()
            if night.line in IN_HOUSE and names[0].person == stint.person and stint.first <= night.day <= stint.last
        ]
        good = [
            day
            for day in days(stint.first, stint.last - 2 * _DAY)
            if all(draft.code(stint.person, day + n * _DAY, half) == "MICU" for n in (0, 1) for half in Half)
            and not {day - _DAY, day, day + _DAY} & set(nights)
        ]
        if len(nights) == _MOST_CALLS and good:
            yield stint, good[0]


def _names(draft: Draft, counts: tables.Row) -> None:
    """Nights of the consults with two names, and with none."""
    tuesdays = [
        day
        for day in days(draft.program.calendar.first, draft.program.calendar.last)
        if day.weekday() == Weekday.TUESDAY
    ]
    chosen = draft.dice.sample(tuesdays, counts["two_names"] + counts["no_name"])
    for day in chosen[: counts["two_names"]]:
        second = next(
            p
            for p in draft.program.residents
            if p.level_on(day) == "PGY-2" and all(draft.code(p.id, day + n * _DAY, Half.PM) == "ELEC" for n in (0, 1))
        )
        first = draft.calls[Night("consults_1", day)][0].person
        draft.name_night(Night("consults_1", day), (first, second.id))
        draft.note("two names on a night", "", day, "consults_1", ("one_name_a_night", BROKEN))
    for day in chosen[counts["two_names"] :]:
        draft.name_night(Night("consults_2", day), ())
        draft.note("no name on a night", "", day, "consults_2", ("one_name_a_night", BROKEN))


def _nights_too_early(draft: Draft, count: int) -> None:
    """An intern has nights in the first weeks of the year instead of an elective."""
    limit = draft.program.calendar.first + 28 * _DAY
    early = [
        s
        for s in draft.stints
        if s.rotation == "ELEC" and s.last < limit and draft.program.person(s.person).level_on(s.first) == "PGY-1"
    ]
    draft.dice.shuffle(early)
    for stint in early:
        mine = [s for s in draft.stints if s.person == stint.person]
        weeks = {
            code: sum((s.last - s.first).days // 7 + 1 for s in mine if s.rotation == code) for code in ("NF", "ELEC")
        }
        is_calm = not any(s.rotation in {"NF", "MICU"} and abs((s.first - stint.first).days) <= 16 for s in mine)
        away = any(
            (d, half) in draft.clean.grid.person(stint.person).away
            for d in days(stint.first, stint.last)
            for half in Half
        )
        if count and weeks["NF"] <= 4 and weeks["ELEC"] >= 4 and is_calm and not away:
            draft.clear(stint.person, stint.first, stint.last)
            draft.swap_stint(stint, [replace(stint, rotation="NF")])
            draft.note("wrong order", stint.person, stint.first, "NF", ("rotation_window", BROKEN))
            count -= 1
    if count:
        raise GeneratorError(f"{count} electives too few in the first weeks.", place="defects")
