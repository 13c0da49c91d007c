"""Sealing, signing and fingerprints. Keys come through a port: settings for now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.fernet import Fernet, MultiFernet


def new_token() -> str:
    """A secret that nobody can guess, to be shown once."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """How a token is stored: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


KeysInForce: TypeAlias = Callable[[], Sequence[str]]
"""The port through which the secrets in force are asked for, the newest first, each time anew."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals what must not be read in the database; the newest key seals, all in force open."""

    in_force: KeysInForce

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Keys derived from the secrets in force, the newest first."""
        digests = (hashlib.sha256(value.encode()).digest() for value in self.in_force())
        return tuple(base64.urlsafe_b64encode(digest) for digest in digests)

    def seal(self, plain: bytes) -> bytes:
        """The sealed bytes."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """The plain bytes; raises `cryptography.fernet.InvalidToken` where no key fits."""
        return self._fernet.decrypt(sealed)

    @property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])

    def token(self, purpose: str, id_: object) -> str:
        """The secret of a link: the same for the same thing while the key is in force, so that it is stored nowhere."""
        made = hmac.new(self.keys[0], f"link:{purpose}:{id_}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def fingerprint(self, value: str) -> str:
        """Twelve digits that tell two values apart and give neither away."""
        return hmac.new(self.keys[0], value.encode(), hashlib.sha256).hexdigest()[:12]
