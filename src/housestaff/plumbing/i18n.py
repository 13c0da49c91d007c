"""Languages: texts from catalogs, plurals, dates and numbers as each reader has them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from jinja2 import StrictUndefined, Undefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from housestaff.plumbing import metrics

LANGUAGES = ("en", "es")
FALLBACK = "en"


class MissingText(Exception):
    """A template asks for something that its context does not hold."""


@cache
def translations(language: str) -> NullTranslations:
    """The catalog of a language; English is what stands in the templates."""
    if language == FALLBACK:
        return NullTranslations()
    file = resources.files("housestaff") / "locales" / language / "LC_MESSAGES" / "housestaff.po"
    with file.open("rb") as opened:
        catalog = read_po(opened, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def chain(wanted: str, program_default: str) -> tuple[str, ...]:
    """The languages to try for a locale: es-MX, es, the program's, English; those we have, each once."""
    tried = [wanted, wanted.split("-", maxsplit=1)[0], program_default, program_default.split("-", maxsplit=1)[0]]
    return tuple(dict.fromkeys([each for each in (*tried, FALLBACK) if each in LANGUAGES]))


def babel_locale(wanted: str, program_default: str) -> Locale:
    """The locale in which dates and numbers are written."""
    for tried in (wanted, program_default):
        try:
            return Locale.parse(tried, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(FALLBACK)


class Texts:
    """Texts for one reader: their language, their way of writing dates and numbers, the program's zone."""

    def __init__(self, wanted: str, program_default: str, zone: str) -> None:
        """The first language of the chain is the reader's."""
        self.language = chain(wanted, program_default)[0]
        self.locale = babel_locale(wanted, program_default)
        self.zone = ZoneInfo(zone)
        self._catalog = translations(self.language)

    def render(self, template: str, context: Mapping[str, Any], *, escape: bool = False) -> str:
        """A template with its blocks translated and its values filled in; each value is shown as it stands.

        Raises `MissingText` where the context lacks a value.
        """
        try:
            return self._environment(escape).from_string(template).render(**context)
        except UndefinedError as error:
            metrics.count("template_missing_total", locale=self.language, catalog="notices")
            raise MissingText(str(error)) from error

    def _environment(self, escape: bool) -> SandboxedEnvironment:  # noqa: FBT001 - it is passed on by name
        made: Any = SandboxedEnvironment(
            autoescape=escape, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"], trim_blocks=True
        )
        made.install_gettext_translations(self._catalog, newstyle=True)
        filters: dict[str, Callable[..., str]] = {
            "day": self.day, "short_day": self.short_day, "moment": self.moment, "hour": self.hour,
            "number": self.number,
        }  # fmt: skip
        made.filters.update({name: _of_given(write) for name, write in filters.items()})
        return made

    def day(self, value: date) -> str:
        """A date in words."""
        return format_date(value, format="long", locale=self.locale)

    def short_day(self, value: date) -> str:
        """A date with its weekday, short."""
        return format_date(value, format="EEE d MMM", locale=self.locale)

    def moment(self, value: datetime) -> str:
        """An instant as date and time in the program's zone."""
        local = value.astimezone(self.zone)
        return f"{format_date(local, format='medium', locale=self.locale)}, {self.hour(value)}"

    def hour(self, value: datetime) -> str:
        """The time of an instant in the program's zone."""
        return format_time(value, format="short", tzinfo=self.zone, locale=self.locale)

    def number(self, value: float) -> str:
        """A number."""
        return format_decimal(value, locale=self.locale)


def _of_given(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that takes a missing value for what it is."""

    def filtered(value: Any) -> str:
        if isinstance(value, Undefined):
            raise UndefinedError("a value is missing")
        return write(value)

    return filtered
