"""What every reader asks of a file before it looks inside: that it is there, not empty, not huge, and of its kind."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from housestaff.core.errors import BadInput

MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE
MOST_UNPACKED_BYTES = 250 * MEGABYTE
MOST_ZIP_PARTS = 2_000


def read_bytes(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file; one that is missing, a folder, unreadable, empty or too large is refused with a remedy."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise BadInput("this is a folder.", place=str(path), remedy="Name a file in it.")
        if size > most:
            raise BadInput(
                f"the file has {size / MEGABYTE:.0f} MB, the limit is {most // MEGABYTE} MB.",
                place=str(path),
                remedy="A year of a program needs a few MB; remove pictures or pasted ranges, or split the file.",
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput("there is no such file.", place=str(path), remedy="Check the path.") from error
    except OSError as error:
        why = error.strerror or "the system refused"
        raise BadInput(f"the file cannot be read ({why}).", place=str(path), remedy="Check its permissions.") from error
    if not data:
        raise BadInput("the file is empty (0 bytes).", place=str(path), remedy="Save or export it again.")
    return data


def text_of(data: bytes, place: str) -> str:
    """Bytes as UTF-8 text, a byte order mark left out; another encoding is refused with the first bad line."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"line {line} is not UTF-8 text.",
            place=place,
            remedy="Save it with the encoding UTF-8 (in Excel: CSV UTF-8).",
        ) from error


def read_text(path: Path) -> str:
    """The UTF-8 text of a file, after all checks."""
    return text_of(read_bytes(path), path.name)


def read_zip(path: Path) -> bytes:
    """The bytes of a zipped office file; what would unpack to too much is refused before anything is unpacked."""
    data = read_bytes(path)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadInput(
            "this is an old or password-protected Excel file.",
            place=path.name,
            remedy="Open it in Excel, remove the password, and save it as .xlsx.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise BadInput(
            "this is not an Excel workbook, or a damaged one.", place=path.name, remedy="Save it again as .xlsx."
        ) from error
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED_BYTES or len(parts) > MOST_ZIP_PARTS:
        raise BadInput(
            f"the workbook would unpack to {unpacked / MEGABYTE:.0f} MB in {len(parts)} parts.",
            place=path.name,
            remedy=f"The limit is {MOST_UNPACKED_BYTES // MEGABYTE} MB; copy the sheets you need into a new workbook.",
        )
    return data


def gathered(problems: list[BadInput]) -> BadInput:
    """Many problems of one file as one answer, so that a person mends them in one sitting."""
    if len(problems) == 1:
        return problems[0]
    lines = "\n".join(f"  - {problem}" for problem in problems)
    place = problems[0].place.partition(",")[0]
    return BadInput(f"{len(problems)} problems:\n{lines}", place=place, remedy="\nEach line says what would be right.")
