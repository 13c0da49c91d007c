"""The tables of a program: each row holds the facts of one table of its file, as plain values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from housestaff.core.errors import NotFound, Stale
from housestaff.core.leave import Leave
from housestaff.core.program import Program
from housestaff.core.roster import Roster, merged
from housestaff.features.program.rows import coded, plain
from housestaff.features.program.tables import DETAIL, DETAILS, HEAD, PARTS, POLICY_VALUE, PROGRAM_HEAD
from housestaff.features.program.years import calendar_of, in_year, understood
from housestaff.files.program_document import document_of
from housestaff.files.roster_json import parse_roster, roster_bytes
from housestaff.files.shapes import LEAVE
from housestaff.plumbing.unit import Unit

CALENDAR = ("series", "holiday", "event")
"""The parts of the calendar in the head of a program."""
_YEARS = "years"
"""Where the head keeps the calendars of further academic years, each under its year."""
_BASE, _DECISIONS = "base_roster", "decisions"

_KNOWN: OrderedDict[tuple[UUID, int], tuple[Program, ...]] = OrderedDict()
_KNOWN_LOCK = Lock()
_MOST_KNOWN = 8
_TOUCHED = "program.touched"


class Leaves(Protocol):
    """What the program asks of the leave room: its records as rows of a program file."""

    def rows(self) -> list[dict[str, Any]]:
        """Every record that blocks or may block, as the table of the file."""
        ...

    def replace_all(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """These records instead of those of earlier files."""
        ...

    def put_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """More records; one of the same id is replaced."""
        ...


class Programs:
    """The program of a unit, read as one value and written part by part."""

    def __init__(self, unit: Unit, leaves: Leaves) -> None:
        """Read and write in the unit's transaction."""
        self._unit, self._leaves = unit, leaves
        self._known_generation: int | None = None
        """Read once a unit: a command is judged by one program from its beginning to its end."""

    # -- reading -------------------------------------------------------------------------------------------------------

    def get(self, day: date | None = None) -> Program:
        """The program as one value, with the calendar of the academic year that holds a day (else today).

        Raises `NotFound` while nothing was imported or written.
        """
        years = self.years()
        return years[0] if len(years) == 1 else in_year(years, day or years[0].zone.day(self._unit.now))

    def years(self) -> tuple[Program, ...]:
        """The program in each academic year it knows, in order; the same generation is read once a process."""
        key = self._unit.program_id, self._generation()
        if self._is_touched:
            # What this transaction wrote may yet be rolled back, and its generation be given to other facts.
            return self._read_years()
        with _KNOWN_LOCK:
            if key in _KNOWN:
                _KNOWN.move_to_end(key)
                return _KNOWN[key]
        found = self._read_years()
        with _KNOWN_LOCK:
            _KNOWN[key] = found
            while len(_KNOWN) > _MOST_KNOWN:
                _KNOWN.popitem(last=False)
        return found

    @property
    def _is_touched(self) -> bool:
        return bool(self._unit.memo.get(_TOUCHED))

    def _generation(self) -> int:
        """How often the program or its leave was changed: the version of its head, raised with every write."""
        if self._known_generation is None or self._is_touched:
            found = self._unit.connection.execute(sa.select(PROGRAM_HEAD.c.version)).scalar_one_or_none()
            if found is None:
                raise NotFound("This program is still empty. Import its file, or set it up step by step.")
            self._known_generation = int(found)
        return self._known_generation

    def _read(self) -> Program:
        """The program with the calendar of its head; raises what cannot be read."""
        return understood(self.document())

    def _read_years(self) -> tuple[Program, ...]:
        program, head = self._read(), self._facts()
        others = [replace(program, calendar=calendar_of(head, year)) for year in self._further().values()]
        return tuple(sorted([program, *others], key=lambda each: each.calendar.first))

    def is_empty(self) -> bool:
        """Whether nothing was imported or written yet."""
        return self._unit.connection.execute(sa.select(PROGRAM_HEAD.c.version)).one_or_none() is None

    def head(self) -> dict[str, Any]:
        """The head of the program: what its file says beside lists and policy, the calendar among it."""
        return {key: value for key, value in self._facts().items() if key != _YEARS}

    def _facts(self) -> dict[str, Any]:
        return dict(self._unit.connection.execute(sa.select(PROGRAM_HEAD.c.facts)).scalar_one())

    def _further(self) -> dict[int, dict[str, Any]]:
        """The calendars of further academic years, by year."""
        found: dict[str, dict[str, Any]] = {} if self.is_empty() else self._facts().get(_YEARS, {})
        return {int(year): facts for year, facts in found.items()}

    def calendar_facts(self, year: int | None) -> dict[str, Any]:
        """What holds the calendar of a year: the head, or what was added for a further year."""
        return self._further().get(year or 0) or self.head()

    def generation(self) -> int:
        """How often the program or its leave was changed; whoever changes much of it says what they saw."""
        return self._generation()

    def document(self) -> dict[str, Any]:
        """The program as the plain values of its file."""
        connection, document = self._unit.connection, self.head()
        for key, table in PARTS.items():
            asked = sa.select(table.c.facts).order_by(table.c.place, table.c.code)
            document[key] = list(connection.execute(asked).scalars())
        for kind in DETAILS:
            asked = sa.select(DETAIL.c.facts).where(DETAIL.c.kind == kind).order_by(DETAIL.c.place, DETAIL.c.code)
            document[kind] = list(connection.execute(asked).scalars())
        document["policy"] = self.policy()
        document["leave"] = self._leaves.rows()
        return {key: value for key, value in document.items() if value}

    def base_roster(self) -> Roster:
        """What is fixed before a solve: history and preloads."""
        roster = Roster()
        asked = sa.select(DETAIL.c.facts).where(DETAIL.c.kind == _BASE).order_by(DETAIL.c.place)
        for facts in self._unit.connection.execute(asked).scalars():
            roster = merged(roster, parse_roster(facts["roster"].encode()))
        return roster

    def part(self, section: str) -> list[dict[str, Any]]:
        """The rows of a section with their code and version."""
        table = PARTS[section]
        asked = sa.select(table.c.code, table.c.facts, table.c.version).order_by(table.c.place, table.c.code)
        return [dict(row) for row in self._unit.connection.execute(asked).mappings()]

    def facts(self, section: str, code: str) -> dict[str, Any]:
        """The facts of one row of a section; empty where there is none."""
        table = PARTS[section]
        asked = sa.select(table.c.facts).where(table.c.code == code)
        return dict(self._unit.connection.execute(asked).scalar_one_or_none() or {})

    def policy(self) -> dict[str, Any]:
        """The program's own numbers and choices, as its file has them."""
        rows = self._unit.connection.execute(sa.select(POLICY_VALUE.c.key, POLICY_VALUE.c.facts))
        return {row.key: row.facts["value"] for row in rows}

    def decisions(self) -> dict[str, str]:
        """What people decided about odd cells of earlier files, by question."""
        asked = sa.select(DETAIL.c.facts).where(DETAIL.c.kind == _DECISIONS)
        return dict(self._unit.connection.execute(asked).scalar_one_or_none() or {})

    # -- writing -------------------------------------------------------------------------------------------------------

    def replace_all(self, program: Program, *, history: Roster | None = None) -> None:
        """This program instead of what is there: the import of a file."""
        connection = self._unit.connection
        document = {key: plain(value) for key, value in document_of(program).items()}
        head = {key: document[key] for key in HEAD if key in document}
        others = {year: facts for year, facts in self._further().items() if year != program.calendar.academic_year}
        head |= {_YEARS: others}
        for table in (*PARTS.values(), POLICY_VALUE):
            connection.execute(table.delete())
        connection.execute(DETAIL.delete().where(DETAIL.c.kind != _DECISIONS))
        for key, table in PARTS.items():
            self._insert(table, coded(document.get(key, [])))
        for kind in DETAILS:
            self._insert(DETAIL, [{"kind": kind, **row} for row in coded(document.get(kind, []))])
        policy = [
            {"key": key, "facts": {"value": value}, "version": 1} for key, value in document.get("policy", {}).items()
        ]
        self._insert(POLICY_VALUE, policy)
        if history is not None:
            facts = {"roster": roster_bytes(history).decode()}
            self._insert(DETAIL, [{"kind": _BASE, "code": "base", "place": 0, "facts": facts, "version": 1}])
        self._leaves.replace_all(document.get("leave", []))
        self._touch(head)

    def put(self, section: str, code: str, facts: Mapping[str, Any], *, version: int | None) -> int:
        """One row of a section, new (no version) or instead of the one of that version; returns the new version.

        Raises `Stale` where the row has another version, `BadInput` where the program could not be read with it.
        """
        self.put_all(section, [(code, facts, version)])
        return (version or 0) + 1

    def put_all(self, section: str, rows: Sequence[tuple[str, Mapping[str, Any], int | None]]) -> None:
        """Rows of a section, each with its code, its facts and the version that it replaces."""
        for code, facts, version in rows:
            self._put(PARTS[section], code, plain(facts), version)
        self._touch()
        self._read()

    def _put(self, table: sa.Table, code: str, facts: Mapping[str, Any], version: int | None) -> None:
        where = table.c.code == code
        held = self._unit.connection.execute(sa.select(table.c.version).where(where)).scalar_one_or_none()
        if held != version:
            raise Stale(f"{code} was changed in the meantime; read it again.")
        if held is None:
            last = self._unit.connection.execute(
                sa.select(sa.func.coalesce(sa.func.max(table.c.place), 0))
            ).scalar_one()
            self._insert(table, [{"code": code, "place": last + 1, "facts": facts, "version": 1}])
            return
        ours = table.update().where(where, table.c.version == held)
        if not self._unit.connection.execute(ours.values(facts=facts, version=held + 1)).rowcount:
            raise Stale(f"{code} was changed in the meantime; read it again.")

    def set_calendar_facts(self, year: int | None, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What holds the calendar of a year is this from now on; returns it as it is kept."""
        kept, further = {key: plain(value) for key, value in facts.items() if value}, self._further()
        if year in further:
            self._touch({**self._facts(), _YEARS: {**further, year: kept}})
        else:
            self._touch({**kept, _YEARS: further})
        self._read_years()
        return kept

    def add_year(self, year: int, facts: Mapping[str, Any]) -> None:
        """The calendar of one more academic year; those that are there stay as they are."""
        self._touch({**self._facts(), _YEARS: {**self._further(), year: plain(facts)}})
        self._read_years()

    def set_policy(self, values: Mapping[str, Any]) -> None:
        """Numbers and choices of the program; a list holds dated values. One that is unknown is refused."""
        for key, value in values.items():
            self._unit.connection.execute(POLICY_VALUE.delete().where(POLICY_VALUE.c.key == key))
            if value is not None:
                self._insert(POLICY_VALUE, [{"key": key, "facts": {"value": plain(value)}, "version": 1}])
        self._touch()
        self._read()

    def keep_decisions(self, decisions: Mapping[str, str]) -> None:
        """Keep decisions about odd cells for the next file."""
        self._unit.connection.execute(DETAIL.delete().where(DETAIL.c.kind == _DECISIONS))
        facts = dict(decisions)
        self._insert(DETAIL, [{"kind": _DECISIONS, "code": "all", "place": 0, "facts": facts, "version": 1}])

    def add_leaves(self, leaves: Sequence[Leave]) -> None:
        """More records of leave; one of the same id is replaced."""
        if leaves:
            self._leaves.put_rows([plain(LEAVE.write(leave)) for leave in leaves])
            self._touch()

    def leave_changed(self) -> None:
        """Leave is not what it was: every process reads the program anew."""
        self._touch()

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._unit.connection.execute(
                table.insert(), [{"program_id": self._unit.program_id, **row} for row in rows]
            )

    def _touch(self, head: Mapping[str, Any] | None = None) -> None:
        """Raise the program's version, so that every process reads it anew."""
        self._unit.memo[_TOUCHED] = True
        held = self._unit.connection.execute(sa.select(PROGRAM_HEAD.c.version).with_for_update()).scalar_one_or_none()
        if held is None:
            self._insert_head(head or {})
            return
        values: dict[str, Any] = {"version": held + 1}
        if head is not None:
            values["facts"] = dict(head)
        self._unit.connection.execute(PROGRAM_HEAD.update().values(**values))

    def _insert_head(self, head: Mapping[str, Any]) -> None:
        self._unit.connection.execute(
            PROGRAM_HEAD.insert().values(program_id=self._unit.program_id, facts=dict(head), version=1)
        )
