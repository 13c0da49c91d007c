"""Defects of work hours, planted on day services: what the law of hours must find, and what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from housestaff.core.duties import DutyKind
from housestaff.core.leave import Leave, LeaveKind
from housestaff.core.program import Approval
from housestaff.core.rotations import DaysOff
from housestaff.core.time import DAY, HOUR, Half, Weekday, days
from housestaff.synthetic.planting.draft import ADVISORY, BROKEN, NOTHING, UNKNOWN, Draft, Stay, until

_CALLED_IN = 5 * HOUR
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_HALF_DAYS_A_WEEK = 14
_EIGHTY = 80 * HOUR


def over_with_call(draft: Draft, count: int) -> None:
    """Eighty hours are kept on the service itself and broken with the hours worked on at-home call."""
    draft.pick("80 hours with call", _longest_first(draft), count, partial(_over_with_call, draft))


def _over_with_call(draft: Draft, stay: Stay) -> bool:
    nights = list(_nights(draft, stay))
    missing = _limit(stay.segment.present) - _worked(draft, stay) + 1
    needed = -(-missing // _CALLED_IN)
    if needed > len(nights) or stay.person.id in draft.loaded:
        return False
    draft.loaded.add(stay.person.id)
    for day in sorted(draft.dice.sample(nights, needed)):
        _call_in(draft, stay, day)
    draft.note("80 hours with call", stay.person.id, stay.segment.first, stay.rotation.code, ("eighty_hours", BROKEN))
    return True


def over_after_leave(draft: Draft, count: int) -> None:
    """Hours that fit in the whole stay are too many once a leave leaves both sides of the average."""
    draft.pick("80 hours after leave", _longest_first(draft), count, partial(_over_after_leave, draft))


def _over_after_leave(draft: Draft, stay: Stay) -> bool:
    segment = stay.segment
    length = 10 if segment.days >= 27 else 4
    first = segment.first + _WEEK
    first += timedelta(days=(Weekday.TUESDAY - first.weekday()) % 7)
    last = first + timedelta(days=length - 1)
    if last >= segment.last or stay.person.id in draft.loaded:
        return False
    present = segment.half_days - 2 * length
    worked = _worked(draft, stay) - draft.clean.minutes(stay.person, draft.program.zone.day_span(first, last))
    nights = [day for day in _nights(draft, stay) if not first - _DAY <= day <= last]
    needed = -(-(_limit(present) - worked + 1) // _CALLED_IN)
    free = sum(draft.is_off(stay, day) for day in days(segment.first, segment.last) if not first <= day <= last)
    if (
        not 0 < needed <= len(nights)
        or worked + needed * _CALLED_IN > _limit(segment.half_days)
        or free < present // 14
    ):
        return False
    draft.loaded.add(stay.person.id)
    leave = Leave(f"ld{len(draft.manifest):03}", stay.person.id, LeaveKind.MEDICAL, first, last, note="planted")
    draft.program = replace(draft.program, leaves=(*draft.program.leaves, leave))
    for day in sorted(draft.dice.sample(nights, needed)):
        _call_in(draft, stay, day)
    draft.note("80 hours after leave", stay.person.id, segment.first, stay.rotation.code, ("eighty_hours", BROKEN))
    return True


def rolling_window(draft: Draft, count: int) -> None:
    """Two stays in a row, each within eighty hours, whose middle four weeks are not: a warning, no violation."""
    stays = {stay.key: stay for stay in draft.stays()}
    after = {
        key: stays[key[0], stay.segment.last + _DAY]
        for key, stay in stays.items()
        if (key[0], stay.segment.last + _DAY) in stays
    }
    heavy = [stays[key] for key in after]

    def plant(stay: Stay) -> bool:
        follower = after[stay.key]
        if follower.key in draft.used or stay.person.id in draft.loaded or not _fill_the_middle(draft, stay, follower):
            return False
        draft.used.add(follower.key)
        draft.loaded.add(stay.person.id)
        where = f"{stay.rotation.code}, {follower.rotation.code}"
        draft.note("rolling window", stay.person.id, stay.segment.last, where, ("early_warning", ADVISORY))
        return True

    draft.pick("rolling window", sorted(heavy, key=lambda s: -_worked(draft, s)), count, plant)


def _fill_the_middle(draft: Draft, one: Stay, other: Stay) -> bool:
    """Call hours in four weeks over the edge of two stays, as many as each of them allows."""
    zone, away = draft.program.zone, draft.clean.hours(one.person).leave_halves
    for offset in (14, 2, 3, 1):
        start = one.segment.first + timedelta(days=offset)
        end = start + 4 * _WEEK - _DAY
        is_over = (
            one.segment.first < start <= one.segment.last and other.segment.first <= end <= draft.program.calendar.last
        )
        if not is_over or any((day, half) in away for day in days(start, end) for half in Half):
            continue
        evenings = [*_evenings(draft, one, start, end), *_evenings(draft, other, start, end)]
        worked = draft.clean.minutes(one.person, zone.day_span(start, end))
        if worked + sum(minutes for _stay, _day, minutes in evenings) > 4 * _EIGHTY:
            for stay, day, minutes in evenings:
                _call_in(draft, stay, day, minutes)
            return True
    return False


def _evenings(draft: Draft, stay: Stay, start: date, end: date) -> Iterator[tuple[Stay, date, int]]:
    """Evenings of a stay between two dates filled with call until the stay holds all it may."""
    room = _limit(stay.segment.present) - _worked(draft, stay)
    for day in _nights(draft, stay):
        if start <= day <= end and room > 0:
            yield stay, day, min(room, _CALLED_IN)
            room -= _CALLED_IN


def day_off_lost(draft: Draft, count: int) -> None:
    """A day off is worked, so that one is missing in the stay."""

    def plant(stay: Stay) -> bool:
        off = _only_days_off(draft, stay)
        if not off:
            return False
        day = draft.dice.choice(off)
        draft.put_day(stay.person.id, day, stay.rotation.code)
        draft.note("day off lost", stay.person.id, day, stay.rotation.code, ("one_day_in_seven", BROKEN))
        return True

    draft.pick("day off lost", draft.stays(), count, plant)


def post_call_day_off(draft: Draft, count: int) -> None:
    """A day off begins only when a 24-hour call and its handoff end, so it is no free day."""

    def plant(stay: Stay) -> bool:
        good = [
            day
            for day in _only_days_off(draft, stay)
            if draft.serves(stay, day - _DAY) and draft.serves(stay, day + _DAY)
        ]
        if not good or _changes_clocks(draft, good[0] - _DAY):
            return False
        day = good[0]
        _stay_the_night(draft, stay, day - _DAY)
        morning = stay.rotation.start or 0
        draft.add_duty(stay.person.id, DutyKind.TRANSITION, day, (morning, morning + HOUR))
        draft.note("post-call day off", stay.person.id, day, stay.rotation.code, ("one_day_in_seven", BROKEN))
        return True

    draft.pick("post-call day off", draft.stays(), count, plant)


def thirteen_after_call(draft: Draft, count: int, *, at_edge: int) -> None:
    """Work begins again thirteen hours after a 24-hour call; some of them over the edge of a block."""
    edges = at_edge

    def plant(stay: Stay) -> bool:
        nonlocal edges
        last = stay.segment.last
        day = (
            last
            if edges
            else next((d for d in _nights(draft, stay) if draft.serves(stay, d) and draft.serves(stay, d + _DAY)), last)
        )
        morrow = day + _DAY
        known = draft.clean.grid.person(stay.person.id)
        entries = [known.codes.get((morrow, half)) for half in Half]
        at_work = all(e is not None and e.layer <= 2 and e.code not in {"W", "OFF"} for e in entries)
        if not draft.serves(stay, day) or not at_work or _changes_clocks(draft, day):
            return False
        edges = max(0, edges - 1)
        _stay_the_night(draft, stay, day)
        draft.put_day(stay.person.id, morrow, "PC")
        evening = (stay.rotation.start or 0) + 13 * HOUR
        draft.add_duty(stay.person.id, DutyKind.ROTATION_DAY, morrow, (evening, evening + 2 * HOUR))
        draft.note("13 hours after call", stay.person.id, morrow, stay.rotation.code, ("fourteen_after_call", BROKEN))
        return True

    draft.pick(
        "13 hours after call", [s for s in draft.stays() if s.segment.last < draft.program.calendar.last], count, plant
    )


def short_breaks(draft: Draft, short: int, joined: int) -> None:
    """Seven hours between two work periods; and gaps of three quarters of an hour, which are no break at all."""

    def plant(stay: Stay, *, is_short: bool) -> bool:
        day = next((d for d in _nights(draft, stay) if draft.serves(stay, d) and draft.serves(stay, d + _DAY)), None)
        if day is None:
            return False
        start, end = stay.rotation.start or 0, stay.rotation.end or 0
        hours = (end + HOUR, DAY + start - 7 * HOUR) if is_short else (end + 45, end + 45 + HOUR)
        draft.add_duty(stay.person.id, DutyKind.ROTATION_DAY, day, hours)
        kind, verdict = ("short break", ADVISORY) if is_short else ("joined gap", NOTHING)
        draft.note(kind, stay.person.id, day, stay.rotation.code, ("eight_hours_between", verdict))
        return True

    draft.pick("short break", draft.stays(), short, partial(plant, is_short=True))
    draft.pick("joined gap", draft.stays(), joined, partial(plant, is_short=False))


def wards_own_days_off(draft: Draft, wards: tuple[str, ...], count: int) -> None:
    """Wards manage their days off themselves and some of their stays have no rows: unknown, not broken."""
    rotations = tuple(
        replace(each, days_off=DaysOff("ward", each.days_off.per_28_days)) if each.code in wards else each
        for each in draft.program.rotations
    )
    draft.program = replace(draft.program, rotations=rotations)

    def plant(stay: Stay) -> bool:
        if stay.rotation.code not in wards:
            return False
        draft.clear(stay.person.id, stay.segment.first, stay.segment.last)
        where = stay.rotation.code
        draft.note("ward's own days off", stay.person.id, stay.segment.first, where, ("one_day_in_seven", UNKNOWN))
        return True

    draft.pick("ward's own days off", draft.stays(), count, plant)


def first_year_moonlighting(draft: Draft, count: int) -> None:
    """An intern moonlights on a free Saturday, with an approval on file."""
    interns = [p for p in draft.clean.residents if p.level_on(draft.program.calendar.last) == "PGY-1"]
    draft.dice.shuffle(interns)
    for person in interns:
        saturdays = _free_saturdays(draft, person.id)
        if count and saturdays:
            day = draft.dice.choice(saturdays)
            draft.add_duty(person.id, DutyKind.MOONLIGHTING, day, (10 * HOUR, 16 * HOUR))
            approval = Approval("moonlighting", person.id, day, day)
            draft.program = replace(draft.program, approvals=(*draft.program.approvals, approval))
            draft.note("first-year moonlighting", person.id, day, "", ("no_first_year_moonlighting", BROKEN))
            count -= 1


def _free_saturdays(draft: Draft, person: str) -> list[date]:
    """Free weekends of a person with no leave two weeks around them."""
    known, calendar = draft.clean.grid.person(person), draft.program.calendar
    return [
        day
        for day in days(calendar.first + _WEEK, calendar.last - _WEEK)
        if day.weekday() == Weekday.SATURDAY
        and all(known.code(each, Half.AM) == "W" for each in (day, day + _DAY))
        and all(known.code(day + n * _DAY, Half.AM) != "LV" for n in range(-14, 15))
    ]


def _longest_first(draft: Draft) -> list[Stay]:
    return sorted(draft.stays(), key=lambda stay: -_worked(draft, stay) / stay.segment.days)


def _limit(half_days: int) -> int:
    return _EIGHTY * half_days // _HALF_DAYS_A_WEEK


def _worked(draft: Draft, stay: Stay) -> int:
    return draft.clean.minutes(stay.person, stay.segment.span)


def _nights(draft: Draft, stay: Stay) -> Iterator[date]:
    """Dates of a stay on which, and on the day after, the person works; an evening more costs no day off."""
    for day in days(stay.segment.first, stay.segment.last - _DAY):
        if draft.works(stay, day, Half.PM) and draft.works(stay, day + _DAY, Half.AM):
            yield day


def _only_days_off(draft: Draft, stay: Stay) -> list[date]:
    """The days off inside a stay that has no more of them than it needs."""
    segment = stay.segment
    off = [day for day in days(segment.first + _DAY, segment.last - _DAY) if draft.is_off(stay, day)]
    return off if draft.clean.free_days(stay.person, segment) == segment.present // _HALF_DAYS_A_WEEK else []


def _call_in(draft: Draft, stay: Stay, day: date, minutes: int = _CALLED_IN) -> None:
    evening = stay.rotation.end or 0
    draft.add_duty(stay.person.id, DutyKind.HOME_CALL, day, (evening, evening + minutes))


def _stay_the_night(draft: Draft, stay: Stay, day: date) -> None:
    """In-house call from the end of the day until 24 hours after its beginning."""
    hours = stay.rotation.end or 0, until(stay.rotation.start or 0)
    draft.add_duty(stay.person.id, DutyKind.IN_HOUSE_CALL, day, hours)


def _changes_clocks(draft: Draft, day: date) -> bool:
    zone = draft.program.zone
    return zone.day_span(day, day + 2 * _DAY).minutes != 3 * DAY
