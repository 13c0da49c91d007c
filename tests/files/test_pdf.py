"""Pages to print carry the names, codes and colors of the year, and the same year gives the same bytes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from housestaff.core.certificate import Certificate, LevelResult, StageResult
from housestaff.core.duties import Certainty
from housestaff.core.errors import BadInput
from housestaff.core.finding import Citation, Finding, Force, Verdict
from housestaff.core.time import Span
from housestaff.files.certificate import certificate_text, read_certificate, write_certificate
from housestaff.files.pdf import (
    write_block_pages,
    write_call_calendar,
    write_certificate_page,
    write_person_pages,
    write_poster,
)
from tests.files.pdf_text import pages_of, text_of
from tests.files.small_program import small_program, small_roster, year_program, year_roster

MADE = datetime(2026, 1, 1, 12, tzinfo=UTC)
PROGRAM = small_program()
ROSTER = small_roster(PROGRAM)
FINDING = Finding(
    rule="eighty_hours",
    force=Force.MUST,
    verdict=Verdict.BROKEN,
    who="r1",
    first=date(2025, 7, 1),
    last=date(2025, 7, 28),
    span=Span(29_190_000, 29_230_320),
    amount=19_500,
    limit=19_200,
    unit="minutes",
    margin=-300,
    low=19_500,
    high=19_500,
    citation=Citation("ACGME Common Program Requirements", "6.20", "VI.F.1", "acgme-common", 3),
    certainty=Certainty.KNOWN,
    sentence="Boyle works 325 h 00 in 28 days; at most 320 h 00 <b>#[x]</b> $y$",
    duties=("d1", "d2"),
    weekly=(4800, 4900, 4900, 4900),
)
CERTIFICATE = Certificate(
    program="Lakeside Family Medicine",
    roster_hash="ab" * 32,
    ruleset_hash="cd" * 32,
    seed=7,
    seconds=12.5,
    versions=(("ortools", "9.15"), ("housestaff", "0.1.0")),
    stages=(
        StageResult("rotations", "optimal", 3.5, (LevelResult("coverage", 2, 2, "deficits"),)),
        StageResult("call", "feasible", 9.0, ()),
    ),
    worst=(FINDING,),
    findings=(FINDING,),
    kept=1200,
    broken=1,
    unknown=3,
)


def test_the_poster_shows_everybody_with_rotations_and_a_legend(tmp_path: Path) -> None:
    write_poster(PROGRAM, ROSTER, tmp_path / "poster.pdf", made=MADE)
    text = text_of(tmp_path / "poster.pdf")
    for expected in ("Lakeside Family Medicine", "Boyle", "PGY-2", "IPT", "Night float", "2026-01-01 12:00"):
        assert expected in text


def test_a_block_is_a_page_with_its_days_and_its_call(tmp_path: Path) -> None:
    write_block_pages(PROGRAM, ROSTER, tmp_path / "blocks.pdf", made=MADE)
    pages = pages_of(tmp_path / "blocks.pdf")
    assert [f"Block {number}" in page for number, page in enumerate(pages, 1)] == [True, True, True]
    text = " ".join(pages)
    for expected in ("Prof. Gray", "PCAT", "Faculty call", "Klein"):
        assert expected in text


def test_call_stands_on_its_dates(tmp_path: Path) -> None:
    write_call_calendar(PROGRAM, ROSTER, tmp_path / "calls.pdf", made=MADE)
    pages = pages_of(tmp_path / "calls.pdf")
    assert len(pages) == 3
    assert "July 2025" in pages[0]
    assert "Independence Day" in pages[0]


def test_a_person_has_a_page_with_leave(tmp_path: Path) -> None:
    write_person_pages(PROGRAM, ROSTER, tmp_path / "people.pdf", made=MADE)
    pages = pages_of(tmp_path / "people.pdf")
    assert len(pages) == len(PROGRAM.residents) + len(PROGRAM.faculty)
    assert "vacation Aug 4" in " ".join(pages)


def test_what_looks_like_markup_is_printed_as_it_stands(tmp_path: Path) -> None:
    write_certificate_page(CERTIFICATE, tmp_path / "certificate.pdf", made=MADE)
    text = text_of(tmp_path / "certificate.pdf")
    assert "<b>#[x]</b> $y$" in text
    assert "6.20 (2023: VI.F.1)" in text
    assert "1200" in text


def test_the_certificate_names_people_and_sums_up_what_should_be_better(tmp_path: Path) -> None:
    milder = replace(
        FINDING, rule="six_in_a_row", verdict=Verdict.ADVISORY, margin=-1, sentence="7 days of 6 days allowed."
    )
    further = replace(milder, who="r2", margin=-2, sentence="8 days of 6 days allowed.")
    certificate = replace(CERTIFICATE, findings=(milder, further), broken=0, unknown=0)
    write_certificate_page(certificate, tmp_path / "certificate.pdf", made=MADE, program=PROGRAM)
    text = text_of(tmp_path / "certificate.pdf")
    assert "Every rule that must hold is kept, and nothing is left unknown." in text
    assert "six in a row 2 Castro, Jul 1, 2025 to Jul 28, 2025: 8 days of 6 days allowed." in text
    assert "7 days of 6" not in text
    told = certificate_text(certificate, PROGRAM)
    assert "What should be better: six_in_a_row (2)" in told
    assert "Boyle, Jul 1, 2025 to Jul 28, 2025: 7 days of 6 days allowed." in told


def test_the_same_year_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_poster(PROGRAM, ROSTER, tmp_path / f"{name}.pdf", made=MADE)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_year_of_block_pages_is_set_in_five_seconds(tmp_path: Path) -> None:
    program = year_program()
    start = time.process_time()
    write_block_pages(program, year_roster(program), tmp_path / "year.pdf", made=MADE)
    assert time.process_time() - start < 5


def test_a_certificate_is_read_back_as_it_was_written() -> None:
    assert read_certificate(write_certificate(CERTIFICATE)) == CERTIFICATE
    text = certificate_text(CERTIFICATE)
    assert "1200 bounds kept, 1 broken, 3 unknown." in text
    assert "325 h 00 (limit 320 h 00), broken [6.20 (2023: VI.F.1)]" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "no JSON"),
        ("[]", "no certificate"),
        ('{"format": "housestaff certificate 1"}', "'program' is missing"),
        (write_certificate(CERTIFICATE).replace('"verdict": "broken"', '"verdict": "brokn"'), "'broken'"),
        (write_certificate(CERTIFICATE).replace('"seed": 7', '"seed": "7"'), "whole number"),
    ],
)
def test_what_is_no_certificate_is_refused(text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told) as refused:
        read_certificate(text)
    assert refused.value.place.startswith("certificate.json")
    assert refused.value.remedy
