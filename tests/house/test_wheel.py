"""What a user installs carries everything that the code reads while it runs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        return set(opened.namelist())


@pytest.mark.parametrize("kind", ["*.py", "*.toml", "*.typ", "py.typed"])
def test_the_wheel_carries_every_file_of_the_package(wheel: set[str], kind: str) -> None:
    assert {str(file.relative_to(SOURCE)) for file in SOURCE.rglob(kind)} <= wheel


def test_the_wheel_carries_the_conformance_cases_and_their_schema(wheel: set[str]) -> None:
    home = ROOT / "conformance"
    cases = [*home.glob("*.json"), *home.glob("cases/*.json")]
    expected = {f"housestaff/conformance_cases/{file.name}" for file in cases}
    assert {name for name in wheel if name.startswith("housestaff/conformance_cases/")} == expected


def test_the_wheel_carries_the_license(wheel: set[str]) -> None:
    assert any(name.endswith("/LICENSE") for name in wheel)
