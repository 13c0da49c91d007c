"""The command line as the operator of a machine runs it, on an installation of a test."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.installed import HOUSESTAFF, Installed

COORDINATOR = "coordinator@small.example"


def run(house: Installed | Mapping[str, str], *words: object, given: str = "") -> subprocess.CompletedProcess[str]:
    """A command as the operator of the machine runs it, on an installation or with variables of one's own."""
    command = [str(HOUSESTAFF), *map(str, words)]
    told = house.variables() if isinstance(house, Installed) else house
    return subprocess.run(command, env=told, input=given, capture_output=True, text=True, check=False, timeout=120)


def told(house: Installed | Mapping[str, str], *words: object, given: str = "", code: int = 0) -> Any:
    """The one JSON object that a command prints."""
    done = run(house, *words, "--json", given=given)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def refused(house: Installed, *words: object) -> str:
    """What a command says that is refused for what it was given."""
    done = run(house, *words)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


def last_entry(house: Installed) -> tuple[str, str, UUID]:
    """The newest entry of the audit chain: what was done, through which door, by whom."""
    row = house.rows("SELECT * FROM audit_entry ORDER BY chain_no DESC LIMIT 1")[0]
    assert "@" in row["ip"], "the entry names the operator and the machine"
    return row["action"], row["door"], row["actor_user_id"]
