"""Verification of tokens.

Tokens of `join_session` are opaque; `sessions` looks them up by their hash. All others are JSON Web
Tokens. One is accepted if its signature matches a key that we have, its algorithm is the one for that kind of key, it has
not expired, and it has the claims `exp` and `role`, and `aud` and `iss` if configured. HS256 is checked
with the shared secret only, RS256 and ES256 with the key set only, so a public key can never serve as a secret.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import jwt

from wedsync.errors import SettingsError
from wedsync.logs import logger
from wedsync.settings import Settings

log = logger("auth")

TOKEN_LIMIT = 16_384
"""Maximum length of a token in characters."""
_KEY_SET_LIMIT = 1_000_000
_FETCH_SECONDS = 5.0
_REFETCH_PAUSE = 10.0
_KEY_SET_SECONDS = 600.0
_SESSION_PREFIX = "wst_"
_SESSION_TOKEN = re.compile("wst_[0-9a-f]{64}")
_SUBJECT = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ALGORITHM_OF_KEY = {"RSA": "RS256", "EC": "ES256"}
_UNDECODABLE: tuple[type[Exception], ...] = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
_REFUSALS: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "InvalidJWTToken: the token has expired",
    jwt.ImmatureSignatureError: "InvalidJWTToken: the token is not valid yet",
    jwt.InvalidAudienceError: "InvalidJWTToken: the claim aud does not match the audience of this server",
    jwt.InvalidIssuerError: "InvalidJWTToken: the claim iss does not match the issuer of this server",
    jwt.InvalidSignatureError: "JwtSignatureError: the signature is invalid: "
    "sign the token with the secret or key that the worker has",
}


class TokenError(Exception):
    """A token was refused. `code` is the protocol's name for the reason; the text never contains the token."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class TokenUnchecked(TokenError):
    """The token may be valid, but cannot be looked up now."""

    def __init__(self) -> None:
        super().__init__("UnableToConnectToProject", "the database is not available, try again")


@dataclass(frozen=True, slots=True)
class Identity:
    """Verified claims. `expires_at` is in seconds since the epoch."""

    claims: dict[str, Any]
    expires_at: float

    def may_join(self) -> bool:
        """Whether the claims identify a caller: a subject that is a UUID, or the service role."""
        if self.claims["role"] == "service_role":
            return True
        try:
            uuid.UUID(str(self.claims.get("sub")))
        except ValueError:
            return False
        return True

    @property
    def user(self) -> str | None:
        """The subject in SQL's format: a UUID with hyphens, of a signed-in user or a server that acts for one."""
        subject = str(self.claims.get("sub"))
        known = self.claims["role"] in ("authenticated", "service_role") and _SUBJECT.fullmatch(subject)
        return subject.lower() if known else None


