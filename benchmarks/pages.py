"""How do the pages feel with 156 residents: the first page's weight, a grid that scrolls, a verdict, another's change?

A real Chromium asks a real web server; worker and database are processes of their own, all on the same processors.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from time import perf_counter, sleep
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, sync_playwright

from benchmarks.results import Row, record
from benchmarks.running import Ground, add_program, asking, at_work, ground, percentile
from housestaff.core.edits import SetHalf
from housestaff.core.time import Half
from housestaff.features.schedules.commands import CreateSchedule, EditDraft, PublishSchedule
from housestaff.synthetic.internal_medicine import reference_b
from tests.browser import DESK, QUIET, chromium

VISITS, EDITS, OTHERS = 40, 40, 20
SCROLL = """async () => {
  const sheet = document.querySelector('.sheet'), box = sheet.getBoundingClientRect(), taken = [];
  let blank = 0, points = 0, last = performance.now();
  const across = Math.min(box.width, sheet.querySelector('table').offsetWidth);
  const frame = () => new Promise((go) => requestAnimationFrame(go));
  const steps = 120, [wide, high] = [sheet.scrollWidth - sheet.clientWidth, sheet.scrollHeight - sheet.clientHeight];
  for (let step = 0; step <= steps; step += 1) {
    sheet.scrollTo(wide * step / steps, high * (0.5 - 0.5 * Math.cos(step / steps * 6 * Math.PI)));
    await frame();
    const now = performance.now();
    taken.push(now - last);
    last = now;
    for (let x = 0.1; x < 1; x += 0.2) for (let y = 0.15; y < 1; y += 0.2) {
      points += 1;
      const down = box.top + Math.min(box.height, innerHeight - box.top) * y;
      const there = document.elementFromPoint(box.left + across * x, down);
      if (!there?.closest('td, th')) blank += 1;
    }
  }
  return { taken: taken.slice(1), blank, points, wide, high };
}"""

WATCH = """() => {
  const seat = document.getElementById('verdict');
  window.told = new Promise((go) => {
    const seen = (_all, watch) => { watch.disconnect(); go(performance.now()); };
    new MutationObserver(seen).observe(seat, { childList: true });
  });
  addEventListener('keydown', () => { window.begun = performance.now(); }, { once: true, capture: true });
}"""


def main() -> None:
    """Ask everything in one run."""
    with ground() as here, sync_playwright() as playwright:
        code, reference = add_program(here, reference_b(7))
        here.house.program = code
        draft = _draft(here, reference)
        here.house.do(PublishSchedule(schedule_id=_draft(here, reference), revision=1))
        person = reference.program.residents[0].id
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        with at_work(here) as work:
            rows = [*_first_page(here, browser, work.address, person), *_dashboard(here, work.address, person)]
            with _somebody(here, browser, work.address, "coordinator") as page:
                rows += [*_scrolling(page, draft), *_verdicts(page, draft), *_others(here, page, draft, reference)]
        browser.close()
    record(rows)


def _draft(here: Ground, reference: Any) -> UUID:
    first, last = reference.program.calendar.first, reference.program.calendar.last
    command = CreateSchedule(first_day=first, last_day=last, method="imported", roster=reference.witness)
    return here.house.do(command)


@contextmanager
def _somebody(here: Ground, browser: Any, address: str, name: str) -> Generator[Page]:
    user = here.house.users[f"{name}@{here.house.program}.example"]
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, base_url=address)
    page = context.new_page()
    page.goto(f"/sign-in/link#{here.house.installation.sign_in.one_time('sign_in', user)}")
    page.wait_for_url(f"{address}/")
    yield page
    context.close()


def _first_page(here: Ground, browser: Any, address: str, person: str) -> list[Row]:
    """What comes over the line when a resident opens the portal with nothing kept from before."""
    with _somebody(here, browser, address, person) as page:
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        heavy: list[float] = []
        line.on("Network.loadingFinished", lambda done: heavy.append(done["encodedDataLength"]))
        page.goto("/", wait_until="networkidle")
        brought = sum(heavy)
        line.detach()
        taken = [_opened(page) for _ in range(VISITS)]
    goal = "under 200 KB"
    return [
        Row("program B: first page of a resident, all it brings", round(brought / 1000, 1), "KB", goal),
        Row("program B: start page in the browser until it is painted, p95", _ms(taken), "ms", "no goal"),
    ]


def _opened(page: Page) -> float:
    begun = perf_counter()
    page.goto("/", wait_until="load")
    return perf_counter() - begun


def _dashboard(here: Ground, address: str, person: str) -> list[Row]:
    with asking(here, address, person) as client:
        taken: list[float] = []
        for _ in range(VISITS):
            begun = perf_counter()
            client.get("/portal/dashboard").raise_for_status()
            taken.append(perf_counter() - begun)
    return [Row("program B: dashboard answer, p95", _ms(taken), "ms", "under 100 ms")]


def _scrolling(page: Page, draft: UUID) -> list[Row]:
    rows: list[Row] = []
    for name, view in (("52 weeks", "year"), ("364 days", "year?scale=days"), ("a block of half-days", "block")):
        begun = perf_counter()
        page.goto(f"/schedules/{draft}/{view}", wait_until="load")
        opened = perf_counter() - begun
        found = page.evaluate(SCROLL)
        if found["high"] < 100:
            raise SystemExit(f"{name}: there is nothing to scroll")
        frames = [each / 1000 for each in found["taken"]]
        rows += [
            Row(f"program B: {name} by everybody, opened", round(opened * 1000), "ms", "no goal"),
            Row(f"program B: {name}, frames while scrolling, p95", _ms(frames), "ms", "no goal"),
            Row(
                f"program B: {name}, points without a cell while scrolling",
                found["blank"],
                f"of {found['points']}",
                "0",
            ),
        ]
    return rows


def _verdicts(page: Page, draft: UUID) -> list[Row]:
    """From the Enter that ends a code to the verdict that stands on the page."""
    page.goto(f"/schedules/{draft}/block", wait_until="networkidle")
    cells = page.locator("tr[data-person] td")
    taken: list[float] = []
    for number in range(EDITS):
        cells.nth(4 + 57 * number).click()
        page.wait_for_selector("#panel:not([hidden]) h2")
        page.keyboard.press("Escape")
        page.keyboard.type("CC")
        page.evaluate(WATCH)
        page.keyboard.press("Enter")
        taken.append(page.evaluate("async () => (await window.told) - window.begun") / 1000)
        if page.locator("#verdict [role=alert]").count() or not page.locator("#verdict .note").count():
            raise SystemExit("this is no verdict")
        page.locator("#unstage-all").click()
    return [
        Row("program B: an edit until its verdict is shown, median", _ms(taken, 0.5), "ms", "under 150 ms"),
        Row("program B: an edit until its verdict is shown, p95", _ms(taken), "ms", "under 150 ms"),
    ]


def _others(here: Ground, page: Page, draft: UUID, reference: Any) -> list[Row]:
    """From the moment another coordinator's change is committed to its place on the page."""
    first: date = reference.program.calendar.first
    person = reference.program.residents[0].id
    page.goto(f"/schedules/{draft}/block?day={first}", wait_until="networkidle")
    page.wait_for_selector("#workbench[data-live=on]")
    cell = page.locator(f"#p-{person} td").first
    taken: list[float] = []
    for number in range(OTHERS):
        code = ("CC", "ADM")[number % 2]
        edit = SetHalf(person=person, day=first, half=Half.AM, code=code)
        here.house.do(EditDraft(schedule_id=draft, revision=number + 1, edits=(edit,)), "second.coordinator")
        begun = perf_counter()
        while cell.inner_text() != code:
            if perf_counter() - begun > 10:
                raise SystemExit("the change does not appear")
            sleep(0.005)
        taken.append(perf_counter() - begun)
    return [Row("program B: another's change until it stands on the page, p95", _ms(taken), "ms", "under 1000 ms")]


def _ms(taken: list[float], share: float = 0.95) -> float:
    return round(percentile(taken, share) * 1000, 1)


if __name__ == "__main__":
    main()
