"""Two JSON schemas compared: whether whatever the old one allows, the new one allows too, and where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

Schema: TypeAlias = Mapping[str, Any]

IDENTICAL, COMPATIBLE, BREAKING = "identical", "compatible", "breaking"

_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_EXACT = ("format", "pattern", "multipleOf", "uniqueItems")
_WORDS = frozenset({"title", "description", "default", "examples"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two schemas differ, and whether it breaks those who read what the old one allowed."""

    path: str
    what: str
    is_breaking: bool

    def __str__(self) -> str:
        """The place and what differs there."""
        return f"{self.path}: {self.what}"


def compatibility(differences: list[Difference]) -> str:
    """What differences come to."""
    if not differences:
        return IDENTICAL
    return BREAKING if any(each.is_breaking for each in differences) else COMPATIBLE


def compare(old: Schema, new: Schema) -> list[Difference]:
    """Every difference of two schemas, nested ones, arrays, unions, enums, ranges and formats included."""
    return list(_Comparison(old, new).of(old, new, "payload"))


class _Comparison:
    """A comparison that knows the definitions of both sides."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old: Schema = old.get("$defs", {})
        self._new: Schema = new.get("$defs", {})
        self._seen: set[tuple[str, str]] = set()

    def of(self, old: Schema, new: Schema, path: str) -> Iterator[Difference]:
        """The differences below a place."""
        names = str(old.get("$ref", "")), str(new.get("$ref", ""))
        if all(names):
            if names in self._seen:
                return
            self._seen.add(names)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        if _options(old) is not None or _options(new) is not None:
            yield from self._unions(_options(old) or [old], _options(new) or [new], path)
            return
        yield from _types(old, new, path)
        yield from _values(old, new, path)
        yield from _limits(old, new, path)
        yield from self._properties(old, new, path)
        yield from self._items(old, new, path)

    def _unions(self, old: list[Schema], new: list[Schema], path: str) -> Iterator[Difference]:
        for option in old:
            if not any(self._accepts(option, other) for other in new):
                yield Difference(path, f"{_named(option)} is no longer one of the choices", is_breaking=True)
        for option in new:
            if not any(self._accepts(option, other, turned=True) for other in old):
                yield Difference(path, f"{_named(option)} is a new choice", is_breaking=False)

    def _accepts(self, option: Schema, other: Schema, *, turned: bool = False) -> bool:
        within = (
            _Comparison({"$defs": self._new}, {"$defs": self._old})
            if turned
            else _Comparison({"$defs": self._old}, {"$defs": self._new})
        )
        return not any(each.is_breaking for each in within.of(option, other, ""))

    def _properties(self, old: Schema, new: Schema, path: str) -> Iterator[Difference]:
        before, after = _fields(old), _fields(new)
        required, now_required = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            if name not in after:
                yield Difference(f"{path}.{name}", "removed", is_breaking=True)
            else:
                yield from self.of(schema, after[name], f"{path}.{name}")
        for name in after:
            if name not in before and name not in now_required:
                yield Difference(f"{path}.{name}", "added, optional", is_breaking=False)
        for name in sorted(now_required - required):
            said = "became required" if name in before else "added, required"
            yield Difference(f"{path}.{name}", said, is_breaking=True)
        for name in sorted((required - now_required) & set(after)):
            yield Difference(f"{path}.{name}", "became optional", is_breaking=False)
        yield from self._others(old, new, path)

    def _others(self, old: Schema, new: Schema, path: str) -> Iterator[Difference]:
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if before == after:
            return
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self.of(cast("Schema", before), cast("Schema", after), f"{path}.*")
        else:
            is_narrower = after is False or (before is True and isinstance(after, Mapping))
            yield Difference(path, "other fields are treated otherwise", is_breaking=is_narrower)

    def _items(self, old: Schema, new: Schema, path: str) -> Iterator[Difference]:
        if "items" in old and "items" in new:
            yield from self.of(old["items"], new["items"], f"{path}[]")
        elif "items" in new and "items" not in old:
            yield Difference(f"{path}[]", "what stands in it is limited now", is_breaking=True)
        elif "items" in old:
            yield Difference(f"{path}[]", "what stands in it is no longer limited", is_breaking=False)
        pairs = list(zip(old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False))
        for number, (one, other) in enumerate(pairs):
            yield from self.of(one, other, f"{path}[{number}]")
        if len(old.get("prefixItems", ())) != len(new.get("prefixItems", ())):
            yield Difference(f"{path}[]", "it has another number of places", is_breaking=True)


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[str(schema["$ref"]).rsplit("/", 1)[1]]
    return schema


def _options(schema: Schema) -> list[Schema] | None:
    return schema.get("anyOf") or schema.get("oneOf")


def _fields(schema: Schema) -> Mapping[str, Schema]:
    return schema.get("properties", {})


def _named(schema: Schema) -> str:
    return str(schema.get("title") or schema.get("$ref", "").rsplit("/", 1)[-1] or schema.get("type") or "a choice")


def _types(old: Schema, new: Schema, path: str) -> Iterator[Difference]:
    before, after = _type_set(old), _type_set(new)
    if before == after or not (before or after):
        return
    missing = before - after - ({"integer"} if "number" in after else set[str]())
    if not after:
        yield Difference(path, "any type is allowed now", is_breaking=False)
    elif missing or not before:
        yield Difference(path, f"type {_listed(before)} became {_listed(after)}", is_breaking=True)
    else:
        yield Difference(path, f"type {_listed(after - before)} is allowed too", is_breaking=False)


def _type_set(schema: Schema) -> set[str]:
    found = schema.get("type", ())
    return {found} if isinstance(found, str) else set(found)


def _listed(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _values(old: Schema, new: Schema, path: str) -> Iterator[Difference]:
    before, after = _value_list(old), _value_list(new)
    if before is None and after is None:
        return
    if after is None:
        yield Difference(path, "any value is allowed now", is_breaking=False)
    elif before is None:
        yield Difference(path, "its values are limited now", is_breaking=True)
    else:
        gone = [value for value in before if value not in after]
        come = [value for value in after if value not in before]
        if gone:
            yield Difference(path, f"{', '.join(map(str, gone))} no longer allowed", is_breaking=True)
        if come:
            yield Difference(path, f"{', '.join(map(str, come))} allowed too", is_breaking=False)


def _value_list(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _limits(old: Schema, new: Schema, path: str) -> Iterator[Difference]:
    for names, is_lower in ((_UPPER, False), (_LOWER, True)):
        for name in names:
            before, after = old.get(name), new.get(name)
            if before == after:
                continue
            is_narrower = after is not None and (before is None or (after > before if is_lower else after < before))
            yield Difference(path, f"{name} {before} became {after}", is_breaking=is_narrower)
    for name in _EXACT:
        before, after = old.get(name), new.get(name)
        if before != after:
            yield Difference(path, f"{name} {before} became {after}", is_breaking=after is not None)
