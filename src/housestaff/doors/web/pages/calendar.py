"""The calendar of a program: blocks of each series, holidays, institutional events; proposed, shown, changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Response

from housestaff.core.calendar import propose_blocks, propose_holidays
from housestaff.core.errors import BadInput, NotFound
from housestaff.core.time import Weekday
from housestaff.doors.web.fields import fields_of
from housestaff.doors.web.forms import Filled, Typed, empty, facts_of, filled, rows_of, rows_typed, shown
from housestaff.doors.web.saving import KEPT, kept, known_values
from housestaff.doors.web.visitor import Form, Page, Sent, Visitor, to
from housestaff.features.program import queries
from housestaff.features.program.commands import SetCalendar
from housestaff.features.program.store import CALENDAR
from housestaff.files.records import Record, Where
from housestaff.files.shapes import EVENT, HOLIDAY, SERIES

router = APIRouter(prefix="/program/calendar")
_LISTS: Mapping[str, Record] = {"holiday": HOLIDAY, "event": EVENT}


@dataclass
class Sheet:
    """One part of the calendar as a form: its rows, the mark with which they are changed, what is wrong."""

    section: str
    seen: str
    rows: list[Typed] = field(default_factory=list[Typed])
    series: list[Filled] = field(default_factory=list[Filled])
    problems: list[BadInput] = field(default_factory=list[BadInput])


@router.get("")
def calendar(
    page: Page, propose: str = "", year: int = 0, starts_on: str = "thursday", *, of: int | None = None
) -> Response:
    """The calendar, with a proposal where one was asked for; nothing of that is kept before it is saved."""
    sheets = _sheets(page, of)
    if propose == "series":
        proposed = propose_blocks(_checked(year), starts_on=Weekday.named(starts_on))
        held = [each for each in sheets["series"].series if each.typed["id"] != proposed.id]
        sheets["series"].series = [*held, shown(SERIES, proposed)]
    if propose == "holiday":
        known = {row["actual"] for row in sheets["holiday"].rows}
        found = [shown(HOLIDAY, each).typed for each in propose_holidays(_checked(year))]
        sheets["holiday"].rows += [row for row in found if row["actual"] not in known]
    return _calendar(page, sheets, of, proposed=propose)


def _checked(year: int) -> int:
    earliest, latest = 2000, 2100
    if not earliest <= year <= latest:
        raise BadInput(f"{year} is no academic year.", place="year", remedy=f"Write {earliest} to {latest}.")
    return year


def _sheets(page: Visitor, of: int | None) -> dict[str, Sheet]:
    found: dict[str, Any] = page.read(queries.calendar, needs="schedule:read", year=of)
    sheets = {key: Sheet(key, found[key]["seen"]) for key in CALENDAR}
    where = Where("", [])
    sheets["series"].series = [shown(SERIES, SERIES.read(row, where)) for row in found["series"]["rows"]]
    for key, record in _LISTS.items():
        sheets[key].rows = [shown(record, record.read(row, where)).typed for row in found[key]["rows"]]
    return sheets


def _calendar(
    page: Visitor, sheets: dict[str, Sheet], of: int | None, *, status: int = 200, proposed: str = ""
) -> Response:
    program = page.read(queries.whole, needs="schedule:read")
    newest = max((int(each.typed["academic_year"] or 0) for each in sheets["series"].series), default=0)
    return page.page(
        "calendar.html",
        status=status,
        sheets=sheets,
        fields={key: fields_of(record) for key, record in _LISTS.items()},
        more=empty(SERIES),
        proposed=proposed,
        years=page.read(queries.academic_years, needs="schedule:read"),
        of=of,
        year=newest or page.now.year,
        weekdays=[day.name.lower() for day in Weekday],
        known=known_values(program) if program else {},
        may_write=page.may("rotation:write"),
    )


@router.post("/{section}")
def change(section: str, page: Page, sent: Sent) -> Response:
    """Say one part of the calendar anew."""
    if section not in CALENDAR:
        raise NotFound(f"There is no part {section} of the calendar.")
    sheet = Sheet(section, sent.text("seen"))
    rows = _series_rows(sheet, sent) if section == "series" else _list_rows(sheet, sent)
    whole = Filled((), {}, sheet.problems)
    of = sent.number("of") if sent.text("of") else None
    command = SetCalendar(section=section, rows=tuple(rows), seen=sheet.seen, academic_year=of)
    status = kept(whole, lambda: page.do(command))
    if status == KEPT:
        return to(f"/program/calendar?of={of}" if of else "/program/calendar", said="saved")
    return _calendar(page, {**_sheets(page, of), section: sheet}, of, status=status)


def _series_rows(sheet: Sheet, sent: Form) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in sent.numbers("s."):
        form = filled(SERIES, sent, f"s.{number}.")
        if sent.text(f"s.{number}.remove") or not (form.typed["id"] or form.typed["blocks"]):
            continue
        sheet.series.append(form)
        rows.append(facts_of(SERIES, form))
        sheet.problems += form.problems
    return rows


def _list_rows(sheet: Sheet, sent: Form) -> list[dict[str, Any]]:
    record = _LISTS[sheet.section]
    sheet.rows = rows_typed(fields_of(record), sent, "f")
    return rows_of(record, sheet.rows, sheet.problems)
