"""The turn of the year: the next calendar, what becomes of each resident, who is new; shown, then done at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from housestaff.core.calendar import propose_blocks, propose_holidays
from housestaff.core.errors import BadInput
from housestaff.core.people import Person, PersonKind
from housestaff.core.program import Program
from housestaff.core.time import Weekday
from housestaff.doors.web import fields
from housestaff.doors.web.fields import Field, fields_of
from housestaff.doors.web.forms import Filled, Typed, facts_of, filled, rows_of, rows_typed, shown
from housestaff.doors.web.saving import KEPT, kept, known_values
from housestaff.doors.web.visitor import Form, Page, Sent, Visitor, to
from housestaff.features.program.commands import RollOverYear
from housestaff.features.program.steps import GRADUATE, PROMOTE, STAY, STEPS, Step, proposed_steps
from housestaff.features.program.store import Programs
from housestaff.files.kinds import DAY
from housestaff.files.shapes import HOLIDAY, PERSON, SERIES

router = APIRouter(prefix="/program/rollover")
NEWCOMER = (
    Field("id", fields.TEXT),
    Field("display_name", fields.TEXT),
    Field("email", fields.TEXT),
    Field("level", fields.TEXT),
    Field("from", fields.DAY),
    Field("series", fields.TEXT),
)


@dataclass
class Sheet:
    """The wizard as it is filled."""

    year: int
    series: list[Filled]
    holidays: list[Typed]
    steps: list[tuple[Person, Typed, bool]]
    newcomers: list[Typed] = field(default_factory=list[Typed])
    problems: list[BadInput] = field(default_factory=list[BadInput])
    seen: int = 0


def _seen(programs: Programs) -> tuple[tuple[Program, ...], int]:
    return programs.years(), programs.generation()


@router.get("")
def begin(page: Page, starts_on: str = "") -> Response:
    """What is proposed for the next academic year; nothing of it is kept."""
    years, seen = page.read(_seen, needs="person:write")
    newest: Program = years[-1]
    year = newest.calendar.academic_year + 1
    weekday = Weekday.named(starts_on) if starts_on else Weekday(newest.calendar.series[0].blocks[-1].first.weekday())
    sheet = Sheet(year, _proposed(newest, year, weekday), [], [], seen=seen)
    sheet.holidays = [shown(HOLIDAY, each).typed for each in propose_holidays(year)]
    first, last = _ends(sheet)
    for person, step, off in proposed_steps(newest, first, last):
        typed = {"what": step.what, "level": step.level, "day": str(step.day or "")}
        sheet.steps.append((person, typed, off))
    return _page(page, sheet, newest)


def _proposed(program: Program, year: int, weekday: Weekday) -> list[Filled]:
    """Each series of the program once more, with the blocks of another year."""
    forms = [shown(SERIES, propose_blocks(year, starts_on=weekday)) for _series in program.calendar.series]
    for form, series in zip(forms, program.calendar.series, strict=True):
        form.typed["id"] = series.id
    return forms


def _ends(sheet: Sheet) -> tuple[date, date]:
    days = [row[key] for form in sheet.series for row in form.typed["blocks"] for key in ("first", "last")]
    return date.fromisoformat(min(days)), date.fromisoformat(max(days))


@router.post("")
def go_on(page: Page, sent: Sent) -> Response:
    """Show what will change, or do it."""
    years, _now = page.read(_seen, needs="person:write")
    newest: Program = years[-1]
    sheet = _filled(sent, newest)
    command = _command(sheet)
    if sent.text("how") != "do":
        status = 400 if sheet.problems else 200
        return _page(page, sheet, newest, status=status, command=None if sheet.problems else command)
    whole = Filled((), {}, sheet.problems)
    status = kept(whole, lambda: page.do(command))
    return (
        to(f"/program/calendar?of={sheet.year}", said="saved")
        if status == KEPT
        else _page(page, sheet, newest, status=status)
    )


def _filled(sent: Form, program: Program) -> Sheet:
    series = [filled(SERIES, sent, f"s.{number}.") for number in sent.numbers("s.")]
    sheet = Sheet(sent.number("year"), series, rows_typed(fields_of(HOLIDAY), sent, "h"), [], seen=sent.number("seen"))
    for number in sent.numbers("p."):
        person = program.person(sent.text(f"p.{number}.id"))
        typed = {key: sent.text(f"p.{number}.{key}") for key in ("what", "level", "day")}
        sheet.steps.append((person, typed, sent.text(f"p.{number}.off") == "yes"))
    sheet.newcomers = rows_typed(NEWCOMER, sent, "n")
    return sheet


def _command(sheet: Sheet) -> RollOverYear:
    """What the sheet asks for; what cannot be read is told in it."""
    series = tuple(facts_of(SERIES, form) for form in sheet.series)
    for form in sheet.series:
        sheet.problems += form.problems
    holidays = tuple(rows_of(HOLIDAY, sheet.holidays, sheet.problems, "holiday"))
    steps = tuple(_step(person, typed, sheet.problems) for person, typed, _off in sheet.steps)
    newcomers = tuple(_newcomer(row, number, sheet.problems) for number, row in enumerate(sheet.newcomers, 1))
    return RollOverYear(
        academic_year=sheet.year,
        series=series,
        holidays=holidays,
        steps=steps,
        newcomers=newcomers,
        seen=sheet.seen,
    )


def _step(person: Person, typed: Typed, problems: list[BadInput]) -> Step:
    what, day = typed["what"], None
    if what != STAY:
        try:
            day = DAY.read(typed["day"])
        except BadInput as error:
            problems.append(BadInput(error.problem, place=person.display_name, remedy=error.remedy))
    if what == PROMOTE and not typed["level"]:
        problems.append(
            BadInput("the level is missing.", place=person.display_name, remedy="Write it, or let them stay.")
        )
    return Step(person.id, what, typed["level"] if what == PROMOTE else "", day)


def _newcomer(row: Typed, number: int, problems: list[BadInput]) -> dict[str, Any]:
    """Somebody new with one level and an employment that begin on the same day."""
    facts: dict[str, Any] = {key: row[key] for key in ("id", "display_name", "email", "series") if row[key]}
    facts["kind"] = PersonKind.RESIDENT.value
    facts["levels"] = [{"level": row["level"], "from": row["from"]}]
    facts["employment"] = [{"from": row["from"]}]
    place = f"newcomers, row {number}"
    told: list[BadInput] = []
    rows = rows_of(PERSON, [shown_of(facts)], told, place) if row["level"] else []
    if not row["level"]:
        told.append(BadInput("the level is missing.", place=place, remedy="Write it, such as PGY-1."))
    problems += told
    return rows[0] if rows else facts


def shown_of(facts: dict[str, Any]) -> Typed:
    """Facts of a person as a form holds them."""
    empty: Typed = {each.key: [] if each.sort == fields.ROWS else "" for each in fields_of(PERSON)}
    spans = {"levels": [{"to": "", **each} for each in facts["levels"]]}
    return {**empty, **facts, **spans, "employment": [{"to": "", **each} for each in facts["employment"]]}


def _page(
    page: Visitor, sheet: Sheet, program: Program, *, status: int = 200, command: RollOverYear | None = None
) -> Response:
    counts = {what: sum(1 for _person, typed, _off in sheet.steps if typed["what"] == what) for what in STEPS}
    return page.page(
        "rollover.html",
        status=status,
        sheet=sheet,
        program=program,
        fields={"holiday": fields_of(HOLIDAY), "newcomer": NEWCOMER},
        known=known_values(program),
        steps=STEPS,
        weekdays=fields.WEEKDAYS,
        command=command,
        counts=counts,
        leaves=[person.display_name for person, typed, _off in sheet.steps if typed["what"] == GRADUATE],
    )
