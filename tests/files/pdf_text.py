"""The text of a PDF file, page by page, as a person would read it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pypdfium2


def pages_of(path: Path) -> list[str]:
    """What stands on each page; line breaks become blanks, since a wrapped line is still one sentence."""
    with closing(pypdfium2.PdfDocument(path)) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def text_of(path: Path) -> str:
    return " ".join(pages_of(path))
