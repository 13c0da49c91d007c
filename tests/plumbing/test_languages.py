"""C49: each person reads in their own language, with right plurals, dates and numbers."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from housestaff.plumbing.i18n import Catalogs, Texts, ours
from scripts.catalogs import LOCALES
from tests.installed import Installed
from tests.mail_sink import MailSink

GAPS = "{% trans count=gaps %}{{ count }} gap is open.{% pluralize %}{{ count }} gaps are open.{% endtrans %}"
DAY = "{{ day|day }}"
POLISH = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: pl\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"

msgid "%(count)s gap is open."
msgid_plural "%(count)s gaps are open."
msgstr[0] "%(count)s luka jest otwarta."
msgstr[1] "%(count)s luki są otwarte."
msgstr[2] "%(count)s luk jest otwartych."
"""


def catalogs(folder: Path, language: str, text: str) -> Catalogs:
    """The Spanish catalog and another one."""
    shutil.copytree(LOCALES, folder, dirs_exist_ok=True)
    file = folder / language / "LC_MESSAGES" / "housestaff.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return Catalogs(folder, ("es", language) if language != "es" else ("es",))


def speak(house: Installed, **locales: str) -> None:
    """Give people of the program their languages."""
    for name, locale in locales.items():
        email = "admin@test.example" if name == "admin" else f"{name.replace('_', '.')}@small.example"
        with house.installation.database.transaction() as connection:
            connection.execute(sa.text("UPDATE app_user SET locale = :l WHERE email = :e"), {"l": locale, "e": email})


def mail_to(sink: MailSink, name: str) -> tuple[str, str]:
    """The subject and the text of the only mail to somebody."""
    (mail,) = sink.to(f"{name}@")
    return str(mail["Subject"]), mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def three_people_read_their_own_language(house: Installed, sink: MailSink) -> None:
    speak(house, second_coordinator="en-GB", third_coordinator="es-MX", admin="en")
    house.draft()
    house.work_off()
    subject, text = mail_to(sink, "third.coordinator")
    assert subject == "Un borrador de horario está listo"
    assert "Está listo un borrador del 31 de julio de 2025 al 27 de agosto de 2025." in text
    assert "Se importó de un archivo." in text
    assert "31 July 2025" in mail_to(sink, "second.coordinator")[1]
    assert "July 31, 2025" in mail_to(sink, "admin")[1]


@pytest.mark.capability("C49")
def test_one_event_is_read_by_three_people_in_three_ways(posting: Installed, sink: MailSink) -> None:
    three_people_read_their_own_language(posting, sink)
    rows = posting.rows("SELECT locale, subject FROM notice ORDER BY locale")
    assert [row["locale"] for row in rows] == ["en", "en-GB", "es-MX"]
    assert len({row["subject"] for row in rows}) == 2


@pytest.mark.control("C49")
def test_without_looking_texts_up_everybody_reads_english(
    posting: Installed, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours(), "languages", ("en",))
    with pytest.raises(AssertionError):
        three_people_read_their_own_language(posting, sink)


@pytest.mark.capability("C49")
@pytest.mark.parametrize(
    ("wanted", "default", "language", "written"),
    [
        ("es-MX", "en", "es", "23 de noviembre de 2026"),
        ("es", "en", "es", "23 de noviembre de 2026"),
        ("en-GB", "es", "en", "23 November 2026"),
        ("xx-nowhere", "es", "es", "23 de noviembre de 2026"),
        ("", "es", "es", "23 de noviembre de 2026"),
        ("fr-FR", "en", "en", "November 23, 2026"),
        ("fr-FR", "es-MX", "es", "23 de noviembre de 2026"),
        ("xx", "yy", "en", "November 23, 2026"),
    ],
)
def test_a_language_that_nobody_has_falls_back_to_the_programs_and_then_to_english(
    wanted: str, default: str, language: str, written: str
) -> None:
    texts = Texts(wanted, default, "America/Mexico_City")
    assert texts.language == language
    assert texts.render(DAY, {"day": date(2026, 11, 23)}) == written


@pytest.mark.capability("C49")
def test_numbers_have_the_forms_of_their_language(tmp_path: Path) -> None:
    texts = Texts("pl", "en", "Europe/Warsaw", catalogs=catalogs(tmp_path, "pl", POLISH))
    said = [texts.render(GAPS, {"gaps": number}) for number in (1, 2, 5)]
    assert said == ["1 luka jest otwarta.", "2 luki są otwarte.", "5 luk jest otwartych."]


@pytest.mark.capability("C49")
def test_a_text_that_a_language_lacks_comes_from_the_next_one_and_is_counted(tmp_path: Path) -> None:
    from housestaff.plumbing import metrics

    def lacking() -> float:
        return (
            metrics.REGISTRY.get_sample_value(
                "housestaff_template_missing_total", {"locale": "pl", "catalog": "notices"}
            )
            or 0
        )

    before, found = lacking(), catalogs(tmp_path, "pl", POLISH)
    ask = "{% trans %}It is empty.{% endtrans %}"
    assert Texts("pl", "es-MX", "Europe/Warsaw", catalogs=found).render(ask, {}) == "Está vacío."
    assert Texts("pl", "en", "Europe/Warsaw", catalogs=found).render(ask, {}) == "It is empty."
    assert lacking() == before + 2


@pytest.mark.capability("C49")
@pytest.mark.parametrize("locale", ["en", "es-MX"])
@pytest.mark.parametrize("name", ["{{7*7}}", "<script>alert(1)</script>", "{% if %}", "100 %(x)s %"])
def test_what_a_name_holds_is_shown_as_it_stands(posting: Installed, sink: MailSink, name: str, locale: str) -> None:
    speak(posting, second_coordinator=locale)
    with posting.installation.database.transaction() as connection:
        asked = sa.text("UPDATE app_user SET display_name = :n WHERE email = 'coordinator@small.example'")
        connection.execute(asked, {"n": name})
    posting.draft()
    posting.work_off()
    (mail,) = sink.to("second.coordinator@")
    assert f" {name}." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<script" not in html
    assert name.replace("<", "&lt;").replace(">", "&gt;") in html


@pytest.mark.capability("C49")
@pytest.mark.parametrize("harm", ["{{ ''.__class__.__mro__ }}", "{{ cycler.__init__.__globals__ }}"])
def test_a_template_cannot_reach_out_of_its_sandbox(harm: str) -> None:
    from jinja2.exceptions import SecurityError

    from housestaff.plumbing.i18n import MissingText

    with pytest.raises((SecurityError, MissingText)):
        Texts("en", "en", "UTC").render(harm, {})
