"""A client of the API over real HTTP, as a script or a browser would be."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Client:
    """Somebody with a browser: cookies, and the token that changes need."""

    address: str
    program: str = ""
    csrf: str = ""
    token: str = ""
    _opener: urllib.request.OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        """No cookie yet."""
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, email: str, password: str) -> Answer:
        """Sign in by address and password."""
        return self._signed_in({"email": email, "password": password})

    def sign_in_once(self, token: str) -> Answer:
        """Sign in by a one-time link."""
        return self._signed_in({"token": token})

    def _signed_in(self, body: dict[str, str]) -> Answer:
        answer = self.post("/session", body)
        self.csrf = answer.body.get("csrf_token", "")
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask for something."""
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Send a request; bytes go as they are, everything else as JSON."""
        given = {"X-CSRF-Token": self.csrf, "Housestaff-Program": self.program, **(headers or {})}
        given = {name.replace("_", "-"): value for name, value in given.items() if value}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        given.setdefault("Content-Type", "application/octet-stream" if isinstance(body, bytes) else "application/json")
        request = urllib.request.Request(f"{self.address}/api/v1{path}", data, given, method=method)
        try:
            with self._opener.open(request) as answer:
                return _answer(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return _answer(refused)


def _answer(answer: Any) -> Answer:
    text = answer.read().decode()
    body = json.loads(text) if text and "json" in answer.headers.get("Content-Type", "") else text
    return Answer(answer.status, body, {name.lower(): value for name, value in answer.headers.items()})
