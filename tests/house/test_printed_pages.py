"""What is printed from the code is what the code says, and nobody's policy is printed as ACGME law."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from housestaff.rules.law import LAW, RULES
from housestaff.rules.rule import COMMON, Rule
from housestaff.rules.settings import known_settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
CHAPTERS = {text.partition("\n")[0]: text for text in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
LOCAL = [rule for rule in LAW if rule.citation.source != COMMON]


def printed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script that prints the page."""
    command = [sys.executable, str(ROOT / "scripts" / "docs.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def section_of(rule: str) -> str:
    """What the page says of one rule."""
    found = re.search(rf"^### {rule}\n(.*?)(?=^#|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found is not None, rule
    return found.group(1)


def test_the_page_of_rules_is_what_the_code_says() -> None:
    assert printed("--check").returncode == 0, "run `make docs`"


def test_a_stale_page_is_told(tmp_path: Path) -> None:
    assert printed("--into", str(tmp_path)).returncode == 0
    page = tmp_path / "rules.md"
    page.write_text(page.read_text("utf-8").replace("weekly_hours = 80", "weekly_hours = 85"), "utf-8")
    told = printed("--check", "--into", str(tmp_path))
    assert told.returncode == 1
    assert "make docs" in told.stderr


def test_every_rule_and_every_setting_stands_once() -> None:
    assert sorted(re.findall(r"^### (\w+)$", PAGE, flags=re.MULTILINE)) == sorted(RULES)
    assert re.findall(r"^\| `(\w+)` \|", CHAPTERS["Settings"], flags=re.MULTILINE) == list(known_settings())


@pytest.mark.parametrize("rule", LOCAL, ids=lambda rule: rule.name)
def test_no_rule_of_somebody_else_is_shown_as_an_acgme_rule(rule: Rule) -> None:
    """It stands in no ACGME chapter, and cites the common requirements only for an edition that has ended."""
    name = rule.name
    section = section_of(name)
    assert f"### {name}\n" not in CHAPTERS[COMMON]
    assert COMMON not in section.partition("| Edition")[0]
    cited = [line for line in section.splitlines() if COMMON in line]
    assert all(re.search(r"\| from [\d-]+ to [\d-]+ \|", line) for line in cited), cited


@pytest.mark.parametrize("rule", [rule for rule in LAW if rule.citation.source == COMMON], ids=lambda rule: rule.name)
def test_a_rule_of_the_common_requirements_is_cited_with_both_numberings(rule: Rule) -> None:
    name = rule.name
    citation = RULES[name].citation
    assert f"### {name}\n" in CHAPTERS[COMMON]
    assert all(number in section_of(name) for number in (citation.number_2025, citation.number_2023))
