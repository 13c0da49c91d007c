"""The messy workbooks: everything that was planted is asked, nothing else, and the answers give the clean roster."""

from pathlib import Path

import openpyxl
import pytest

from housestaff.core.program import Program
from housestaff.files.program_toml import read_program
from housestaff.files.roster_json import read_roster
from housestaff.files.tables_csv import Defect, read_defects
from housestaff.files.workbook.annual_reading import read_annual_workbook
from housestaff.files.workbook.reading import read_block_workbook
from housestaff.files.workbook.review import ACCEPT, IGNORE, ItemKind, Review
from housestaff.files.workbook.round_trip import RoundTrip, compare_workbook
from housestaff.synthetic.generate import generate

SEED = 7
ASKED = {ItemKind.UNKNOWN_CODE, ItemKind.SLASH_CELL}


@pytest.fixture(
    scope="module",
    params=["family_medicine", "emergency_medicine", pytest.param("internal_medicine", marks=pytest.mark.slow)],
)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place: Path = tmp_path_factory.mktemp(request.param)
    generate(request.param, SEED, place)
    return place


@pytest.fixture(scope="module")
def program(folder: Path) -> Program:
    return read_program(folder)


def planted(folder: Path, book: str) -> list[Defect]:
    lines = read_defects((folder / "defects.csv").read_text("utf-8"))
    return [line for line in lines if line.expected_verdict == "import review" and line.kind.startswith(book)]


def places(review: Review) -> set[tuple[str, str]]:
    return {(item.place, item.kind.value) for item in review.items}


def answers(review: Review, clean: Path) -> dict[str, str]:
    """What a person who knows the clean sheet would answer."""
    book = openpyxl.load_workbook(clean)
    found: dict[str, str] = {}
    for item in review.items:
        if item.kind in ASKED:
            found[item.question] = str(book[item.sheet][item.cell].value)
        else:
            found[item.question] = IGNORE if item.kind is ItemKind.DOUBLE_NAME else ACCEPT
    return found


def test_the_block_workbook_holds_the_traps_of_the_table(folder: Path) -> None:
    kinds = [line.expected_rule for line in planted(folder, "workbook")]
    wanted = {"wrong_year": 1, "double_name": 1, "alias": 7, "unknown_code": 4, "spelling": 30}
    assert {kind: kinds.count(kind) for kind in wanted} == wanted


def test_everything_planted_is_asked_and_nothing_else(folder: Path, program: Program) -> None:
    wanted = {(line.where, line.expected_rule) for line in planted(folder, "workbook")}
    assert places(read_block_workbook(folder / "block_workbook_messy.xlsx", program)) == wanted


def test_the_annual_workbook_asks_what_was_planted(folder: Path, program: Program) -> None:
    wanted = {(line.where, line.expected_rule) for line in planted(folder, "annual")}
    assert places(read_annual_workbook(folder / "annual_workbook_messy.xlsx", program)) == wanted


def test_messy_and_clean_import_to_the_same_roster(folder: Path, program: Program) -> None:
    messy = read_block_workbook(folder / "block_workbook_messy.xlsx", program)
    clean = read_block_workbook(folder / "block_workbook.xlsx", program)
    decided = messy.decided(answers(messy, folder / "block_workbook.xlsx"))
    assert {item.kind for item in clean.items} <= {ItemKind.NOTE}
    assert decided.accept()[0] == clean.answer(clean.open, ACCEPT).accept()[0]


def test_messy_and_clean_years_import_to_the_same_roster(folder: Path, program: Program) -> None:
    messy = read_annual_workbook(folder / "annual_workbook_messy.xlsx", program)
    clean = read_annual_workbook(folder / "annual_workbook.xlsx", program)
    assert clean.items == ()
    assert len(messy.items) == len(planted(folder, "annual")) > 0
    vague = {i.question: IGNORE for i in messy.items if i.kind is ItemKind.LEAVE_WITHOUT_RECORD}
    roster, leaves = messy.accepting(1.0).decided(vague).accept()
    assert (roster, leaves) == clean.accept()


def test_the_year_workbook_comes_back_without_a_difference(folder: Path, program: Program) -> None:
    witness = read_roster(folder / "witness.json")
    found = compare_workbook(folder / "annual_workbook.xlsx", program, witness)
    assert isinstance(found, RoundTrip)
    assert found.changes == ()
    assert found.review.items == ()
    assert found.proposed == witness


def test_the_block_workbook_comes_back_without_a_difference(folder: Path, program: Program) -> None:
    witness = read_roster(folder / "witness.json")
    found = compare_workbook(folder / "block_workbook.xlsx", program, witness)
    assert isinstance(found, RoundTrip)
    assert found.changes == ()
    assert found.proposed == witness
