"""Prints pages of docs/ from the code: rules.md with every rule, its source, dates, numbers and examples, and lists.

`scripts/docs.py` writes the pages; `--check` writes nothing and fails where a page says something else than the code;
`--into FOLDER` takes another folder than docs/.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import lists  # the page beside this one: a script is run from its own folder

from housestaff.core.letters import LETTERS
from housestaff.rules.boards import Board, shipped_boards
from housestaff.rules.law import LAW, RULES
from housestaff.rules.pack import Pack, PackRow, shipped, shipped_ids
from housestaff.rules.rule import COMMON, FACT, POLICY, Rule
from housestaff.rules.settings import Setting, known_settings

ROOT = Path(__file__).parents[1]
CONFIDENCE = {"confirmed": "● confirmed", "secondary": "◐ secondary", "unverified": "○ unverified"}
HEAD = """# Rules

This page is printed from the code by `make docs`; do not edit it. A test compares the two.

- **Force.** A *must* that does not hold is broken. A *should* that does not hold is an advisory. A pack or the
  program's policy may raise a should to a must.
- **Source.** The common requirements are cited with both numberings, that of 2025 and that of 2023.
- **Editions.** The date of a duty decides which edition judges it. ● somebody read the document, ◐ a summary of it,
  ○ nobody yet; an edition of the last kind is off until a program vouches for it (`verified.<edition>` in its policy).
- **Letters.** A row of letters is a resident's days, one letter a day, from a Thursday on, in one block on one
  rotation: {letters}, `L` leave, `.` nothing. `(DN)` puts two on one day.
