"""Draws the pictures of the README: pages and workbooks of the demo, as they leave the printer, into docs/images.

`scripts/pictures.py` solves the demo into out/ where no year is there yet; `scripts/pictures.py FOLDER` takes another
folder. Workbooks are printed by LibreOffice, so that the picture shows what another program makes of our file.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH, COLORS, MOST_BYTES = 1600, 96, 400_000
NO_OFFICE = "LibreOffice (soffice) is missing: `make setup` brings it, or install libreoffice-calc."


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the file it shows, which page of it (from 1), and how wide it is drawn."""

    name: str
    file: str
    page: int = 1
    width: int = WIDTH


PICTURES = (
    Picture("year", "year.pdf"),
    Picture("block", "blocks.pdf", page=3),
    Picture("calls", "calls.pdf"),
    Picture("certificate", "certificate.pdf", width=1100),
    Picture("block_workbook", "blocks.xlsx", page=3, width=1800),
    Picture("year_workbook", "year.xlsx"),
)


def main() -> None:
    """Draw every picture, and say where it is and how large."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out"
    office = shutil.which("soffice")
    if office is None:
        sys.exit(NO_OFFICE)
    if not (out / "certificate.pdf").exists():
        subprocess.run([Path(sys.executable).with_name("housestaff"), "demo", "-o", out], check=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as printed:
        for picture in PICTURES:
            source = out / picture.file
            if source.suffix == ".xlsx":
                source = print_workbook(office, source, Path(printed))
            told = draw(source, picture).relative_to(ROOT)
            print(f"  {told}  {(ROOT / told).stat().st_size // 1000} kB")


def print_workbook(office: str, workbook: Path, folder: Path) -> Path:
    """Print all sheets of a workbook into a PDF file, with a LibreOffice that knows no other settings than ours."""
    command = [office, "--headless", f"-env:UserInstallation=file://{folder}/settings", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", folder, workbook], check=True, capture_output=True, timeout=180)
    return folder / f"{workbook.stem}.pdf"


def draw(source: Path, picture: Picture) -> Path:
    """Draw one page of a PDF file in few colors; one that comes out too large for a README is refused."""
    pdfium: Any = import_module("pypdfium2")  # it ships no types
    with closing(pdfium.PdfDocument(source)) as document:
        page = document[picture.page - 1]
        image: Image.Image = page.render(scale=picture.width / page.get_width()).to_pil().convert("RGB")
    path = IMAGES / f"{picture.name}.png"
    image.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path} has {path.stat().st_size} bytes; draw it smaller.")
    return path


if __name__ == "__main__":
    main()
