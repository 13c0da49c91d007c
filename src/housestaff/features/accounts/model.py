"""The nouns of accounts: a user, a session, and what a sign-in is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

SESSION_LIFE = timedelta(hours=12)
INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=1)
TOKEN_LIFE = timedelta(days=365)
ONE_TIME_LIFE = timedelta(hours=1)
READING_LIFE = timedelta(minutes=15)
OPENID_LIFE = timedelta(minutes=10)

SHORTEST_PASSWORD = 12


@dataclass(frozen=True, slots=True)
class User:
    """A login; linked to at most one person in each program."""

    user_id: UUID
    email: str
    display_name: str
    locale: str
    active: bool


@dataclass(frozen=True, slots=True)
class Login:
    """Who is signed in, through what, and until when."""

    user: User
    session_id: UUID | None
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A program in which a user has a role."""

    program_id: UUID
    code: str
    name: str
    roles: tuple[str, ...]
    person_id: str | None
    zone: str


def as_email(text: str) -> str:
    """An address as it is stored: without blanks around it, in small letters."""
    return text.strip().lower()
