"""The suite is whole: every id once and with a case, every file as the schema and as the tables say."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from .model import Json
from .oracle import RULES

ROOT = Path(__file__).resolve().parents[2] / "conformance"
FILES = sorted((ROOT / "cases").glob("*.json"))
IDS = (ROOT / "ids.txt").read_text(encoding="utf-8").split()
BEYOND = "CL-"  # cases of section 17 and of settings, which are no table rows


def contents(path: Path) -> Json:
    """One file of cases."""
    return json.loads(path.read_text(encoding="utf-8"))


def problems(content: Json) -> list[str]:
    """What the schema finds wrong in a file."""
    validator: Any = Draft202012Validator(contents(ROOT / "schema.json"))
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(content)]


def all_cases() -> list[Json]:
    """Every case of every file."""
    return [case for path in FILES for case in contents(path)["cases"]]


def test_every_id_is_listed_once() -> None:
    """The list holds the 232 ids of the tables, none twice."""
    assert len(IDS) == len(set(IDS)) == 232


def test_every_id_has_exactly_one_case() -> None:
    """The cases are the listed ids and the ones beyond the tables."""
    found = [case["id"] for case in all_cases()]
    assert len(found) == len(set(found))
    assert sorted(name for name in found if not name.startswith(BEYOND)) == sorted(IDS)


def test_every_variant_expects_something() -> None:
    """No case without a scenario, no scenario without an expectation; what is expected is also judged."""
    for case in all_cases():
        assert case["variants"], case["id"]
        names = [scenario["name"] for scenario in case["variants"]]
        assert len(names) == len(set(names)), case["id"]
        for scenario in case["variants"]:
            assert scenario["expect"], case["id"]
            if scenario["kind"] == "roster":
                judged = set(scenario["judge"])
                assert {entry["rule"] for entry in scenario["expect"]} <= judged <= set(RULES), case["id"]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_file_validates(path: Path) -> None:
    """Each file is what schema.json says."""
    Draft202012Validator.check_schema(contents(ROOT / "schema.json"))
    assert not problems(contents(path)), "\n".join(problems(contents(path)))


def test_the_schema_refuses_a_misspelled_field() -> None:
    """A schema that accepts everything would prove nothing."""
    content = contents(FILES[0])
    content["cases"][0]["variants"][0]["dutys"] = []
    assert problems(content)


def test_the_files_equal_the_tables() -> None:
    """write_cases.py --check finds no difference."""
    command = [sys.executable, str(ROOT / "write_cases.py"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
