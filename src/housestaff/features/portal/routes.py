"""The HTTP face of start pages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from housestaff.features.portal import queries
from housestaff.features.portal.queries import FEWEST_WEEKS, MOST_WEEKS, Dashboard
from housestaff.plumbing.http import PROBLEMS, InProgram, needs

router = APIRouter(prefix="/portal", tags=["portal"], responses=PROBLEMS)


@router.get("/dashboard", openapi_extra=needs("schedule:read"))
def dashboard(asked: InProgram, academic_year: Annotated[int | None, Query(ge=1900, le=9998)] = None) -> Dashboard:
    """One's own start page: the academic year in numbers, the coming weeks, leave."""
    return asked.read(queries.dashboard, needs="schedule:read", year=academic_year)


@router.get("/weeks", openapi_extra=needs("schedule:read"))
def weeks(
    asked: InProgram, weeks: Annotated[int, Query(ge=FEWEST_WEEKS, le=MOST_WEEKS)] = MOST_WEEKS
) -> dict[str, Any]:
    """One's own next four to eight weeks, the running one first."""
    return {"weeks": asked.read(queries.weeks, needs="schedule:read", weeks=weeks)}