class KeySet:
    """Keys of a JWKS address, fetched when first needed, when ten minutes old, or when a key id is unknown.

    If the address stops responding, known keys are kept; attempts are at least ten seconds
    apart and never concurrent, so forged key ids cannot make us flood the address.
    """

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise SettingsError("WEDSYNC_JWKS_URL is not an http or https address")
        self._url = url
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._tried_at = float("-inf")
        self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """The key with that id; a token without an id matches a set of one key."""
        found = self._find(key_id)
        if found is None:
            await self._refresh()
            return self._find(key_id)
        if time.monotonic() - self._fetched_at > _KEY_SET_SECONDS:
            # Known keys are available without waiting.
            self._refreshing = asyncio.create_task(self._refresh())
        return found

    async def _refresh(self) -> None:
        async with self._lock:
            if time.monotonic() - self._tried_at > _REFETCH_PAUSE:
                await self._fetch()

    def _find(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    async def _fetch(self) -> None:
        self._tried_at = time.monotonic()
        try:
            keys = _usable_keys(json.loads(await asyncio.to_thread(_download, self._url)))
        except (OSError, ValueError, RecursionError) as exc:
            log.warning("jwks_fetch_failed", error=type(exc).__name__, keys_kept=len(self._keys))
            return
        self._keys = keys
        self._fetched_at = time.monotonic()
        log.info("jwks_fetched", keys=len(keys))


def _download(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 (scheme checked)
    with urllib.request.urlopen(request, timeout=_FETCH_SECONDS) as response:  # noqa: S310
        body: bytes = response.read(_KEY_SET_LIMIT + 1)
    if len(body) > _KEY_SET_LIMIT:
        raise ValueError("key set is too large")
    return body


def _usable_keys(document: object) -> dict[str | None, jwt.PyJWK]:
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a key set")  # noqa: TRY004 (one kind of error for a bad document)
    keys: dict[str | None, jwt.PyJWK] = {}
    for data in listed:
        if not isinstance(data, dict) or data.get("use", "sig") != "sig":
            continue
        algorithm = _ALGORITHM_OF_KEY.get(str(data.get("kty")))
        if algorithm is None or data.get("alg", algorithm) != algorithm:
            continue
        try:
            keys[data.get("kid")] = jwt.PyJWK.from_dict(data, algorithm)
        except jwt.PyJWTError:
            log.warning("jwks_key_unusable", kid=str(data.get("kid"))[:64])
    return keys


class TokenVerifier:
    """Checks tokens against a shared secret, a key set, or both; `audience` and `issuer` are required where given.

    `sessions` takes the SHA-256 of a session token and gives the identity behind it, or raises `TokenError`.
    """

    def __init__(
        self, secret: str | None, jwks_url: str | None, audience: str | None = None, issuer: str | None = None
    ) -> None:
        if secret is None and jwks_url is None:
            raise SettingsError(
                "no key to check tokens with", hint="set WEDSYNC_JWT_SECRET (HS256) or WEDSYNC_JWKS_URL (RS256, ES256)"
            )
        self.sessions: Callable[[bytes], Awaitable[Identity]] | None = None
        self._secret = secret
        self._key_set = KeySet(jwks_url) if jwks_url is not None else None
        self._audience = audience
        self._issuer = issuer

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """From the settings; `sessions` has to be set."""
        return cls(settings.jwt_secret, settings.jwks_url, settings.jwt_audience, settings.jwt_issuer)

    async def verify(self, token: str) -> Identity:
        """The identity that `token` proves. Raises `TokenError`."""
        if len(token) > TOKEN_LIMIT:
            raise TokenError("MalformedJWT", "the token is too long")
        if token.startswith(_SESSION_PREFIX):
            return await self._verify_session(token)
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError) as exc:
            raise TokenError("MalformedJWT", "the token is not a JSON Web Token") from exc
        algorithm = header.get("alg")
        key = await self._key_for(algorithm, header.get("kid"))
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[str(algorithm)],
                audience=self._audience,
                issuer=self._issuer,
                options={
                    "require": ["exp"], "verify_aud": self._audience is not None, "verify_iss": self._issuer is not None,
                    "verify_iat": False, "verify_sub": False,
                },
            )  # fmt: skip
            expires_at = float(claims["exp"])
        except jwt.MissingRequiredClaimError as exc:
            raise self._incomplete() from exc
        except _UNDECODABLE as exc:
            code, _, reason = _REFUSALS.get(type(exc), "MalformedJWT: the token cannot be decoded").partition(": ")
            raise TokenError(code, reason) from exc
        if not isinstance(claims.get("role"), str) or not claims["role"]:
            raise self._incomplete()
        return Identity(claims, expires_at)

    def _incomplete(self) -> TokenError:
        wanted = ("aud" if self._audience else None, "iss" if self._issuer else None)
        names = " and ".join(("role", "exp", *filter(None, wanted)))
        return TokenError("InvalidJWTToken", f"the token must have the claims {names}")

    async def _verify_session(self, token: str) -> Identity:
        if self.sessions is None or not _SESSION_TOKEN.fullmatch(token):
            raise TokenError("MalformedJWT", "the session token cannot be decoded")
        # Look up the hash, so that the token does not appear in the database's logs.
        return await self.sessions(hashlib.sha256(token.encode()).digest())

    async def _key_for(self, algorithm: object, key_id: object) -> str | jwt.PyJWK:
        if algorithm == "HS256" and self._secret is not None:
            return self._secret
        if algorithm in _ALGORITHM_OF_KEY.values() and self._key_set is not None:
            if key_id is not None and not isinstance(key_id, str):
                raise TokenError("MalformedJWT", "the key id is not a string")
            key = await self._key_set.key(key_id)
            if key is not None and key.algorithm_name == algorithm:
                return key
            raise TokenError("JwtSignerError", "the key set has no key for this token")
        raise TokenError(
            "JwtSignerError",
            "the signing algorithm of the token is not accepted: use HS256, or RS256 or ES256 with a key set",
        )
