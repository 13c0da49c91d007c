"""Draws every page of the portal at 1440 and 390 pixels into docs/images/portal, from the demo's published year.

The demo is set up in a folder of its own, which takes a minute, and its clock stands on a Wednesday morning.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from housestaff.bootstrap.demo import ACADEMIC_YEAR, COORDINATOR, Demo, last_run, set_up
from housestaff.bootstrap.installation import Installation, bring_up, opened
from housestaff.core.calendar import propose_blocks
from housestaff.doors.service import database_of, settings_of
from housestaff.features.accounts.commands import GrantRole
from housestaff.features.portal.commands import MakeOnCallLink
from housestaff.features.program.commands import RollOverYear
from housestaff.features.schedules.commands import CreateSchedule
from housestaff.features.schedules.imports import ReadImport
from housestaff.files.shapes import SERIES
from housestaff.files.workbook.rows import sheet_name_of
from housestaff.plumbing.crypto import hash_of_token
from housestaff.plumbing.unit import Request
from tests.browser import QUIET, SIZES, chromium
from tests.messy import messy_block
from tests.serving import served

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images" / "portal"
NOW = datetime(2025, 11, 26, 16, 5, tzinfo=UTC)
COLORS = 80
DIRECTOR, LINK = "director@demo.example", "a link that only pictures use"


@dataclass(frozen=True, slots=True)
class Shot:
    """One page: its name, who looks at it, its address, what is done on it first, and how it looks."""

    name: str
    who: str
    path: str
    first: Callable[[Page], None] | None = None
    theme: str = "light"
    language: str = "en"


def _what_if(page: Page) -> None:
    cell = page.locator("#p-r03 td").nth(14)
    cell.scroll_into_view_if_needed()
    cell.click()
    page.locator("#panel h2").wait_for()
    page.get_by_label("What stands here").fill("OFF")
    page.locator("#panel").get_by_role("button", name="What if").click()
    page.locator("#verdict .note").wait_for()


def _stay(page: Page) -> None:
    page.locator("#p-r03 td.stay").nth(8).click()
    page.locator("#panel h2").wait_for()


def _night(page: Page) -> None:
    page.locator("#grid a[data-panel]").first.click()
    page.locator("#panel h2").wait_for()


def _new_draft(page: Page) -> None:
    page.get_by_role("button", name="New draft").click()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pages show beside the published year."""

    published: UUID
    draft: UUID
    run: UUID
    odd: UUID
    """An import with odd cells."""
    violation: UUID


SECTIONS = ("role", "rotation", "activity", "requirement", "demand", "call")


def shots(shown: Shown) -> list[Shot]:
    """Every page, and some of them in the dark or in Spanish."""
    there, here = f"/schedules/{shown.published}", f"/schedules/{shown.draft}"
    resident = "r03@demo.example"
    lists = [Shot(f"list_of_{section}", COORDINATOR, f"/program/{section}") for section in SECTIONS]
    return [
        *lists,
        Shot("one_time_link", "", "/sign-in/link"),
        Shot("forgotten", "", "/forgotten"),
        Shot("password_reset", "", "/password-reset"),
        Shot("invitation", "", "/invitation"),
        Shot("locks", COORDINATOR, f"{here}/locks"),
        Shot("solve", COORDINATOR, f"{here}/solve"),
        Shot("run", COORDINATOR, f"/schedules/runs/{shown.run}"),
        Shot("stay", COORDINATOR, f"{there}/year", _stay),
        Shot("night", COORDINATOR, f"{there}/calls", _night),
        Shot("imports", COORDINATOR, "/imports"),
        Shot("new_program", "admin@demo.example", "/programs/new"),
        Shot("nothing_there", resident, "/nothing"),
        Shot("sign_in", "", "/sign-in"),
        Shot("start_resident", resident, "/"),
        Shot("start_resident_dark_es", resident, "/", theme="dark", language="es"),
        Shot("start_coordinator", COORDINATOR, "/"),
        Shot("start_director", DIRECTOR, "/"),
        Shot("start_operator", "admin@demo.example", "/"),
        Shot("schedules", COORDINATOR, "/schedules"),
        Shot("new_draft", COORDINATOR, "/schedules", _new_draft),
        Shot("year", COORDINATOR, f"{there}/year"),
        Shot("year_days", COORDINATOR, f"{there}/year?scale=days"),
        Shot("block", COORDINATOR, f"{there}/block"),
        Shot("block_dark", COORDINATOR, f"{there}/block", theme="dark"),
        Shot("what_if", COORDINATOR, f"{there}/block?day={NOW.date()}", _what_if),
        Shot("calls", COORDINATOR, f"{there}/calls"),
        Shot("day", resident, f"{there}/day"),
        Shot("person", resident, f"{there}/people/r03"),
        Shot("coverage", COORDINATOR, f"{there}/coverage"),
        Shot("rules", DIRECTOR, f"{there}/findings"),
        Shot("versions", COORDINATOR, f"{there}/versions"),
        Shot("on_call", COORDINATOR, "/on-call"),
        Shot("on_call_shared", "", f"/on-call/{LINK.replace(' ', '-')}"),
        Shot("program", COORDINATOR, "/program"),
        Shot("people", COORDINATOR, "/program/people"),
        Shot("person_form", COORDINATOR, "/program/people/r03"),
        Shot("rotation_form", COORDINATOR, "/program/rotation/ICU"),
        Shot("calendar", COORDINATOR, "/program/calendar"),
        Shot("policy", COORDINATOR, "/program/policy"),
        Shot("webhook", COORDINATOR, "/program/webhook"),
        Shot("turn_of_the_year", COORDINATOR, "/program/rollover"),
        Shot("members", COORDINATOR, "/program/members"),
        Shot("import_review", COORDINATOR, f"/imports/{shown.odd}"),
        Shot("notices", resident, "/notices"),
        Shot("account", resident, "/account"),
        Shot("operations", "admin@demo.example", "/operations"),
        Shot("audit", COORDINATOR, "/audit"),
        Shot("design", COORDINATOR, "/design"),
        Shot("violations", DIRECTOR, "/violations"),
        Shot("violation", DIRECTOR, f"/violations/{shown.violation}"),
    ]


