"""How much memory does `housestaff up` take beside PostgreSQL, and how soon does `housestaff --help` answer?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import httpx2

from benchmarks.results import Row, record
from benchmarks.running import end, free_port, leave_in_order, wait
from housestaff.plumbing.embedded import OwnServer
from tests.installed import HOUSESTAFF

RUNS, REST_SECONDS = 11, 10
MIB = 2**20


def main() -> None:
    """Start `up` on a folder of its own, set it up, use it, let it rest and look; then ask for help."""
    leave_in_order()
    resting, used = _up()
    helps: list[float] = []
    for _run in range(RUNS + 1):
        begun = perf_counter()
        subprocess.run([HOUSESTAFF, "--help"], check=True, stdout=subprocess.DEVNULL)
        helps.append(perf_counter() - begun)
    record(
        [
            Row("`housestaff up` beside PostgreSQL, just started", round(resting), "MiB", "under 300 MiB"),
            Row("`housestaff up` beside PostgreSQL, with a published year in use", round(used), "MiB", "under 300 MiB"),
            Row("`housestaff --help`, median of 11", round(median(helps[1:]), 2), "s", "under 0.5 s"),
        ]
    )


def _up() -> tuple[float, float]:
    folder = Path(tempfile.mkdtemp(prefix="hsb-", dir="/tmp"))
    port = free_port()
    # Nothing of an installation that the environment names is touched.
    told = {name: value for name, value in os.environ.items() if not name.startswith("HOUSESTAFF_")}
    told["HOUSESTAFF_DATA_FOLDER"] = str(folder)
    said = folder / "said"
    command = [HOUSESTAFF, "up", "--port", str(port)]
    with said.open("w") as log:
        up = subprocess.Popen(command, env=told, stderr=log)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            wait(lambda: "/api/v1/setup: " in said.read_text(), 60, "the token of the first run")
            token = said.read_text().split("/api/v1/setup: ")[1].split()[0]
            wait(lambda: client.get("/health/ready").status_code == 200, 30, "an answer")
            sleep(REST_SECONDS)
            resting = _private_mib(up.pid)
            _use(client, token)
            _publish_a_year(client, folder, told)
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


def _publish_a_year(client: httpx2.Client, folder: Path, told: dict[str, str]) -> None:
    """Program A with its year, published; everybody's cells are read, and the year is judged a few times."""

    def run(*words: object) -> str:
        done = subprocess.run([HOUSESTAFF, *map(str, words)], env=told, check=True, capture_output=True, text=True)
        return done.stdout

    files = folder / "files"
    run("generate", "A", "--seed", 7, "-o", files)
    run("programs", "import", files)
    made = run(
        *("schedules", "create", "--from", "2025-07-01", "--to", "2026-06-30"),
        *("--roster", files / "witness.json", "--json"),
    )
    schedule = json.loads(made)["schedule_id"]
    run("schedules", "publish", schedule, "--revision", 1)
    cells = client.get(f"/api/v1/schedules/{schedule}/roster").raise_for_status().json()["cells"]
    for _turn in range(5):
        client.post(f"/api/v1/schedules/{schedule}/check", json={}).raise_for_status()
    for person in sorted({cell["person_id"] for cell in cells}):
        client.get(f"/api/v1/schedules/{schedule}/roster", params={"person": person}).raise_for_status()


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
