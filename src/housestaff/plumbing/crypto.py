"""Sealing, signing and fingerprints. Keys come through a port: settings for now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, MultiFernet


def new_token() -> str:
    """A secret that nobody can guess, to be shown once."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """How a token is stored: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals what must not be read in the database; the first key seals, all of them open."""

    keys: tuple[bytes, ...]

    @classmethod
    def from_secrets(cls, values: Sequence[str]) -> Sealer:
        """Keys derived from secrets, the newest first."""
        return cls(tuple(base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()) for value in values))

    def seal(self, plain: bytes) -> bytes:
        """The sealed bytes."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """The plain bytes; raises `cryptography.fernet.InvalidToken` where no key fits."""
        return self._fernet.decrypt(sealed)

    @property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])

    def fingerprint(self, value: str) -> str:
        """Twelve digits that tell two values apart and give neither away."""
        return hmac.new(self.keys[0], value.encode(), hashlib.sha256).hexdigest()[:12]
