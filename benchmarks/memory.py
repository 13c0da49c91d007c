"""How much memory does `housestaff up` take beside PostgreSQL, and how soon does `housestaff --help` answer?"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import httpx2

from benchmarks.results import Row, record
from benchmarks.running import end, free_port, wait
from housestaff.plumbing.embedded import OwnServer
from tests.installed import HOUSESTAFF

RUNS, REST_SECONDS = 11, 10
MIB = 2**20


def main() -> None:
    """Start `up` on a folder of its own, set it up, use it a little, let it rest and look; then ask for help."""
    resting, used = _up()
    helps: list[float] = []
    for _run in range(RUNS + 1):
        begun = perf_counter()
        subprocess.run([HOUSESTAFF, "--help"], check=True, stdout=subprocess.DEVNULL)
        helps.append(perf_counter() - begun)
    record(
        [
            Row("`housestaff up` beside PostgreSQL, just started", round(resting), "MiB", "under 300 MiB"),
            Row("`housestaff up` beside PostgreSQL, after 600 requests", round(used), "MiB", "under 300 MiB"),
            Row("`housestaff --help`, median of 11", round(median(helps[1:]), 2), "s", "under 0.5 s"),
        ]
    )


def _up() -> tuple[float, float]:
    folder = Path(tempfile.mkdtemp(prefix="hsb-", dir="/tmp"))
    port = free_port()
    told = {**os.environ, "HOUSESTAFF_DATA_FOLDER": str(folder)}
    command = [HOUSESTAFF, "up", "--port", str(port)]
    up = subprocess.Popen(command, env=told, stderr=subprocess.PIPE, text=True)
    try:
        if up.stderr is None:
            raise LookupError("nothing is told")
        token = next(line for line in up.stderr if "/api/v1/setup: " in line).split(": ")[1].strip()
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            wait(lambda: client.get("/health/ready").status_code == 200, 30, "an answer")
            sleep(REST_SECONDS)
            resting = _private_mib(up.pid)
            _use(client, token)
            sleep(REST_SECONDS)
            return resting, _private_mib(up.pid)
    finally:
        end(up)
        if (folder / "postgres" / "postmaster.pid").exists():
            server = OwnServer(folder)
            server.start()
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _use(client: httpx2.Client, token: str) -> None:
    """A first admin, a program, and a few hundred questions and commands."""
    login = {"email": "ada@bench.example", "password": "a long sentence of a benchmark"}
    setup = {"token": token, "institution": "Bench Hospital", "name": "Ada", **login}
    client.post("/api/v1/setup", json=setup).raise_for_status()
    answer = client.post("/api/v1/session", json=login).raise_for_status()
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    program = {"code": "bench", "name": "Bench", "zone": "America/Chicago"}
    client.post("/api/v1/programs", json=program).raise_for_status()
    for number in range(200):
        member = {"email": f"u{number}@bench.example", "display_name": f"User {number}", "role": "resident"}
        client.post("/api/v1/memberships", json=member).raise_for_status()
        client.get("/api/v1/memberships").raise_for_status()
        client.get("/api/v1/audit").raise_for_status()


def _private_mib(process: int) -> float:
    """The resident memory of a process and of its children that are no PostgreSQL."""
    total = 0
    for each in [process, *_children(process)]:
        status = Path(f"/proc/{each}/status").read_text()
        if "postgres" not in status.split("\n", 1)[0]:
            total += int(status.split("VmRSS:")[1].split()[0]) * 1024
    return total / MIB


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *_children(child)]
    return found


if __name__ == "__main__":
    main()
