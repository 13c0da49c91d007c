"""The tables of a program: each row holds the facts of one table of its file."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from housestaff.files.program_document import LISTS, SECTIONS
from housestaff.plumbing.database import JSON, program_table


def _rows(name: str) -> sa.Table:
    return program_table(
        name,
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


PROGRAM_HEAD = program_table(
    "program_head", sa.Column("facts", JSON, nullable=False), sa.Column("version", sa.Integer, nullable=False)
)
PARTS: Mapping[str, sa.Table] = {
    "person": _rows("person"),
    "role": _rows("faculty_role"),
    "rotation": _rows("rotation"),
    "activity": _rows("activity"),
    "requirement": _rows("requirement"),
    "demand": _rows("demand"),
    "call": _rows("call_line"),
}
"""The sections of a program file that have a table of their own."""
DETAIL = program_table(
    "program_detail",
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("facts", JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
POLICY_VALUE = program_table(
    "policy_value",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("facts", JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
DETAILS = tuple(key for key in LISTS if key not in PARTS and key != "leave")
"""The other lists of a program file; leave is kept by its own room."""
HEAD = tuple(key for key in SECTIONS if key not in LISTS and key != "policy")
"""What stands in the head itself."""
