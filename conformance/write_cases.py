"""Writes conformance/cases/*.json from the authors' tables; --check only says whether the files equal the tables."""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT.parent))

from conformance.authoring import (  # noqa: E402
    certainty,
    clarifications,
    days_off,
    demand,
    editions,
    eighty_hours,
    emergency,
    exceptions,
    home_call,
    ledgers,
    local_rules,
    long_duty,
    moonlighting,
    nights,
    pack_files,
    rest,
    staying,
    supervision,
)
from conformance.authoring.scene import TEXTS, Json  # noqa: E402

CASES = ROOT / "cases"


def sections() -> dict[str, Json]:
    """Every file's content by its name, in the order of the sections."""
    table: list[tuple[str, str, str, list[Json]]] = [
        ("04_certainty", "4", "Certainty", certainty.cases()),
        ("07_01_eighty_hours", "7.1", "Eighty hours", eighty_hours.cases()),
        ("07_02_eight_hours_between", "7.2", "Eight hours between", rest.eight_cases()),
        ("07_03_fourteen_after_call", "7.3", "Fourteen hours after call", rest.fourteen_cases()),
        ("07_04_one_day_in_seven", "7.4", "One day in seven", days_off.cases()),
        ("07_05_twenty_four_hours", "7.5", "Twenty-four hours", long_duty.twenty_four_cases()),
        ("07_06_four_more_hours", "7.6", "Four more hours", long_duty.after_twenty_four()),
        ("07_07_stay_by_choice", "7.7", "Staying by choice", staying.cases()),
        ("07_08_eighty_eight_hours", "7.8", "Eighty-eight hours", exceptions.cases()),
        ("07_09_moonlighting", "7.9", "Moonlighting", moonlighting.cases()),
        ("07_10_night_float", "7.10", "Night float and night limits", nights.night_float_cases()),
        ("07_11_every_third_night", "7.11", "Every third night", nights.third_night_cases()),
        ("07_12_home_call", "7.12", "At-home call", home_call.cases()),
        ("08_editions", "8", "Editions and dates in force", editions.cases()),
        ("09_01_emergency_medicine", "9.1", "Emergency medicine", emergency.em_cases()),
        ("09_03_new_york", "9.3", "New York", emergency.ny_cases()),
        ("10_supervision", "10", "Supervision", supervision.cases()),
        ("11_01_attending_demand", "11", "Attending demand", demand.demand_cases()),
        ("11_02_primary_care_exception", "11", "Primary care exception", demand.exception_cases()),
        ("12_ledgers", "12.3", "Away-time ledgers", ledgers.cases()),
        ("13_local_rules", "13", "Local rules", local_rules.cases()),
        ("16_packs", "16", "Pack files", pack_files.cases()),
        ("17_clarifications", "17", "Clarifications (beyond the tables)", clarifications.cases()),
    ]
    place = {name: number for number, name in enumerate(TEXTS)}
    return {
        name: {"section": number, "title": title, "cases": sorted(rows, key=lambda row: place.get(row["id"], 999))}
        for name, number, title, rows in table
    }


def rendered() -> dict[Path, str]:
    """The exact text of every file the suite consists of."""
    files = {
        CASES / f"{name}.json": json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        for name, content in sections().items()
    }
    files[ROOT / "ids.txt"] = "\n".join(TEXTS) + "\n"
    return files


def differences() -> list[str]:
    """The files that are missing, differ from the tables, or have no table."""
    wanted = rendered()
    wrong = [path.name for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    return wrong + [path.name for path in sorted(CASES.glob("*.json")) if path not in wanted]


def main() -> int:
    """Write the files, or with --check compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file differs")
    if parser.parse_args().check:
        wrong = differences()
        print("differs: " + ", ".join(wrong) if wrong else "all files equal the tables")
        return 1 if wrong else 0
    CASES.mkdir(exist_ok=True)
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
