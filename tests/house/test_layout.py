"""The house stands as ARCHITECTURE.md says: light to enter, plain at the ground, one place for the solvers."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "housestaff"
HEAVY = {"highspy", "numpy", "openpyxl", "ortools", "pandas", "python_calamine", "typst", "xlsxwriter"}

LIST_MODULES_AFTER = """
import sys
{act}
print("modules:", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def modules_loaded_after(act: str) -> set[str]:
    # Coverage and the like start in a child by environment; this one is looked at bare.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    answer = subprocess.run(
        [sys.executable, "-c", LIST_MODULES_AFTER.format(act=act)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return set(answer.stdout.rpartition("modules:")[2].split())


def outside_imports(folder: Path) -> dict[str, set[str]]:
    """The third-party packages that files of a folder import, anywhere in the file."""
    found: dict[str, set[str]] = {}
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Import(names=names):
                    imported = {name.name.partition(".")[0] for name in names}
                case ast.ImportFrom(module=str(module), level=0):
                    imported = {module.partition(".")[0]}
                case _:
                    continue
            for name in imported - sys.stdlib_module_names - {"housestaff"}:
                found.setdefault(name, set()).add(str(file.relative_to(SOURCE)))
    return found


def test_importing_the_house_brings_in_no_third_party() -> None:
    assert modules_loaded_after("import housestaff") - modules_loaded_after("") == {"housestaff"}


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_asking_for_help_loads_nothing_heavy(words: list[str]) -> None:
    loaded = modules_loaded_after(
        f"sys.argv = ['housestaff', *{words}]\n"
        "from housestaff.doors.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    )
    assert "housestaff" in loaded
    assert not loaded & HEAVY


def test_the_installed_command_answers_without_a_terminal() -> None:
    command = Path(sys.executable).with_name("housestaff")
    answer = subprocess.run(
        [command, "--version"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    assert answer.stdout.startswith("housestaff ")


@pytest.mark.parametrize("floor", ["core", "rules"])
def test_the_ground_floors_are_plain_python(floor: str) -> None:
    assert outside_imports(SOURCE / floor) == {}


def test_only_solving_imports_the_solvers() -> None:
    found = outside_imports(SOURCE)
    importers = found.get("ortools", set()) | found.get("highspy", set())
    assert {file for file in importers if not file.startswith("solving/")} == set()


def test_every_room_says_what_it_is_in_one_sentence() -> None:
    for folder in {file.parent for file in SOURCE.rglob("*.py")}:
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
        assert said, folder
        assert said.splitlines()[0].endswith("."), folder
