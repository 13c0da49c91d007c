"""How a page is made of a template: in the reader's language, with every value escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from housestaff.plumbing.i18n import FALLBACK, Texts, ours

HOME = Path(__file__).parent
STATIC = HOME / "static"


@cache
def environment(language: str) -> Environment:
    """The templates of a language; one that lacks a text shows it in English."""
    made = Environment(
        loader=FileSystemLoader(HOME / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    untyped: Any = made
    untyped.install_gettext_translations(ours().along((language, FALLBACK)), newstyle=True)
    untyped.globals["static"] = _versioned
    return made


def render(template: str, texts: Texts, context: Mapping[str, Any]) -> str:
    """A template for one reader; `texts` writes dates and numbers as they read them."""
    return environment(texts.language).get_template(template).render(texts=texts, **context)


def languages() -> list[tuple[str, str]]:
    """The languages that the pages are written in, each in its own name."""
    return [(code, str(Locale(code).get_display_name(code)).capitalize()) for code in ours().languages]


@cache
def _versioned(path: str) -> str:
    """The address of a file that pages bring along; it changes with the file, so that it may be kept for good."""
    mark = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={mark}"
