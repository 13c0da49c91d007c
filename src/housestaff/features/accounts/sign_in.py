"""Signing in and out, before any program is chosen: passwords, sessions, tokens, the first run."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from housestaff.core.errors import BadInput, NotAllowed, NotFound
from housestaff.features.accounts import single_use
from housestaff.features.accounts.attempts import Attempts
from housestaff.features.accounts.model import (
    ONE_TIME_LIFE,
    SESSION_LIFE,
    SHORTEST_PASSWORD,
    Login,
    User,
    as_email,
)
from housestaff.features.accounts.store import (
    API_TOKEN,
    APP_USER,
    INSTITUTION,
    INSTITUTION_ADMIN,
    SESSION,
    user_of_row,
)
from housestaff.plumbing.access import LinkOver
from housestaff.plumbing.clock import Clock, new_id
from housestaff.plumbing.crypto import Sealer, hash_of_token, new_token
from housestaff.plumbing.database import Database

_PASSWORDS = PasswordHash((Argon2Hasher(),))
_NO_LOGIN = "This address and password do not fit."
_NOBODYS_HASH = _PASSWORDS.hash("nobody has this password")


class SignIn:
    """The door of the house: who somebody is, before it is asked what they may do."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer) -> None:
        """Work on the tables that belong to no program."""
        self._database, self._clock = database, clock
        self.attempts = Attempts(database, clock, sealer)

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self._clock.now()

    # -- first run -----------------------------------------------------------------------------------------------------

    def is_new(self) -> bool:
        """Whether nobody has been set up yet."""
        with self._database.transaction() as connection:
            return connection.execute(sa.select(APP_USER.c.user_id).limit(1)).first() is None

    def setup_token(self) -> str:
        """The one-time token with which the first admin is set up."""
        return self.one_time("setup", None)

    def one_time(self, purpose: str, user_id: UUID | None) -> str:
        """A token that opens one door once within the hour."""
        with self._database.transaction() as connection:
            return single_use.give(connection, purpose, self._clock.now() + ONE_TIME_LIFE, user_id=user_id)

    def set_up(self, token: str, *, institution: str, email: str, name: str, password: str, ip: str = "") -> User:
        """The first admin of the installation, by the one-time token; refused once somebody is there."""
        self.attempts.count("set_up", ip, ip)
        check_password(password)
        user = User(new_id(), as_email(email), name, "en", active=True)
        institution_id, now = new_id(), self._clock.now()
        with self._database.transaction() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('housestaff.setup'))"))
            if connection.execute(sa.select(APP_USER.c.user_id).limit(1)).first() is not None:
                raise NotAllowed("Housestaff is set up already. Sign in, or ask an admin to invite you.")
            self._use(connection, token, "setup", now)
            connection.execute(
                INSTITUTION.insert().values(institution_id=institution_id, name=institution, created_at=now)
            )
            connection.execute(
                APP_USER.insert().values(
                    user_id=user.user_id,
                    email=user.email,
                    display_name=name,
                    password_hash=_PASSWORDS.hash(password),
                    active=True,
                    locale="en",
                    preferences={},
                    created_at=now,
                )
            )
            connection.execute(INSTITUTION_ADMIN.insert().values(institution_id=institution_id, user_id=user.user_id))
        return user

    @staticmethod
    def _use(connection: sa.Connection, token: str, purpose: str, now: datetime) -> UUID | None:
        used = single_use.use(connection, token, purpose, now)
        if used is None:
            raise LinkOver("This link was used already, or is older than an hour. Ask for a new one.")
        return used.user_id

    # -- signing in ----------------------------------------------------------------------------------------------------

    def with_password(self, email: str, password: str, *, ip: str, agent: str) -> tuple[str, Login]:
        """Sign in by address and password; the answer to a wrong one is the same whoever asks."""
        email = as_email(email)
        self.attempts.count("sign_in", email, ip)
        with self._database.transaction() as connection:
            row = connection.execute(sa.select(APP_USER).where(APP_USER.c.email == email)).one_or_none()
        fits = _PASSWORDS.verify(password, (row.password_hash if row else None) or _NOBODYS_HASH)
        if row is None or not fits or not row.active or row.password_hash is None:
            raise NotAllowed(_NO_LOGIN)
        return self.open_session(user_of_row(row), ip=ip, agent=agent)

    def with_one_time(self, token: str, *, ip: str, agent: str) -> tuple[str, Login]:
        """Sign in by a one-time link."""
        self.attempts.count("one_time", hash_of_token(token), ip)
        now = self._clock.now()
        with self._database.transaction() as connection:
            user_id = self._use(connection, token, "sign_in", now)
            row = connection.execute(
                sa.select(APP_USER).where(APP_USER.c.user_id == user_id, APP_USER.c.active)
            ).one_or_none()
        if row is None:
            raise NotAllowed(_NO_LOGIN)
        return self.open_session(user_of_row(row), ip=ip, agent=agent)

    def knows(self, user_id: UUID, email: str, password: str, ip: str) -> bool:
        """Whether somebody who is signed in knows their own password; each try counts as one at the door."""
        self.attempts.count("sign_in", email, ip)
        with self._database.transaction() as connection:
            kept = connection.execute(
                sa.select(APP_USER.c.password_hash).where(APP_USER.c.user_id == user_id, APP_USER.c.active)
            ).scalar_one_or_none()
        return _PASSWORDS.verify(password, kept or _NOBODYS_HASH) and kept is not None

    def open_session(self, user: User, *, ip: str, agent: str) -> tuple[str, Login]:
        """A new session: its secret, to be shown to the browser once, and what it is worth."""
        secret, now = new_token(), self._clock.now()
        login = Login(user, new_id(), new_token(), now + SESSION_LIFE)
        with self._database.transaction() as connection:
            connection.execute(
                SESSION.insert().values(
                    session_hash=hash_of_token(secret),
                    session_id=login.session_id,
                    user_id=user.user_id,
                    csrf_token=login.csrf_token,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=login.expires_at,
                    ip=ip,
                    agent=agent[:200],
                )
            )
        return secret, login

    def of_session(self, secret: str) -> Login | None:
        """Who a session's secret belongs to, if it is still worth anything."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            row = connection.execute(
                sa.select(APP_USER, SESSION.c.session_id, SESSION.c.csrf_token, SESSION.c.expires_at)
                .join(SESSION, SESSION.c.user_id == APP_USER.c.user_id)
                .where(
                    SESSION.c.session_hash == hash_of_token(secret),
                    SESSION.c.revoked_at.is_(None),
                    SESSION.c.expires_at > now,
                    APP_USER.c.active,
                )
            ).one_or_none()
        return Login(user_of_row(row), row.session_id, row.csrf_token, row.expires_at) if row else None

    def of_token(self, token: str) -> Login | None:
        """Who an API token belongs to, if it is still worth anything."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            row = connection.execute(
                sa.select(APP_USER, API_TOKEN.c.expires_at)
                .join(API_TOKEN, API_TOKEN.c.user_id == APP_USER.c.user_id)
                .where(
                    API_TOKEN.c.token_hash == hash_of_token(token),
                    API_TOKEN.c.revoked_at.is_(None),
                    API_TOKEN.c.expires_at > now,
                    APP_USER.c.active,
                )
            ).one_or_none()
        return Login(user_of_row(row), None, "", row.expires_at) if row else None

    def tokens_of(self, user_id: UUID) -> list[dict[str, Any]]:
        """A user's own API tokens that are worth something, the newest first."""
        asked = (
            sa.select(API_TOKEN.c.token_id, API_TOKEN.c.name, API_TOKEN.c.created_at, API_TOKEN.c.expires_at)
            .where(
                API_TOKEN.c.user_id == user_id, API_TOKEN.c.revoked_at.is_(None), API_TOKEN.c.expires_at > self.now()
            )
            .order_by(API_TOKEN.c.created_at.desc())
        )
        with self._database.transaction() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]

    def revoke_session(self, user_id: UUID, session_id: UUID) -> None:
        """End one of a user's own sessions."""
        with self._database.transaction() as connection:
            done = connection.execute(
                SESSION.update()
                .where(SESSION.c.session_id == session_id, SESSION.c.user_id == user_id, SESSION.c.revoked_at.is_(None))
                .values(revoked_at=self._clock.now())
            )
        if not done.rowcount:
            raise NotFound("There is no such session of yours.")

    def sessions_of(self, user_id: UUID) -> list[dict[str, Any]]:
        """A user's own open sessions, the newest first."""
        asked = (
            sa.select(SESSION.c.session_id, SESSION.c.created_at, SESSION.c.expires_at, SESSION.c.ip, SESSION.c.agent)
            .where(
                SESSION.c.user_id == user_id, SESSION.c.revoked_at.is_(None), SESSION.c.expires_at > self._clock.now()
            )
            .order_by(SESSION.c.created_at.desc())
        )
        with self._database.transaction() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]


def check_password(password: str) -> None:
    """Refuse a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(
            f"the password has {len(password)} characters.",
            place="password",
            remedy=f"Choose at least {SHORTEST_PASSWORD}; a few words in a row are easy to remember.",
        )


def hash_password(password: str) -> str:
    """A password as it is stored."""
    return _PASSWORDS.hash(password)
