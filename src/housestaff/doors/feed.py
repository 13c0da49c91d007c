"""The live feed over WebSockets: tickets, and one connection for each open screen."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect
from fastapi import Request as HttpRequest

from housestaff.bootstrap.installation import Installation
from housestaff.doors.feed_client import Client, Ended
from housestaff.features.accounts.tickets import Tickets
from housestaff.plumbing import metrics
from housestaff.plumbing.http import PROBLEMS, InProgram, needs
from housestaff.plumbing.unit import Unit

router = APIRouter(prefix="/realtime", tags=["realtime"], responses=PROBLEMS)


def add_feed(app: FastAPI, installation: Installation, base: str) -> None:
    """Put the feed on an application."""
    tickets = Tickets(installation.database, installation.clock)
    open_clients: set[Client] = set()
    app.state.tickets = tickets
    app.include_router(router, prefix=base)

    @app.websocket("/ws/v1")
    async def live(socket: WebSocket) -> None:
        """One client, from its hello to its end."""
        await socket.accept()
        client = Client(socket, installation, tickets)
        open_clients.add(client)
        metrics.gauge("feed_connections", len(open_clients), door="api")
        try:
            await _serve(client)
        finally:
            open_clients.discard(client)
            metrics.gauge("feed_connections", len(open_clients), door="api")


async def _serve(client: Client) -> None:
    """Greet, then listen, send and watch until one of the three ends; nothing is left running."""
    tasks = [asyncio.create_task(client.send_what_waits()), asyncio.create_task(client.until_let_go())]
    end: Ended | None = None
    try:
        greeting = asyncio.create_task(client.greet())
        tasks.append(greeting)
        await _first_end(tasks, greeting)
        tasks += [asyncio.create_task(client.listen()), asyncio.create_task(client.watch())]
        await _first_end([task for task in tasks if task is not greeting])
    except Ended as ended:
        end = ended
    except WebSocketDisconnect:
        # The client has left; there is nobody to tell.
        return
    finally:
        client.leave()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if end is not None:
        await client.close(end.code, end.reason)


async def _first_end(tasks: list[asyncio.Task[None]], wanted: asyncio.Task[None] | None = None) -> None:
    """Wait until the wanted task is done, or until any task ends with an error, which is raised."""
    waiting = set(tasks)
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if wanted is not None and wanted in done:
            return


@router.post("/tickets", status_code=201, openapi_extra=needs("notice:read"))
def ticket(asked: InProgram, http: HttpRequest) -> dict[str, Any]:
    """A ticket that opens one connection of the live feed, once, within a minute."""
    asked.read(_is_member, needs="notice:read")
    tickets: Tickets = http.app.state.tickets
    given, until = tickets.give(asked.identity.login, asked.request.program_id)
    return {"ticket": given, "expires_at": until}


def _is_member(unit: Unit) -> None:
    """Who may ask this at all has a role in the program."""
    del unit
