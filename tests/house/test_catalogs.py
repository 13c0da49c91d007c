"""C49: every text of every template stands in every catalog, with its places, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from scripts.catalogs import LOCALES, TEMPLATES, problems, read, texts

FILES = sorted(LOCALES.glob("*/LC_MESSAGES/housestaff.po"))
PLURAL = ("%(count)s gap is open.", "%(count)s gaps are open.")
MADE = "Made by %(author)s."


@pytest.mark.capability("C49")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_a_catalog_is_whole(file: Path) -> None:
    assert problems(read(file), texts()) == []


@pytest.mark.capability("C49")
def test_there_is_a_catalog_for_each_language_beside_english_and_a_template_for_each_type() -> None:
    from housestaff.features.notices.model import TYPES
    from housestaff.plumbing.i18n import ours

    assert {file.parts[-3] for file in FILES} == set(ours().languages) - {"en"}
    assert {file.stem for file in TEMPLATES} >= set(TYPES)


def loses(catalog: Catalog) -> None:
    catalog.delete(MADE)


def is_empty(catalog: Catalog) -> None:
    catalog[MADE].string = ""


def renames_a_place(catalog: Catalog) -> None:
    catalog[MADE].string = "Hecho por %(autor)s."


def forgets_a_place(catalog: Catalog) -> None:
    catalog[MADE].string = "Hecho."


def keeps_an_old_text(catalog: Catalog) -> None:
    catalog.add("Nobody says this any more.", "Nadie dice esto ya.")


def guesses(catalog: Catalog) -> None:
    catalog[MADE].flags.add("fuzzy")


def lacks_a_form(catalog: Catalog) -> None:
    catalog[PLURAL].string = ("Hay %(count)s turno sin cubrir.", "")


@pytest.mark.capability("C49")
@pytest.mark.parametrize(
    "harm", [loses, is_empty, renames_a_place, forgets_a_place, keeps_an_old_text, guesses, lacks_a_form]
)
def test_a_catalog_that_is_not_whole_is_named(harm: Callable[[Catalog], None]) -> None:
    catalog = deepcopy(read(FILES[0]))
    harm(catalog)
    assert len(problems(catalog, texts())) == 1


@pytest.mark.capability("C49")
def test_a_template_that_changes_its_text_leaves_one_text_missing_and_one_unused() -> None:
    wanted = texts()
    wanted.delete(MADE)
    wanted.add("Drawn up by %(author)s.")
    assert len(problems(read(FILES[0]), wanted)) == 2
