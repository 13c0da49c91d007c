"""An identity provider for tests: a process of its own on loopback, with its own key, which can be told to misbehave.

`python -m tests.openid_provider` prints its address. `POST /behave` with {"claims": ..., "signs": ...} says what the
next tokens hold (nothing as a value leaves a claim out) and whether they are signed by its key, another one, or none.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "housestaff", "a secret of tests"
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": "first"}) for _ in range(2))


class Provider(BaseHTTPRequestHandler):
    """Answers as a provider does."""

    codes: dict[str, dict[str, str]] = {}  # noqa: RUF012 - the state of the process
    behavior: dict[str, Any] = {}  # noqa: RUF012 - the same

    def do_GET(self) -> None:
        """The metadata, the keys, and the page where somebody says yes."""
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            named = {name: f"{issuer()}/{path}" for name, path in (
                ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "keys"),
            )}  # fmt: skip
            self._tell({"issuer": self.behavior.get("issuer", issuer()), **named})
        elif parts.path == "/keys":
            self._tell({"keys": [KEY.as_dict(private=False)]})
        else:
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
            assert asked["client_id"] == CLIENT
            assert "openid" in asked["scope"].split()
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            self.send_response(302)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            )
            self.end_headers()

    def do_POST(self) -> None:
        """The exchange of a code for a token."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/behave":
            type(self).behavior = json.loads(body)
            self._tell({})
            return
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.codes.pop(given.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or self.headers["Authorization"] != f"Basic {basic}"
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            self._tell({"error": "invalid_grant"}, 400)
            return
        self._tell({"access_token": "x", "token_type": "Bearer", "id_token": self._token(asked["nonce"])})

    def _token(self, nonce: str) -> str:
        now = int(time.time())
        usual = {
            "iss": issuer(), "aud": CLIENT, "sub": "subject-1", "iat": now, "exp": now + 300, "nonce": nonce,
            "email": "f1@small.example", "email_verified": True,
        }  # fmt: skip
        told = {**usual, **self.behavior.get("claims", {})}
        claims = {name: value for name, value in told.items() if value is not None}
        if self.behavior.get("signs") == "nothing":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        key = OTHER if self.behavior.get("signs") == "another" else KEY
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, key)

    def _tell(self, body: dict[str, Any], status: int = 200) -> None:
        said = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library names it so
        """Say nothing."""


SERVER = HTTPServer(("127.0.0.1", 0), Provider)


def issuer() -> str:
    """Its address."""
    return f"http://127.0.0.1:{SERVER.server_port}"


if __name__ == "__main__":
    print(issuer(), flush=True)  # noqa: T201 - whoever started it reads it there
    SERVER.serve_forever()
