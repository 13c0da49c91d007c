"""Signing in through an identity provider: OpenID Connect, authorization code with PKCE, state and nonce."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import sqlalchemy as sa
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from housestaff.core.errors import BadInput, NotAllowed, Unreachable
from housestaff.features.accounts import single_use
from housestaff.features.accounts.model import OPENID_LIFE, User, as_email
from housestaff.features.accounts.store import APP_USER, user_of_row
from housestaff.plumbing.access import LinkOver
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.crypto import Sealer, hash_of_token, new_token
from housestaff.plumbing.database import Database

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_LEEWAY = 60
_TIMEOUT = 10.0
_NOT_VERIFIED = "The identity provider's answer could not be verified. Sign in again, or ask your admin."


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and what Housestaff is to it."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def __post_init__(self) -> None:
        """Refuse a provider that is reached without encryption, except on this machine."""
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise BadInput(
                "the provider's address is not encrypted.", place="HOUSESTAFF_OIDC_ISSUER", remedy="Use https."
            )


_PURPOSE = "openid"


class OpenId:
    """Sends browsers to a provider and takes them back; nobody is let in who is not a user already."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer, provider: Provider) -> None:
        """Nothing is asked of the provider before somebody signs in."""
        self._database, self._clock, self._sealer, self._provider = database, clock, sealer, provider

    def begin(self) -> tuple[str, str]:
        """The address at the provider, and the state that the browser must bring back."""
        nonce, verifier = new_token(), new_token() + new_token()
        facts = {"sealed": self._sealer.seal(json.dumps({"nonce": nonce, "verifier": verifier}).encode()).decode()}
        with self._database.transaction() as connection:
            state = single_use.give(connection, _PURPOSE, self._clock.now() + OPENID_LIFE, facts=facts)
        endpoint = self._metadata()["authorization_endpoint"]
        with self._client() as client:
            url, _state = client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
        return str(url), state

    def finish(self, *, state: str, kept: str | None, code: str) -> User:
        """The user whom the provider vouches for; raises `NotAllowed` where there is none, or the answer is wrong."""
        if kept is None or hash_of_token(kept) != hash_of_token(state):
            raise NotAllowed("This sign-in was begun in another browser. Begin again.")
        facts = self._take(state)
        claims = self._claims(code, facts)
        return self._user(claims)

    def _take(self, state: str) -> dict[str, str]:
        with self._database.transaction() as connection:
            used = single_use.use(connection, state, _PURPOSE, self._clock.now())
        if used is None:
            raise LinkOver("This sign-in took too long, or was used already. Begin again.")
        return json.loads(self._sealer.open(used.facts["sealed"].encode()))

    def _claims(self, code: str, facts: Mapping[str, str]) -> Mapping[str, Any]:
        """What the provider says of somebody, its signature, issuer, audience, times and nonce verified."""
        metadata = self._metadata()
        try:
            with self._client() as client:
                answer = client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=facts["verifier"])
            keys = KeySet.import_key_set(_fetched(metadata["jwks_uri"]))
            claims = jwt.decode(answer["id_token"], keys, algorithms=_ALGORITHMS).claims
            self._registry(facts["nonce"]).validate(claims)
        except httpx2.HTTPError as error:
            raise Unreachable("the identity provider cannot be reached right now") from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            raise NotAllowed(_NOT_VERIFIED) from error
        mine = self._provider.client_id
        if claims["aud"] not in (mine, [mine]) and claims.get("azp") != mine:
            raise NotAllowed(_NOT_VERIFIED)
        return claims

    def _registry(self, nonce: str) -> jwt.JWTClaimsRegistry:
        # The library checks nothing that it is not told to: `exp` must be there, and is held against our clock.
        return jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )

    def _user(self, claims: Mapping[str, Any]) -> User:
        """The user of a subject that is known, or of a verified address; then the subject is known from now on."""
        subject = f"{self._provider.issuer} {claims['sub']}"
        with self._database.transaction() as connection:
            row = connection.execute(
                sa.select(APP_USER).where(APP_USER.c.oidc_subject == subject, APP_USER.c.active)
            ).one_or_none()
            if row is None and claims.get("email_verified") is True and claims.get("email"):
                row = connection.execute(
                    APP_USER.update()
                    .where(APP_USER.c.email == as_email(str(claims["email"])), APP_USER.c.active)
                    .where(APP_USER.c.oidc_subject.is_(None))
                    .values(oidc_subject=subject)
                    .returning(*APP_USER.columns)
                ).one_or_none()
        if row is None:
            raise NotAllowed("Nobody here has invited this login. Ask the coordinator of your program.")
        return user_of_row(row)

    def _metadata(self) -> Mapping[str, Any]:
        try:
            metadata = _fetched(f"{self._provider.issuer}/.well-known/openid-configuration")
        except (httpx2.HTTPError, ValueError) as error:
            raise Unreachable("the identity provider cannot be reached right now") from error
        if metadata.get("issuer") != self._provider.issuer:
            raise NotAllowed(_NOT_VERIFIED)
        return metadata

    def _client(self) -> Any:
        return OAuth2Client(
            self._provider.client_id,
            self._provider.client_secret,
            redirect_uri=self._provider.redirect_uri,
            scope="openid email profile",
            code_challenge_method="S256",
            timeout=_TIMEOUT,
        )


def _fetched(url: str) -> Any:
    return httpx2.get(url, timeout=_TIMEOUT).raise_for_status().json()
