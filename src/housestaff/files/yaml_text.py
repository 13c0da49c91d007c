"""YAML with the keys of the program file, read so that nothing is guessed: "no" is a word and 17:30 a time of day."""

from __future__ import annotations

import re

from housestaff.core.errors import BadInput
from housestaff.files.raw import Raw, as_table


def read_yaml(text: str, place: str) -> dict[str, Raw]:
    """A YAML document as plain values; aliases and repeated keys are refused."""
    import yaml  # noqa: PLC0415 - only who reads YAML waits for it

    class Plain(yaml.SafeLoader):
        """A loader without the surprises of YAML 1.1."""

        def compose_node(self, parent: Raw, index: Raw) -> Raw:
            """Refuse an alias, which could grow without end."""
            if self.check_event(yaml.AliasEvent):
                raise BadInput("an alias (*name) is used.", place=place, remedy="Write the value out.")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Raw, deep: bool = False) -> Raw:  # noqa: FBT001, FBT002 - PyYAML's signature
            """Refuse a key that stands twice."""
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise BadInput(f"'{key.value}' stands twice.", place=f"{place}, line {line}", remedy="Keep one.")
                seen.add(key.value)
            return super().construct_mapping(node, deep=deep)

    Plain.yaml_implicit_resolvers = _resolvers(yaml.SafeLoader.yaml_implicit_resolvers)
    try:
        document: Raw = yaml.load(text, Loader=Plain)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadInput(
            f"this is no YAML: {error.problem}.", place=f"{place}, line {line}", remedy="Check indentation and quotes."
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput(f"this is no YAML: {error}.", place=place, remedy="Check indentation and quotes.") from error
    table = as_table(document)
    if table is None:
        raise BadInput("this is no program file.", place=place, remedy="It starts with program: and its keys.")
    return table


def _resolvers(usual: dict[str, list[Raw]]) -> dict[str, list[Raw]]:
    """Which bare words mean dates, numbers and truths; the usual list also takes "no" and 17:30, and 010 for 8."""
    kept = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null")
    resolvers: dict[str, list[Raw]] = {
        first: [(tag, pattern) for tag, pattern in rows if tag in kept] for first, rows in usual.items()
    }
    own = {"bool": (r"(?:true|false|True|False)\Z", "tTfF"), "int": (r"[-+]?(?:0|[1-9][0-9]*)\Z", "-+0123456789")}

    for tag, (pattern, firsts) in own.items():
        for first in firsts:
            resolvers.setdefault(first, []).append((f"tag:yaml.org,2002:{tag}", re.compile(pattern)))
    return resolvers
