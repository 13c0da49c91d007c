"""A program's folder as one file, to be sent and read elsewhere."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from housestaff.files.guard import read_bytes
from housestaff.files.program_folder import program_file

_BESIDE = ("history.json", "preload.json")


def packed(path: Path) -> tuple[str, bytes]:
    """The name and bytes of a program: its one file, or an archive where tables or history stand beside it."""
    file = program_file(path)
    own = read_bytes(file)
    beside = [*sorted(file.parent.glob("*.csv")), *(file.parent / name for name in _BESIDE)]
    parts = [part for part in beside if part.is_file()]
    if not parts:
        return file.name, own
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"program{file.suffix.lower()}", own)
        for part in parts:
            archive.writestr(part.name, read_bytes(part))
    return f"{file.resolve().parent.name}.zip", held.getvalue()
