"""A real Chromium for tests: people who look at pages at a desk and on a phone; axe says what others cannot use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.installed import ROOT, Installed

DESK, PHONE = (1440, 900), (390, 844)
SIZES = {"desk": DESK, "phone": PHONE}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SERIOUS = frozenset({"serious", "critical"})


def chromium() -> Path | None:
    """Debian's Chromium, where it is; else Playwright's own is taken."""
    found = shutil.which("chromium")
    return Path(found) if found else None


@contextmanager
def a_browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        try:
            yield started
        finally:
            started.close()


class Portal:
    """The pages of an installation that is served, and whoever comes to them."""

    def __init__(self, here: Installed, browser: Browser) -> None:
        """The installation has its address already."""
        self.here, self.browser = here, browser
        self._open: list[BrowserContext] = []
        self.problems: list[str] = []
        """What went wrong in a page: errors of scripts, refusals of the policy."""

    def visitor(self, size: str = "desk", **more: Any) -> Page:
        """Somebody who is not signed in, with an empty page."""
        width, height = SIZES[size]
        phone = {"is_mobile": True, "has_touch": True} if size == "phone" else {}
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, base_url=self.here.address, locale="en-US", **phone, **more
        )
        context.set_default_timeout(15_000)
        self._open.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if _is_refusal(said.text) else None)
        return page

    def as_(self, name: str, size: str = "desk", **more: Any) -> Page:
        """Somebody who has signed in by a one-time link, on their start page."""
        user = self.here.admin if name == "admin" else self.here.users[f"{name}@{self.here.program}.example"]
        return self.user(user, size, **more)

    def user(self, user: UUID, size: str = "desk", **more: Any) -> Page:
        """A user who has signed in by a one-time link."""
        page = self.visitor(size, **more)
        page.goto(f"/sign-in/link#{self.here.installation.sign_in.one_time('sign_in', user)}")
        page.wait_for_url(f"{self.here.address}/")
        return page

    def close(self) -> None:
        """Everybody leaves."""
        for context in self._open:
            context.close()


def serious(page: Page) -> list[str]:
    """What axe finds on a page that keeps somebody from using it, one sentence each."""
    # The policy lets no script in that is not ours; a script that the browser itself runs is not bound by it.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{each['id']}: {node['html'][:160]}" for each in found if each["impact"] in SERIOUS for node in each["nodes"]
    ]


def _is_refusal(text: str) -> bool:
    return "Content Security Policy" in text


class Hand:
    """How somebody works a page: with a mouse at a desk, with a finger on a phone, or with nothing but the keyboard."""

    WAYS = ("desk", "phone", "keyboard")

    def __init__(self, page: Page, way: str) -> None:
        """Work one page in one way."""
        self.page, self.way = page, way

    def press(self, place: Locator) -> None:
        """Press a button, or follow a link."""
        if self.way == "keyboard":
            self.reach(place)
            self.page.keyboard.press("Enter")
        elif self.way == "phone":
            place.tap()
        else:
            place.click()

    def fill(self, place: Locator, text: str) -> None:
        """Write into a field."""
        if self.way == "keyboard" and place.get_attribute("type") not in {"date", "time"}:
            self.reach(place)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            place.fill(text)

    def choose(self, place: Locator, label: str) -> None:
        """Choose from a list by what it says."""
        if self.way == "keyboard":
            self.reach(place)
            self.page.keyboard.type(label)
            chosen = place.evaluate("field => field.selectedOptions[0].label.trim()")
            assert chosen.startswith(label), f"{chosen} is chosen, not {label}"
        else:
            place.select_option(label=label)

    def reach(self, place: Locator) -> None:
        """Go on with Tab until a place has the focus; whoever has no mouse can come there no other way."""
        place.wait_for()
        for _ in range(300):
            if place.evaluate("there => there === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {place}")
