"""Does each of 500 clients of the live feed get a frame within a second of a command's commit?"""

from __future__ import annotations

import asyncio
import json
import sys
from time import time
from uuid import UUID

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.results import Row, record
from benchmarks.running import Ground, asking, at_work, ground, percentile
from housestaff.features.schedules.commands import PublishSchedule

CLIENTS, ROUNDS, AT_ONCE = 500, 10, 20
SECONDS_A_ROUND = 3
PERSONS = ("r1", "r2", "r3", "f1", "f2", "f3", "f4", "f5")
_COMMITTED = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(e.xmin)) FROM event e
    WHERE type = 'duty.annotated' ORDER BY position
"""


def main() -> None:
    """Open the clients, write a note on a duty ten times, and see when each client has heard of it."""
    with ground() as here, at_work(here) as working:
        address = working.address
        schedule = here.house.draft()
        here.house.do(PublishSchedule(schedule_id=schedule, revision=1))
        tickets: list[str] = []
        for person in PERSONS:
            with asking(here, address, person) as client:
                each = range(-(-CLIENTS // len(PERSONS)))
                tickets += [client.post("/realtime/tickets").json()["ticket"] for _ticket in each]
        with asking(here, address) as client:
            cells = client.get(f"/schedules/{schedule}/roster").json()["cells"]
            duty = cells[0]["duty_id"]
            heard = asyncio.run(_follow(address, tickets[:CLIENTS], schedule, client, duty))
        committed = _committed(here)
    waits = [[instant - since for instant in each] for each, since in zip(heard, committed, strict=True)]
    missed = sum(CLIENTS - len(each) for each in waits)
    if missed:
        raise SystemExit(f"{missed} frames never came")
    slowest = [max(each) for each in waits]
    sys.stdout.write(f"  the slowest of 500, each round: {', '.join(f'{each:.3f}' for each in slowest)} s\n")
    everybody = [wait for each in waits for wait in each]
    record(
        [
            Row("500 feed clients: the last of them has the frame", round(max(slowest), 3), "s", "within 1 s"),
            Row(
                "500 feed clients: frame after the commit, median", round(percentile(everybody, 0.5), 3), "s", "no goal"
            ),
        ]
    )


def _committed(here: Ground) -> list[float]:
    """When the notes were committed, in their order; database and clients go by the same clock of the machine."""
    with here.as_superuser() as connection:
        return [float(row[0]) for row in connection.execute(_COMMITTED)]


async def _follow(
    address: str, tickets: list[str], schedule: UUID, client: httpx2.Client, duty: str
) -> list[list[float]]:
    """Open a client for each ticket, then write the notes; the instants at which each note was heard of."""
    heard: list[list[float]] = [[] for _each in range(ROUNDS)]
    turn = asyncio.Semaphore(AT_ONCE)
    sockets: list[ClientConnection] = await asyncio.gather(
        *(_opened(address, ticket, f"schedule:{schedule}", turn) for ticket in tickets)
    )
    listening = [asyncio.create_task(_listen(socket, heard)) for socket in sockets]
    try:
        for number in range(ROUNDS):
            note = {"schedule_id": str(schedule), "text": f"note {number}"}
            answer = await asyncio.to_thread(client.put, f"/duties/{duty}/note", json=note)
            answer.raise_for_status()
            # The next note is written when everybody must have had this one for long.
            await asyncio.sleep(SECONDS_A_ROUND)
    finally:
        for task in listening:
            task.cancel()
        ended = await asyncio.gather(*listening, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in sockets))
    if problems := [each for each in ended if not isinstance(each, asyncio.CancelledError)]:
        raise SystemExit(f"a client has ended early: {problems[0]}")
    return heard


async def _opened(address: str, ticket: str, topic: str, turn: asyncio.Semaphore) -> ClientConnection:
    """A client that has said hello and follows a topic."""
    async with turn:
        socket = await connect(address.replace("http", "ws", 1) + "/ws/v1", ping_interval=None, proxy=None)
        await socket.send(json.dumps({"type": "hello", "ticket": ticket, "resume": {}}))
        await socket.send(json.dumps({"type": "subscribe", "topic": topic, "ref": "here"}))
        while (told := json.loads(await socket.recv())).get("ref") != "here":
            pass
        if told["type"] != "ack":
            raise SystemExit(f"a client may not follow {topic}: {told}")
    return socket


async def _listen(socket: ClientConnection, heard: list[list[float]]) -> None:
    """Write down when each frame came; answer heartbeats as a browser does."""
    number = 0
    async for text in socket:
        told = json.loads(text)
        if told["type"] == "ping":
            await socket.send(json.dumps({"type": "pong"}))
        elif told["type"] == "duty.annotated":
            heard[number].append(time())
            number += 1


if __name__ == "__main__":
    main()
