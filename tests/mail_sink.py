"""A mail server for tests: real SMTP on loopback, which can be told to refuse, to be slow, or to drop the line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session


class MailSink:
    """What arrived, and how the server behaves."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.mode = "accept"
        """accept; refuse (451 for all); drop (take a message, then once break the line); silent (never answer)."""
        self.unknown: set[str] = set()
        """Addresses to which the server says 550."""
        self.port = 0
        self._release = Event()

    @property
    def message_ids(self) -> set[str]:
        """The distinct messages that arrived."""
        return {str(mail["Message-ID"]) for mail in self.received}

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for an address."""
        return [mail for mail in self.received if address in str(mail["To"])]

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Say whether somebody is known."""
        del server, session, options
        if self.mode == "refuse":
            return "451 not now"
        if address in self.unknown:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Take a message, or behave badly."""
        del session
        if self.mode == "silent":
            await asyncio.get_running_loop().run_in_executor(None, self._release.wait)
            return "451 too late"
        content = envelope.content
        assert isinstance(content, bytes)
        arrived = cast("EmailMessage", message_from_bytes(content, policy=policy.default))
        is_first = str(arrived["Message-ID"]) not in self.message_ids
        self.received.append(arrived)
        if self.mode == "drop" and is_first:
            transport: Any = server.transport
            transport.abort()
        return "250 OK"

    def release(self) -> None:
        """Let a silent server go."""
        self._release.set()


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A mail server until the end of the block."""
    sink, ready, loop = MailSink(), Event(), asyncio.new_event_loop()
    servers: list[asyncio.Server] = []

    async def start() -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        sink.port = listening.getsockname()[1]
        factory = lambda: SMTP(sink, hostname="sink.test", loop=loop)  # noqa: E731 - a factory of one line
        servers.append(await loop.create_server(factory, sock=listening))
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()

    thread = Thread(target=run, daemon=True)
    thread.start()
    ready.wait()

    async def close() -> None:
        servers[0].close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    try:
        yield sink
    finally:
        sink.release()
        asyncio.run_coroutine_threadsafe(close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