- **Switches.** A program switches a rule with `rule.<name> = true` or `false` in its policy.
"""
NO_LETTERS = "Rows of letters cannot show it; programs with planted defects do."


@dataclass(frozen=True)
class Chapter:
    """A chapter of the page: its title, what it holds, and its rules."""

    title: str
    says: str
    rules: tuple[Rule, ...]


def chapters() -> tuple[Chapter, ...]:
    """The law in four chapters, by who says so; only the first is the common requirements."""
    common = tuple(rule for rule in LAW if rule.citation.source == COMMON)
    others = tuple(rule for rule in LAW if rule.citation.source != COMMON)
    beyond = tuple(rule for rule in others if _is_of_a_pack(rule))
    facts = tuple(rule for rule in others if rule.citation.source == FACT)
    local = tuple(rule for rule in others if rule not in beyond and rule not in facts)
    return (
        Chapter("ACGME Common Program Requirements", "They hold for every program.", common),
        Chapter(
            "Specialties, states and Medicare",
            "They hold where a program's specialty or state brings their pack, or where the program switches them on.",
            beyond,
        ),
        Chapter("Physical facts", "What cannot be, whatever anybody decides.", facts),
        Chapter(
            "The program itself", "Demand, requirements and policy of a program. None of these is ACGME law.", local
        ),
    )


def _is_of_a_pack(rule: Rule) -> bool:
    return any(pack.id != "acgme-editions" for pack, row in _rows() if row.id == rule.name)


def _rows() -> Iterator[tuple[Pack, PackRow]]:
    for id_ in shipped_ids():
        pack = shipped(id_, frozenset(RULES))
        yield from ((pack, row) for row in pack.rows)


def page() -> str:
    """The whole page."""
    letters = ", ".join(f"`{letter}` {_meaning(letter)}" for letter in LETTERS)
    parts = [HEAD.format(letters=letters)]
    for chapter in chapters():
        links = ", ".join(f"[{rule.name}](#{rule.name})" for rule in chapter.rules)
        parts.append(f"## {chapter.title}\n\n{chapter.says}\n\n{links}\n")
        parts += [_rule(rule) for rule in chapter.rules]
    parts += [_not_judged(), _boards(), _entitlements(), _settings(known_settings().values())]
    return "\n".join(parts)


def _meaning(letter: str) -> str:
    """What a letter puts on a day: the kind of duty and its hours."""
    kind = LETTERS[letter][0][0].value.replace("_", " ")
    hours = [f"{start:02}:00 to {end % 24 or 24:02}:00" for _kind, start, end in LETTERS[letter]]
    return f"{kind} {' and '.join(hours)}"


def _rule(rule: Rule) -> str:
    facts = [
        ("Force", rule.force.value + ("" if rule.on or _held_by_pack(rule) else ", off unless switched on")),
        ("Source", _source(rule)),
        ("Numbers", _numbers(rule.numbers)),
        ("For", ", ".join(rule.levels)),
        ("Kept", _letters(rule.kept)),
        ("Broken", _letters(rule.broken)),
        ("Only judged", rule.judged_only),
    ]
    told = "\n".join(f"- {name}: {text}" for name, text in facts if text)
    examples = "" if rule.kept or rule.broken or rule.judged_only else f"\n- {NO_LETTERS}"
    return f"### {rule.name}\n\n{rule.says}\n\n{told}{examples}\n\n{_table(_EDITION, _editions(rule))}"


def _held_by_pack(rule: Rule) -> bool:
    return any(row.id == rule.name and row.enabled for _pack, row in _rows())


def _source(rule: Rule) -> str:
    cited = rule.citation
    numbers = [
        f"{number} ({year})" for number, year in ((cited.number_2025, 2025), (cited.number_2023, 2023)) if number
    ]
    return ", ".join([cited.source, *numbers]).replace("(2011) (2023)", "(2011)")


_EDITION = ("Edition", "In force", "Force", "Numbers", "For", "Source", "Confidence", "Verified by", "Pack", "Note")


def _editions(rule: Rule) -> Iterator[tuple[str, ...]]:
    """Every dated edition that reads the rule; its own where no pack has one."""
    rows = [(pack, row) for pack, row in _rows() if row.rule == rule.name]
    if not any(row.id == rule.name for _pack, row in rows):
        when = _when(rule.since, rule.until)
        yield rule.name, when, rule.force.value, _numbers(rule.numbers), "", str(rule.citation), "", "", "", ""
    for pack, row in rows:
        yield (
            row.id,
            _when(row.since, row.until),
            row.force.value,
            _numbers(row.numbers),
            _levels(row.levels or rule.levels),
            row.citation.source if row.citation.source != COMMON else str(row.citation),
            _confidence(row),
            row.verified_by,
            f"{pack.id} {pack.version}",
            row.note,
        )


def _confidence(row: PackRow) -> str:
    if row.citation.source.startswith(POLICY):
        return ""
    return CONFIDENCE[row.citation.confidence] + ("" if row.enabled else ", off")


def _when(since: date | None, until: date | None) -> str:
    if since is None and until is None:
        return "always"
    return (f"from {since}" if since else "") + (f" to {until}" if until else "")


def _levels(levels: tuple[str, ...]) -> str:
    return f"{levels[0]} to {levels[-1]}" if len(levels) > 2 else ", ".join(levels)


def _numbers(numbers: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in numbers.items() if value is not None and (value or value is False)}
    return ", ".join(f"`{name} = {str(value).lower()}`" for name, value in shown.items())


def _letters(rows: Iterable[str]) -> str:
    return ", ".join(f"`{row}`" for row in rows)


def _not_judged() -> str:
    """The rows of packs that no roster can show."""
    rows = [
        (
            pack.title,
            row.id,
            _when(row.since, row.until),
            row.force.value,
            _numbers(row.numbers),
            _confidence(row),
            row.not_judged,
            row.note,
        )
        for pack, row in _rows()
        if row.not_judged
    ]
    head = ("Pack", "Row", "In force", "Force", "Numbers", "Confidence", "Not judged, because", "Note")
    says = "What specialties ask for and no roster can show. The rows are data for those who can."
    return f"## Not judged\n\n{says}\n\n{_table(head, rows)}"


def _boards() -> str:
    """The limits of the boards, each in its own unit."""
    rows = [(each.id, _limit(each), each.unit.value.replace("_", " "), each.source, _mark(each), each.note)
            for each in shipped_boards().boards]  # fmt: skip
    head = ("Board", "Before training is extended", "Unit", "Source", "Confidence", "Note")
    says = "What `housestaff ledgers` counts, pack `boards`. ○ answers *unknown* until a program vouches for the row."
    return f"## Boards\n\n{says}\n\n{_table(head, rows)}"


def _limit(board: Board) -> str:
    """The limits of a board in words."""
    years = f" in years {board.training_years[0]} to {board.training_years[1]}" if board.training_years else ""
    parts = [
        f"{board.per_year:g} a year" if board.per_year is not None else "",
        "cumulative over the years" if board.cumulative_per_year is not None else "",
        f"{board.cumulative:g}{years}" if board.cumulative is not None else "",
        f"{board.required:g} worked{years}" if board.required is not None else "",
        f"{board.with_approval:g} more with approval" if board.with_approval is not None else "",
        f"meetings up to {board.meeting_days:g} days a year free" if board.meeting_days else "",
    ]
    return ", ".join(part for part in parts if part)


def _mark(board: Board) -> str:
    return CONFIDENCE[board.confidence] + ("" if board.verified else ", off")


def _entitlements() -> str:
    """What leave everybody may have."""
    rows = [
        (
            each.id,
            f"{each.weeks} weeks once" if each.weeks else "",
            ", ".join(kind.value for kind in each.kinds),
            f"{each.paid_weeks_kept} paid week kept" if each.paid_weeks_kept else "",
            _when(each.since, each.until),
            each.source,
            "" if each.verified else "○ unverified, off",
            each.note,
        )
        for each in shipped_boards().entitlements
    ]
    head = ("Entitlement", "Leave", "Kinds", "Beside it", "In force", "Source", "Confidence", "Note")
    return f"## Entitlements\n\nWhat the first long leave must leave a resident.\n\n{_table(head, rows)}"


def _settings(settings: Iterable[Setting]) -> str:
    rows = [(f"`{each.key}`", f"`{str(each.default).lower()}`", _range(each), each.note) for each in settings]
    says = "What a program may set in `[policy]`, each from a date on if it wants."
    return f"## Settings\n\n{says}\n\n" + _table(("Setting", "Default", "May be", "What it does"), rows)


def _range(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{choice}`" for choice in setting.choices)
    return "`true`, `false`" if isinstance(setting.default, bool) else f"{setting.least} to {setting.most}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table without the columns in which nothing stands."""
    listed = list(rows)
    kept = [column for column in range(len(head)) if any(row[column] for row in listed)]
    lines = [[head[column] for column in kept], ["---"] * len(kept)]
    lines += [[row[column].replace("|", "/") for column in kept] for row in listed]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    """Write the pages, or compare them."""
    ask = argparse.ArgumentParser(description="Prints pages of docs/ from the code.")
    ask.add_argument("--check", action="store_true", help="only compare; exit 1 where a page is stale")
    ask.add_argument("--into", type=Path, default=ROOT / "docs", help="the folder of the pages")
    asked = ask.parse_args()
    for name, printed in {"rules.md": page, **lists.pages()}.items():
        path: Path = asked.into / name
        if not asked.check:
            path.write_text(printed(), "utf-8")
        elif not path.exists() or path.read_text("utf-8") != printed():
            sys.exit(f"{path} is not what the code says: run `make docs`.")


if __name__ == "__main__":
    main()
