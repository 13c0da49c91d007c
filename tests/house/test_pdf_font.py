"""The sans font of our PDF files comes with a package, so that a page looks the same on every machine."""

from importlib.resources import files
from pathlib import Path

import typst


def test_typst_finds_the_font_without_the_machines_own(tmp_path: Path) -> None:
    page = tmp_path / "page.typ"
    page.write_text('#set text(font: "Source Sans Pro", fallback: false)\nAt most 80 hours ≤ *b* _i_ ✓ → ñ', "utf-8")
    folder = Path(str(files("font_source_sans_pro") / "files"))

    pdf, warnings = typst.compile_with_warnings(page, font_paths=[folder], ignore_system_fonts=True)

    assert warnings == []
    assert b"SourceSansPro" in pdf
