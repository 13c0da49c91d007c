"""How one core value stands in a file: which key holds which field, told once and used for TOML, YAML, JSON and CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields

from housestaff.core.errors import BadInput
from housestaff.files.kinds import Kind
from housestaff.files.nearest import nearest_of
from housestaff.files.raw import Raw, as_table
from housestaff.files.toml_text import Plain


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file, and the list in which its problems are gathered."""

    file: str
    problems: list[BadInput]
    path: str = ""

    def at(self, step: str) -> Where:
        """A place one step further in."""
        return Where(self.file, self.problems, f"{self.path}, {step}" if self.path else step)

    def tell(self, error: BadInput) -> None:
        """Keep a problem with this place in front of its own."""
        place = ", ".join(part for part in (self.file, self.path, error.place) if part)
        self.problems.append(BadInput(error.problem, place=place, remedy=error.remedy))


@dataclass(frozen=True, slots=True)
class Column:
    """One field: its key in the file ("capacity" or, inside a table, "duty_times.start"), attribute and kind.

    An attribute with a point lies in a part of the value ("dates.first").
    """

    key: str
    attribute: str
    kind: Kind
    required: bool = False


class Record:
    """The columns of one sort of value, with a reader and a writer."""

    def __init__(self, cls: type[Raw], columns: Mapping[str, tuple[str, Kind]], **parts: type[Raw]) -> None:
        """Name the class, its columns as key -> (attribute, kind), and the classes of its parts."""
        self.cls, self.parts = cls, parts
        self.columns = tuple(
            Column(key, attribute, kind, self.default(attribute) is MISSING)
            for key, (attribute, kind) in columns.items()
        )
        self.groups = {column.key.partition(".")[0] for column in self.columns if "." in column.key}
        self.known = [column.key for column in self.columns if "." not in column.key] + sorted(self.groups)

    def default(self, attribute: str) -> Raw:
        """What a field holds where nothing is said; `MISSING` where something must be said."""
        outer, _, inner = attribute.partition(".")
        cls = self.parts[outer] if inner else self.cls
        for each in fields(cls):
            if each.name == (inner or outer):
                return each.default_factory() if each.default_factory is not MISSING else each.default
        raise LookupError(f"{cls.__name__} has no field {attribute}")

    def read(self, raw: object, where: Where) -> Raw:
        """The value that a table means; nothing where a problem was told."""
        given = as_table(raw)
        if given is None:
            where.tell(BadInput(f"{raw!r} is no table.", remedy=f"It has the keys {', '.join(self.known)}."))
            return None
        before = len(where.problems)
        table = self._flat(given, where)
        found: dict[str, Raw] = {}
        for column in self.columns:
            if column.key in table:
                try:
                    found[column.attribute] = column.kind.read(table[column.key])
                except BadInput as error:
                    where.at(column.key).tell(error)
            elif column.required:
                where.tell(BadInput(f"'{column.key}' is missing.", remedy="Every entry needs it."))
        if len(where.problems) > before:
            return None
        return self._made(found, where)

    def _flat(self, raw: Mapping[str, Raw], where: Where) -> dict[str, Raw]:
        table: dict[str, Raw] = {}
        for key, value in raw.items():
            group = as_table(value)
            if key in self.groups and group is not None:
                inside = [column.key.partition(".")[2] for column in self.columns if column.key.startswith(f"{key}.")]
                for name, item in group.items():
                    if name in inside:
                        table[f"{key}.{name}"] = item
                    else:
                        where.tell(BadInput(f"'{name}' is no key of {key}.", remedy=nearest_of(name, inside)))
            elif key in self.known and key not in self.groups:
                table[key] = value
            elif key in self.groups:
                where.at(key).tell(BadInput(f"{value!r} is no table.", remedy="Write it as { key = value }."))
            else:
                where.tell(BadInput(f"'{key}' is no known key.", remedy=nearest_of(key, self.known)))
        return table

    def _made(self, found: dict[str, Raw], where: Where) -> Raw:
        flat = {name: value for name, value in found.items() if "." not in name}
        try:
            for part, cls in self.parts.items():
                inner = {name.partition(".")[2]: item for name, item in found.items() if name.startswith(f"{part}.")}
                flat[part] = cls(**inner)
            return self.cls(**flat)
        except BadInput as error:
            where.tell(error)
            return None

    def write(self, value: Raw, *, without: frozenset[str] = frozenset(), full: bool = False) -> dict[str, Plain]:
        """A value as a table; fields with their default are left out, in a full one only those that say nothing."""
        table: dict[str, Raw] = {}
        for column in self.columns:
            if column.key in without:
                continue
            held = value
            for step in column.attribute.split("."):
                held = getattr(held, step)
            if not column.required and (held in (None, "", ()) if full else held == self.default(column.attribute)):
                continue
            outer, _, inner = column.key.partition(".")
            if inner:
                table.setdefault(outer, {})[inner] = column.kind.write(held)
            else:
                table[outer] = column.kind.write(held)
        return table

    def kind(self) -> Kind:
        """This record as the kind of a field: a table inside a table."""

        def read(raw: object) -> Raw:
            problems: list[BadInput] = []
            value = self.read(raw, Where("", problems))
            if problems:
                first = problems[0]
                raise BadInput(first.problem, place=first.place.strip(", "), remedy=first.remedy)
            return value

        return Kind(read, self.write)
