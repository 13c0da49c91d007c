"""An endpoint for tests: real HTTP on loopback, which can be told to refuse, to be gone, or to keep silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True)
class Received:
    """One call: its headers and its body."""

    headers: Mapping[str, str]
    body: bytes


class HookSink:
    """What arrived, and how the endpoint answers."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.status = 204
        self.is_silent = False
        self.url = ""
        self.release = Event()


@contextmanager
def hook_sink() -> Iterator[HookSink]:
    """An endpoint until the end of the block."""
    sink = HookSink()

    class Answering(BaseHTTPRequestHandler):
        """Takes a call and answers as it was told."""

        def do_POST(self) -> None:
            """Take one call."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.received.append(Received(dict(self.headers), body))
            if sink.is_silent:
                sink.release.wait()
                return
            self.send_response(sink.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    sink.url = f"http://127.0.0.1:{server.server_address[1]}/notices"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
