"""Which rules hold for a program, in which edition, with which numbers, on a date."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from housestaff.core.errors import BadInput
from housestaff.core.finding import Citation, Force
from housestaff.core.program import Program
from housestaff.core.view import Bound, RosterView
from housestaff.rules.boards import shipped_boards
from housestaff.rules.law import LAW, RULES
from housestaff.rules.pack import FOREVER, Pack, PackRow, shipped, shipped_ids
from housestaff.rules.rule import Rule


@dataclass(frozen=True)
class Held:
    """One edition of one rule as it holds for a program: its force, numbers, dates and citation."""

    name: str
    rule: Rule
    force: Force
    numbers: Mapping[str, Any]
    since: date | None
    until: date | None
    citation: Citation
    levels: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Say whether the edition is in force on a date."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def bounds(self, view: RosterView) -> Iterator[Bound]:
        """What the rule asks of a roster under this edition, for the levels it is for."""
        numbers = dict(self.numbers)
        if self.rule.accepts("since"):
            numbers |= {"since": self.since, "until": self.until}
        people = view.program.person_by_id
        for bound in self.rule.read(view, **numbers):
            day = bound.segment.first if bound.segment else view.date_of(bound.span.start)
            if self.holds_on(day) and (not self.levels or people[bound.who].level_on(day) in self.levels):
                yield bound


class Ruleset:
    """The editions that hold for a program, in the order of the law."""

    def __init__(self, held: Iterable[Held]) -> None:
        """Take the editions."""
        self.held = tuple(held)

    def __iter__(self) -> Iterator[Held]:
        """Go through the editions."""
        return iter(self.held)

    def only(self, names: Iterable[str]) -> Ruleset:
        """Every edition of some rules, under whatever name a pack or the program holds it; or of one such name."""
        chosen = set(names)
        return Ruleset(each for each in self.held if each.name in chosen or each.rule.name in chosen)

    def touching(self, first: date, last: date) -> Ruleset:
        """The editions in force on some date of a period."""
        return Ruleset(
            each for each in self.held if (each.since or date.min) <= last and first <= (each.until or FOREVER)
        )

    def strictest_first(self, rule: str) -> list[Held]:
        """The editions that read one rule, those whose numbers are smallest first: a state may only be stricter."""
        return sorted(
            (each for each in self.held if each.rule.name == rule),
            key=lambda each: sorted(value for value in each.numbers.values() if not isinstance(value, bool)),
        )

    def snapshot(self) -> list[dict[str, Any]]:
        """The editions as plain data, to be stored with a report so that it can be reproduced after packs change."""
        return [
            {
                "name": each.name,
                "rule": each.rule.name,
                "force": each.force.value,
                "numbers": dict(each.numbers),
                "since": each.since and each.since.isoformat(),
                "until": each.until and each.until.isoformat(),
                "citation": asdict(each.citation),
                "levels": list(each.levels),
            }
            for each in self.held
        ]

    @classmethod
    def of_snapshot(cls, rows: Iterable[Mapping[str, Any]]) -> Ruleset:
        """The editions of a stored snapshot."""
        return cls(
            Held(
                row["name"],
                RULES[row["rule"]],
                Force(row["force"]),
                row["numbers"],
                date.fromisoformat(row["since"]) if row["since"] else None,
                date.fromisoformat(row["until"]) if row["until"] else None,
                Citation(**row["citation"]),
                tuple(row["levels"]),
            )
            for row in rows
        )

    @property
    def packs(self) -> dict[str, int]:
        """The packs that rows come from, with their versions."""
        return {each.citation.pack: each.citation.pack_version for each in self.held if each.citation.pack_version}

    @property
    def hash(self) -> str:
        """What names this law in reports: it changes when any rule, number, date or pack version does."""
        text = "\n".join(
            f"{each.name}|{each.force}|{sorted(each.numbers.items())}|{each.since}|{each.until}|{each.citation!r}|{each.levels}"
            for each in self.held
        )
        return hashlib.sha256(text.encode()).hexdigest()


def ruleset_for(program: Program, *, extra: Iterable[Pack] = ()) -> Ruleset:
    """The rules that hold for a program: its packs' rows, else each rule's own edition; policy switches on and off."""
    switches = _switches(program)
    rows: dict[str, list[tuple[PackRow, date | None]]] = defaultdict(list)
    packs = [(shipped(id_, frozenset(RULES), verified_rows(program)), since) for id_, since in _packs(program)]
    for pack, since in (*packs, *((pack, None) for pack in extra)):
        for row in pack.rows:
            rows[row.rule].append((row, since))
    held: list[Held] = []
    for rule in LAW:
        own = [(row, since) for row, since in rows[rule.name] if row.id == rule.name and _is_on(row, switches)]
        on = switches.get(rule.name, rule.on or bool(own))
        if on and own:
            held += [_held(rule, row, since) for row, since in own]
        elif on:
            _refuse_without_numbers(rule)
            held.append(
                Held(rule.name, rule, rule.force, rule.numbers, rule.since, rule.until, rule.citation, rule.levels)
            )
        variants = [(row, since) for row, since in rows[rule.name] if row.id != rule.name]
        held += [_held(rule, row, since) for row, since in variants if _is_on(row, switches)]
    return Ruleset(_with_policy(program, each) for each in held if switches.get(each.name, True))


def _refuse_without_numbers(rule: Rule) -> None:
    if rule.lacks_numbers:
        raise BadInput(
            f"{rule.name} is switched on, and no pack of this program has a number for it.",
            place="policy",
            remedy="Name the pack of a specialty in packs.",
        )


def _is_on(row: PackRow, switches: Mapping[str, bool]) -> bool:
    """Say whether a row holds: as shipped, or as the program says; what nobody read is not switched on like that."""
    asked = switches.get(row.id)
    if asked and not row.is_vouched_for:
        raise BadInput(
            f"{row.id} is switched on, and nobody has read its source.",
            place="policy",
            remedy=f"Read it, then write verified.{row.id} = true.",
        )
    return row.enabled if asked is None else asked


def _held(rule: Rule, row: PackRow, since: date | None) -> Held:
    start = max(row.since, since) if since else row.since
    levels = row.levels or rule.levels
    return Held(row.id, rule, row.force, {**rule.numbers, **row.numbers}, start, row.until, row.citation, levels)


def _packs(program: Program) -> Iterator[tuple[str, date | None]]:
    """The packs that hold for a program, by what each says it applies to, and those that the program names."""
    facts = {"specialty": program.specialty, "state": program.state, "program": "*"}
    known = frozenset(RULES)
    own = [id_ for id_ in shipped_ids() if facts.items() & shipped(id_, known).applies_to.items()]
    for id_ in dict.fromkeys([*own, *program.packs]):
        name, _at, since = id_.partition("@")
        if name not in {"acgme-common", "local"}:
            yield name, date.fromisoformat(since) if since else None


def _switches(program: Program) -> dict[str, bool]:
    """What the program's policy says of single rules: `rule.<name>` is true or false."""
    found: dict[str, bool] = {}
    for key, values in program.policy.values.items():
        if key.startswith("rule.") and values:
            found[key.removeprefix("rule.")] = bool(values[-1].value)
    return found


def verified_rows(program: Program) -> frozenset[str]:
    """The pack rows that the program has read in their source and vouches for."""
    return frozenset(
        key.removeprefix("verified.")
        for key, values in program.policy.values.items()
        if key.startswith("verified.") and values and values[-1].value
    )


def known_switches() -> dict[str, set[str]]:
    """What a policy may switch on and off, and which rows a program may vouch for."""
    rows = [row for id_ in shipped_ids() for row in shipped(id_, frozenset(RULES)).rows]
    boards = shipped_boards()
    named = {each.id for each in (*boards.boards, *boards.entitlements)}
    judged = {row.id for row in rows if row.rule}
    return {"rule": {*RULES, *judged}, "verified": {*(row.id for row in rows), *named}}


def _with_policy(program: Program, held: Held) -> Held:
    """A SHOULD of the common rules that the program's policy raises to a local must."""
    values = program.policy.values.get("eight_hours_force", ())
    if held.name == "eight_hours_between" and values and values[-1].value == "must":
        return Held(
            held.name,
            held.rule,
            Force.MUST,
            held.numbers,
            held.since,
            held.until,
            Citation("program policy: eight hours must", held.citation.number_2025, held.citation.number_2023),
            held.levels,
        )
    return held
