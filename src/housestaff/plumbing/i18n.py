"""Languages: texts from catalogs, plurals, dates and numbers as each reader has them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from jinja2 import StrictUndefined, Undefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from housestaff.plumbing import metrics

FALLBACK = "en"
"""What stands in the templates; it takes no catalog."""


class MissingText(Exception):
    """A template asks for something that its context does not hold."""


class Catalogs:
    """The catalogs of a folder, one for each language: `es/LC_MESSAGES/housestaff.po`."""

    def __init__(self, folder: Traversable, languages: Sequence[str]) -> None:
        """Name the languages beside English; a catalog is read when it is first needed."""
        self._folder, self.languages = folder, (FALLBACK, *languages)
        self._read: dict[str, GNUTranslations] = {}

    def along(self, languages: Sequence[str]) -> NullTranslations:
        """The catalog of the first language; a text that it lacks is looked up in the next ones, and counted."""
        if not languages or languages[0] == FALLBACK:
            return NullTranslations()
        first = copy(self._catalog(languages[0]))
        first.add_fallback(_Lacking(languages[0], self.along(languages[1:])))
        return first

    def chain(self, wanted: str, program_default: str) -> tuple[str, ...]:
        """The languages to try for a locale: es-MX, es, the program's, English; those we have, each once."""
        tried = [wanted, _language(wanted), program_default, _language(program_default)]
        return tuple(dict.fromkeys([each for each in (*tried, FALLBACK) if each in self.languages]))

    def _catalog(self, language: str) -> GNUTranslations:
        if language not in self._read:
            with (self._folder / language / "LC_MESSAGES" / "housestaff.po").open("rb") as opened:
                catalog = read_po(opened, locale=language)
            compiled = io.BytesIO()
            write_mo(compiled, catalog)
            compiled.seek(0)
            self._read[language] = GNUTranslations(compiled)
        return self._read[language]


class _Lacking(NullTranslations):
    """What is asked when a language lacks a text: it counts, and asks the next one."""

    def __init__(self, language: str, next_one: NullTranslations) -> None:
        super().__init__()
        self._language, self._next = language, next_one

    def gettext(self, message: str) -> str:
        """The text in the next language."""
        self._count()
        return self._next.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text with a number in the next language."""
        self._count()
        return self._next.ngettext(msgid1, msgid2, n)

    def _count(self) -> None:
        metrics.count("template_missing_total", locale=self._language, catalog="notices")


@cache
def ours() -> Catalogs:
    """The catalogs that travel with Housestaff."""
    return Catalogs(resources.files("housestaff") / "locales", ("es",))


def babel_locale(language: str, *wanted: str) -> Locale:
    """The locale in which dates and numbers are written: the first wanted one of the language in which the text is."""
    for tried in wanted:
        try:
            found = Locale.parse(tried, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        if found.language == language:
            return found
    return Locale(language)


def _language(locale: str) -> str:
    return locale.split("-", maxsplit=1)[0]


class Texts:
    """Texts for one reader: their language, their way of writing dates and numbers, the program's zone."""

    def __init__(self, wanted: str, program_default: str, zone: str, *, catalogs: Catalogs | None = None) -> None:
        """The first language of the chain is the reader's."""
        found = catalogs or ours()
        languages = found.chain(wanted, program_default)
        self.language = languages[0]
        self.locale = babel_locale(self.language, wanted, program_default)
        self.zone = ZoneInfo(zone)
        self._catalog = found.along(languages)

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

    def brief(self, value: date) -> str:
        """A date in figures, without its year."""
        return format_skeleton("Md", value, locale=self.locale)

    def with_year(self, value: date) -> str:
        """A date with its year, short."""
        return format_date(value, format="medium", locale=self.locale)

    def weekday(self, value: date) -> str:
        """The weekday of a date, short."""
        return format_date(value, format="EEE", locale=self.locale)

    def month(self, value: date) -> str:
        """A month with its year."""
        return format_date(value, format="LLLL yyyy", locale=self.locale)

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
