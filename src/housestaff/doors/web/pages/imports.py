"""Bringing a file: it is read and reviewed first; nothing is kept before everything odd in it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from housestaff.core.errors import BadInput, HousestaffError, NotFound, Stale
from housestaff.doors.web.saving import FASTER, REFUSED, known_values
from housestaff.doors.web.visitor import Form, Page, Sent, Visitor, to
from housestaff.features.program import queries as programs
from housestaff.features.schedules import imports, queries
from housestaff.files.workbook.review import ACCEPT, IGNORE

router = APIRouter(prefix="/imports")
KINDS = (imports.BLOCK_WORKBOOK, imports.YEAR_WORKBOOK)
SURE = 0.9
OTHER = "other"


@dataclass
class Question:
    """One question about a file with every place that asks it: a decision holds for all of them."""

    id: str
    items: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    answer: str = ""
    is_kept: bool = False
    """Decided for an earlier file."""

    @property
    def choice(self) -> str:
        """Which of the choices is chosen; empty while it is open."""
        return self.answer if self.answer in {"", ACCEPT, IGNORE} else OTHER

    @property
    def first(self) -> dict[str, Any]:
        """The item that stands for all."""
        return self.items[0]


@router.get("")
def listed(page: Page) -> Response:
    """Where a file is brought, and the files that wait for decisions."""
    return _listed(page)


def _listed(page: Visitor, *, status: int = 200, problem: str = "") -> Response:
    found = page.read(imports.open_imports, needs="schedule:write")
    return page.page("imports.html", status=status, imports=found, kinds=KINDS, problem=problem)


async def _uploaded(sent: Sent) -> tuple[str, bytes]:
    """The file of the form; without a name where none was chosen."""
    try:
        return await sent.content("file")
    except BadInput:
        return "", b""


@router.post("")
def bring(page: Page, sent: Sent, file: Annotated[tuple[str, bytes], Depends(_uploaded)]) -> Response:
    """Read a file."""
    name, content = file
    if not name:
        return _listed(page, status=REFUSED, problem="No file was chosen. Choose one and send the form again.")
    try:
        return to(f"/imports/{page.do(imports.ReadImport(name=name, content=content, kind=sent.text('kind')))}")
    except (BadInput, NotFound) as error:
        return _listed(page, status=REFUSED, problem=str(error))


@router.get("/{import_id}")
def review(import_id: UUID, page: Page) -> Response:
    """What was read, and everything odd."""
    run = page.read(imports.run_of, needs="schedule:write", import_id=import_id)
    return _review(page, run, {})


@router.post("/{import_id}")
def decide(import_id: UUID, page: Page, sent: Sent) -> Response:
    """Look again under the decisions, accept what is sure, or put the file in force."""
    answers, empty = _answers(sent)
    if sent.text("how") == "apply":
        return _applied(page, import_id, sent, answers)
    run = _again(page, import_id, answers)
    if sent.text("how") == "sure":
        answers = {**imports.sure_answers(run["review"]["items"], SURE), **answers}
        run = _again(page, import_id, answers)
    return _review(page, run, answers, problem=_unsaid(empty), target=sent.text("target"))


def _unsaid(empty: int) -> str:
    return f"{empty} answers are 'something else' and do not say what. Write it, or choose another." if empty else ""


def _again(page: Visitor, import_id: UUID, answers: Mapping[str, str]) -> dict[str, Any]:
    return page.read(imports.run_under, needs="schedule:write", import_id=import_id, decisions=answers)


def _applied(page: Visitor, import_id: UUID, sent: Form, answers: dict[str, str]) -> Response:
    try:
        schedule_id, revision = _target(sent)
        command = imports.ApplyImport(
            import_id=import_id, decisions=answers, schedule_id=schedule_id, revision=revision
        )
        made: UUID | None = page.do(command)
    except (BadInput, Stale) as error:
        status = FASTER if isinstance(error, Stale) else REFUSED
        run = _again(page, import_id, answers)
        return _review(page, run, answers, status=status, problem=_short(error), target=sent.text("target"))
    return to(f"/schedules/{made}", said="made") if made else to("/program", said="saved")


def _target(sent: Form) -> tuple[UUID | None, int | None]:
    """The draft that a file goes into and the revision that was seen; nothing for a new one."""
    target, _, revision = sent.text("target").partition(" ")
    try:
        return (UUID(target), int(revision)) if target else (None, None)
    except ValueError:
        raise BadInput(f"'{target}' is no draft.", place="target", remedy="Choose one of the list.") from None


def _short(error: HousestaffError) -> str:
    """What stood in the way; the list of open items is the page itself."""
    return str(error).partition("\n")[0]


def _answers(sent: Form) -> tuple[dict[str, str], int]:
    """The decisions of a form, and how many say that it is something else and not what."""
    found: dict[str, str] = {}
    empty = 0
    for number, question in sent.fields("q.").items():
        choice, other = sent.text(f"d.{number}"), sent.text(f"o.{number}")
        if choice == OTHER:
            empty += not other
            choice = other
        if choice:
            found[question] = choice
    return found, empty


def _review(
    page: Visitor, run: dict[str, Any], answers: Mapping[str, str], *, status: int = 200, **more: Any
) -> Response:
    program = page.read(programs.whole, needs="schedule:read")
    drafts = [each for each in page.read(queries.listed, needs="schedule:read") if each.state == "draft"]
    questions = _questions(run["review"]["items"], answers)
    counts = [(what, count) for what, count in run["review"].items() if what != "items"]
    known = known_values(program) if program else {}
    return page.page(
        "import_review.html",
        status=status,
        run=run,
        counts=counts,
        questions=sorted(questions, key=lambda each: bool(each.answer)),
        sure=len(imports.sure_answers(run["review"]["items"], SURE)),
        meanings=[*known.get("people", ()), *known.get("places", ())],
        drafts=drafts,
        is_program=run["kind"] in {imports.PROGRAM, imports.FOLDER},
        is_empty=program is None,
        **{"problem": "", "target": "", **more},
    )


def _questions(items: Iterable[dict[str, Any]], answers: Mapping[str, str]) -> list[Question]:
    found: dict[str, Question] = {}
    for item in items:
        id_ = item["question"]
        known = found.setdefault(id_, Question(id_))
        known.items.append(item)
        known.answer = answers.get(id_) or item["decided"] or ""
        known.is_kept = id_ not in answers and item["decided"] is not None
    return list(found.values())
