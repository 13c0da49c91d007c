"""The command line as its user runs it: what is printed, what is written, and with which code it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from housestaff.core.roster import HalfDay, Layer, Night
from housestaff.files.roster_json import read_roster, write_roster
from tests.browser import a_browser
from tests.serving import free_port

HOUSESTAFF = Path(sys.executable).with_name("housestaff")


pytestmark = pytest.mark.xdist_group("demo")
"""One worker runs them all, so that the demo is run once."""


def run(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [HOUSESTAFF, *map(str, words)]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=400, env=environment)


_DATA: dict[str, str] = {}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """The demo, run once on no terminal."""
    out = tmp_path_factory.mktemp("demo")
    data = _DATA["folder"] = str(tmp_path_factory.mktemp("data"))
    words = ("demo", "-o", out, "--json", "--seconds", "120", "--port", "0")
    done = run(*words, HOUSESTAFF_DATA_FOLDER=data)
    assert done.returncode == 0, done.stderr
    return out, json.loads(done.stdout)


def test_the_demo_writes_a_whole_year(demo: tuple[Path, dict[str, object]]) -> None:
    """Workbook, PDF, calendars and certificate are there, and no rule that must hold is broken."""
    out, told = demo
    summary = told["summary"]
    assert isinstance(summary, dict)
    assert summary["violations"] == 0
    assert summary["uncovered"] == 0
    assert summary["unknown"] == 0
    for name in ("blocks.xlsx", "year.xlsx", "year.pdf", "blocks.pdf", "calls.pdf", "certificate.json", "roster.json"):
        assert (out / name).stat().st_size > 1000, name
    assert len(list((out / "calendars").glob("*.ics"))) >= 29


@pytest.mark.slow
def test_the_demo_on_a_terminal_prints_a_link_that_signs_in_to_the_published_year(
    demo: tuple[Path, dict[str, object]],
) -> None:
    """The second run finds the year in place, serves it, and ends with Ctrl-C."""
    out, _told = demo
    mine, theirs = pty.openpty()
    environment = {**os.environ, "HOUSESTAFF_DATA_FOLDER": _DATA["folder"], "COLUMNS": "200"}
    words = [HOUSESTAFF, "demo", "-o", str(out), "--port", str(free_port())]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        try:
            link = re.search(r"http://\S+/sign-in/link#\S+", read_until(mine, "Ctrl-C ends it."))
            assert link
            look_at_the_year(link[0])
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
        finally:
            process.kill()


def look_at_the_year(link: str) -> None:
    """Sign in by a link, and go to the published year."""
    with a_browser() as web:
        page = web.new_page()
        page.goto(link)
        expect(page.get_by_role("heading", name="Family Medicine A")).to_be_visible(timeout=15_000)
        page.get_by_role("link", name="Schedule", exact=True).click()
        page.get_by_role("row").filter(has_text="published").get_by_role("link").click()
        expect(page.locator("#grid tr[data-person]")).to_have_count(29, timeout=15_000)


def read_until(terminal: int, words: str) -> str:
    """What a process has said on its terminal up to some words."""
    said = b""
    while words.encode() not in said:
        said += os.read(terminal, 4096)
    return said.decode()


def test_the_demo_meets_its_equity_targets(demo: tuple[Path, dict[str, object]]) -> None:
    """Sunday, weekday and holiday nights lie within the targets of the fair share."""
    _out, told = demo
    summary = told["summary"]
    assert isinstance(summary, dict)
    assert {each["kind"] for each in summary["equity"]} == {"Sunday", "weekday", "holiday"}
    assert all(each["met"] for each in summary["equity"])


def test_every_night_of_the_demo_has_exactly_one_name(demo: tuple[Path, dict[str, object]]) -> None:
    """261 faculty nights, one name each."""
    out, _told = demo
    roster = read_roster(out / "roster.json")
    faculty = [names for night, names in roster.calls.items() if night.line == "faculty_call"]
    assert len(faculty) == 261
    assert all(len(names) == 1 for names in faculty)


def test_check_passes_the_solved_year_and_names_a_broken_one(
    demo: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    """A night taken away is found by name, with exit code 1."""
    out, _told = demo
    assert run("check", out).returncode == 0
    roster = read_roster(out / "roster.json")
    night = min(night for night in roster.calls if night.line == "faculty_call")
    write_roster(roster.with_call(Night(night.line, night.day), None), tmp_path / "holed.json")
    done = run("check", tmp_path / "holed.json", "--program", out, "--json")
    assert done.returncode == 1
    broken = [finding for finding in json.loads(done.stdout)["findings"] if finding["verdict"] == "broken"]
    assert [(finding["rule"], finding["first"]) for finding in broken] == [("one_name_a_night", str(night.day))]


def test_a_workbook_alone_is_judged(demo: tuple[Path, dict[str, object]]) -> None:
    """The block workbook carries all that the judge needs."""
    out, _told = demo
    done = run("check", out / "blocks.xlsx", "--json")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert json.loads(done.stdout)["broken"] == 0


def test_days_off_are_issued_as_cells(demo: tuple[Path, dict[str, object]]) -> None:
    """The free days of the services stand on the grid, not in somebody's head."""
    out, _told = demo
    roster = read_roster(out / "roster.json")
    off = [
        place
        for place, entries in roster.halves.items()
        if any(e.code == "OFF" and e.layer is Layer.SOLVER for e in entries)
    ]
    assert len(off) > 200
    assert all(isinstance(place, HalfDay) for place in off)


def test_conformance_runs_on_ours() -> None:
    """All cases of the public suite pass by the public command."""
    done = run("conformance", "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["failed"] == []
    assert told["cases"] >= 232


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.toml", b"", "empty"),
        (
            "unknown.toml",
            b'[program]\nid = "x"\nname = "X"\ntime_zone = "America/Chicago"\nspecialtie = "fm"\n',
            "specialt",
        ),
        ("latin.toml", b'[program]\nname = "M\xfcller"\n', "UTF-8"),
    ],
)
def test_bad_input_ends_with_2_and_says_where(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    """One clear message with the place, no traceback."""
    (tmp_path / name).write_bytes(content)
    done = run("solve", tmp_path / name, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert name in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_bad_input_too(tmp_path: Path) -> None:
    """Not found is said, with exit code 2."""
    done = run("check", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_kind_of_program_is_refused(tmp_path: Path) -> None:
    """The kinds that exist are named."""
    done = run("generate", "surgery", "-o", tmp_path)
    assert done.returncode == 2
    assert "family_medicine" in done.stderr
