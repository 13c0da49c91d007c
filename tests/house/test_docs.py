"""What lies around the code is whole: links lead somewhere, the lock is a plain one, the license is there."""

import re
import tomllib
from pathlib import Path

import pytest

from housestaff.plumbing.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("examples/**/*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?:src|href)=\"([^\"]+)\"")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
FILES_WITH_NO_ADDRESSES = ["requirements.lock", "Makefile", "pyproject.toml", ".ci/run"]


def relative_links(page: Path) -> set[str]:
    text = FENCED.sub("", page.read_text("utf-8"))
    targets = {one or other for one, other in LINK.findall(text)}
    return {target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; ]", name)[0]).lower()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    lost = {link for link in relative_links(page) if not (page.parent / link).exists()}
    assert lost == set()


@pytest.mark.parametrize("name", FILES_WITH_NO_ADDRESSES)
def test_nothing_that_installs_names_an_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links|file:|\s@\s+\S+/", text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_a_page_names_is_one(page: Path) -> None:
    known = {f"HOUSESTAFF_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"HOUSESTAFF_[A-Z_]+", page.read_text("utf-8")))
    assert named - known == set()


def test_every_locked_package_has_one_version_and_a_hash() -> None:
    for block in re.split(r"\n(?=[a-z0-9])", LOCK.strip()):
        assert re.match(r"[a-z0-9-]+==[0-9][^\s+]* ", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_lock_holds_everything_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = project["build-system"]["requires"] + project["project"]["dependencies"]
    asked += [need for extra in project["project"]["optional-dependencies"].values() for need in extra]
    locked = set(re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE))
    assert {normal(need) for need in asked} - locked == set()


def test_the_license_is_the_whole_apache_license() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
