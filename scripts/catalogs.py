"""Brings the catalogs of languages in step with the templates of notices and pages, and says what is wrong with one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "housestaff"
TEMPLATES = sorted([*SOURCE.glob("features/*/templates/*.txt"), *SOURCE.glob("doors/web/templates/**/*.html")])
LOCALES = ROOT / "src" / "housestaff" / "locales"
_AS_PAGES = {"extensions": "jinja2.ext.do", "trimmed": "true"}
_PLACE = re.compile(r"%\((\w+)\)s")


def texts() -> Catalog:
    """Every text of every template, as the templates have it."""
    found = Catalog(fuzzy=False)
    for file in TEMPLATES:
        with file.open("rb") as opened:
            for _line, text, _comments, _context in extract("jinja2.ext:babel_extract", opened, options=_AS_PAGES):
                found.add(text, locations=[(file.name, 0)], flags=["python-format"] if "%(" in str(text) else [])
    return found


def read(file: Path) -> Catalog:
    """A catalog as it lies in its file."""
    with file.open("rb") as opened:
        return read_po(opened, locale=file.parts[-3])


def problems(catalog: Catalog, wanted: Catalog) -> list[str]:
    """What keeps a catalog from being whole, one sentence each."""
    said = [f"no template has the text {each.id!r} any more" for each in catalog if each.id and each.id not in wanted]
    said += [f"{each.id!r} stands among the old ones" for each in catalog.obsolete.values()]
    for each in wanted:
        if each.id:
            said += _problems_of(each, catalog)
    return said


def _problems_of(wanted: Message, catalog: Catalog) -> Iterator[str]:
    kept = catalog.get(wanted.id)
    if kept is None:
        yield f"the text {wanted.id!r} is missing"
        return
    forms = kept.string if isinstance(kept.string, tuple | list) else (kept.string,)
    if kept.fuzzy:
        yield f"{wanted.id!r} changed, and its translation is a guess"
    if not all(forms) or (wanted.pluralizable and len(forms) != catalog.num_plurals):
        yield f"{wanted.id!r} is not translated in every form"
        return
    ids = wanted.id if isinstance(wanted.id, tuple | list) else (wanted.id,)
    places = {place for text in ids for place in _PLACE.findall(text)}
    needed = {place for place in places if all(place in _PLACE.findall(text) for text in ids)}
    for form in forms:
        named = set(_PLACE.findall(str(form)))
        if not needed <= named <= places:
            yield f"{wanted.id!r} has the places {sorted(places)}, its translation {sorted(named)}"


def update() -> None:
    """Add what is missing, drop what no template has, and mark what changed."""
    wanted = texts()
    for file in sorted(LOCALES.glob("*/LC_MESSAGES/housestaff.po")):
        catalog = read(file)
        catalog.update(wanted, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with file.open("wb") as opened:
            write_po(opened, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False)
        for sentence in problems(catalog, wanted):
            sys.stderr.write(f"{file.relative_to(ROOT)}: {sentence}\n")


if __name__ == "__main__":
    update()