def main() -> None:
    """Draw every page at both sizes, and say where and how large."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="hsp-", dir="/tmp") as name, sync_playwright() as playwright:
        folder = Path(name) / "data"
        with _a_year(folder) as installation, served(installation) as address:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
            for shot in shots(_to_look_at(installation, folder)):
                for size in SIZES:
                    _draw(installation, browser, address, shot, size)
        with _nobody_yet(Path(name) / "new") as installation, served(installation) as address:
            for size in SIZES:
                _draw(installation, browser, address, Shot("setup", "", "/setup"), size)
        browser.close()


@contextmanager
def _nobody_yet(folder: Path) -> Generator[Installation]:
    """An installation that nobody has set up."""
    settings = settings_of(data_folder=folder)
    with database_of(settings) as where:
        bring_up(where)
        with opened(settings, where) as installation:
            yield installation


@contextmanager
def _a_year(folder: Path) -> Generator[Installation]:
    """The demo with its published year, at its Wednesday morning."""
    variables = {**os.environ, "HOUSESTAFF_DATA_FOLDER": str(folder)}
    demo = [Path(sys.executable).with_name("housestaff"), "demo", "-o", folder.parent / "out", "--port", "0"]
    subprocess.run(demo, env=variables, check=True)
    clock = folder / "clock"
    clock.write_text(str((NOW - datetime.now(UTC)).total_seconds()))
    settings = settings_of(data_folder=folder, clock_file=clock)
    with database_of(settings) as where, opened(settings, where) as installation:
        yield installation


def _to_look_at(installation: Installation, folder: Path) -> Shown:
    """A director, a link to the board of call, an odd workbook, and a draft of the next year."""
    demo: Demo = set_up(installation, folder, 7)
    held = demo.schedule()
    if held is None:
        raise SystemExit("the demo has published nothing")
    do = installation.house.do
    with installation.database.transaction() as connection:
        admin = connection.execute(sa.text("SELECT user_id FROM app_user WHERE email LIKE 'admin@%'")).scalar_one()
    as_admin = Request(demo.place.program_id, admin, "cli")
    do(
        GrantRole(email=DIRECTOR, display_name="Director of the demo", role="program_director", rank="director"),
        as_admin,
    )
    do(MakeOnCallLink(name="switchboard", token_hash=hash_of_token(LINK.replace(" ", "-"))), demo.request)
    program, roster = demo.year()
    book = messy_block(program, roster, folder.parent, who=sheet_name_of(program.residents[0]))
    asked = ReadImport(name="Block 2 as sent.xlsx", content=book.read_bytes(), kind="block_workbook")
    odd: UUID = do(asked, demo.request)
    coming = propose_blocks(ACADEMIC_YEAR + 1)
    do(RollOverYear(academic_year=ACADEMIC_YEAR + 1, series=(SERIES.write(coming),)), as_admin)
    draft: UUID = do(CreateSchedule(first_day=coming.first, last_day=coming.last), demo.request)
    # In a thread of its own: this one has the loop of the browser.
    with ThreadPoolExecutor(1) as one:
        one.submit(lambda: asyncio.run(installation.jobs.work_off())).result()
    asked = sa.text("SELECT violation_id FROM violation WHERE state = 'open' ORDER BY number, key LIMIT 1")
    with installation.database.transaction(program=demo.place.program_id) as connection:
        violation: UUID = connection.execute(asked).scalar_one()
    return Shown(held.schedule_id, draft, last_run(demo)["run_id"], odd, violation)


def _draw(installation: Installation, browser: Browser, address: str, shot: Shot, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        base_url=address,
        is_mobile=size == "phone",
        has_touch=size == "phone",
    )
    cookies = {"housestaff_theme": shot.theme, "housestaff_language": shot.language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    if shot.who:
        with installation.database.transaction() as connection:
            asked = sa.text("SELECT user_id FROM app_user WHERE email = :email")
            user = connection.execute(asked, {"email": shot.who}).scalar_one()
        page.goto(f"/sign-in/link#{installation.sign_in.one_time('sign_in', user)}")
        page.wait_for_url(f"{address}/")
    page.goto(shot.path, wait_until="networkidle")
    if shot.first is not None:
        shot.first(page)
    file = IMAGES / f"{shot.name}-{width}.png"
    with Image.open(BytesIO(page.screenshot())) as drawn:
        drawn.convert("RGB").quantize(COLORS).save(file, optimize=True)
    print(f"  {file.relative_to(ROOT)}  {file.stat().st_size // 1000} kB")
    context.close()


if __name__ == "__main__":
    main()
