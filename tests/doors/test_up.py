"""`housestaff up`: one command from nothing to a first admin who has signed in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from tests.client import Client
from tests.installed import HOUSESTAFF


def test_up_prints_a_token_that_sets_up_the_first_admin_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = {**os.environ, "HOUSESTAFF_DATA_FOLDER": str(tmp_path / "data")}
    command = [HOUSESTAFF, "up", "--port", str(port)]
    with subprocess.Popen(command, env=told, stderr=subprocess.PIPE, text=True) as up:
        try:
            assert up.stderr is not None
            line = next(line for line in up.stderr if "/api/v1/setup: " in line)
            token = line.split(": ")[1].strip()
            admin = Client(f"http://127.0.0.1:{port}")
            first = {"email": "ada@test.example", "name": "Ada Admin", "password": "a long sentence of a test"}
            asked = {"token": token, "institution": "Example Hospital", **first}
            assert admin.post("/setup", asked).status == 201
            assert admin.post("/setup", asked).status == 403
            assert admin.sign_in("ada@test.example", first["password"]).status == 201
            program = {"code": "new", "name": "New", "zone": "America/Chicago"}
            assert admin.post("/programs", program).status == 201
        finally:
            up.send_signal(signal.SIGTERM)
            up.communicate()
    assert up.returncode == 0
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()
