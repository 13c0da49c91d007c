"""The solver in a process of its own: its memory goes when it ends, and nothing it does slows anyone down."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import IO, Any

from housestaff.bootstrap.years import HISTORY, ROSTER
from housestaff.core.program import Program
from housestaff.core.roster import Roster
from housestaff.features.schedules.solving import Answer
from housestaff.files.program_toml import write_program_folder
from housestaff.files.roster_json import read_roster, write_roster

_OUTCOMES = {"solved": "solved", "infeasible": "infeasible", "out of time": "out_of_time"}


def solve_in_a_process(
    program: Program,
    base: Roster,
    *,
    seconds: int,
    seed: int,
    tell: Callable[[Mapping[str, Any]], None],
    should_stop: Callable[[], bool],
) -> Answer:
    """Run `housestaff solve` on the program and read what it wrote; a stop keeps the best so far."""
    with tempfile.TemporaryDirectory(prefix="housestaff-solve-") as name:
        folder, out = Path(name) / "program", Path(name) / "out"
        write_program_folder(program, folder)
        write_roster(base, folder / HISTORY)
        command = [sys.executable, "-m", "housestaff", "solve", str(folder), "-o", str(out), "--json", "--roster-only"]
        command += ["--seconds", str(seconds), "--seed", str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            said = _follow(process, tell, should_stop)
        stopped = should_stop()
        answer = _told(said, process.returncode)
        roster = read_roster(out / ROSTER) if (out / ROSTER).is_file() else None
    outcome = "canceled" if stopped and roster is None else _OUTCOMES[answer["result"]]
    # The files lay in a folder that is gone.
    return Answer(outcome, roster, {key: value for key, value in answer.items() if key != "files"})


def _follow(
    process: subprocess.Popen[str], tell: Callable[[Mapping[str, Any]], None], should_stop: Callable[[], bool]
) -> str:
    """Pass progress on, listen for a stop, and return what the process says at its end."""
    said: list[str] = []
    stdout, stderr = process.stdout, process.stderr
    if stdout is None or stderr is None:
        raise RuntimeError("the solver has no pipes")
    reader = Thread(target=_read_all, args=(stdout, said), daemon=True)
    reader.start()
    told_to_stop = False
    for line in stderr:
        if line.startswith("{"):
            tell(json.loads(line))
        if not told_to_stop and should_stop():
            told_to_stop = True
            process.send_signal(signal.SIGINT)
    process.wait()
    reader.join()
    return "".join(said)


def _read_all(stream: IO[str], said: list[str]) -> None:
    said.append(stream.read())


def _told(said: str, code: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(said)
    except json.JSONDecodeError as error:
        raise RuntimeError(f"the solver ended with code {code} and no answer") from error
    return found
