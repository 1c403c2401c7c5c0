"""Session tokens of `wedsync.join_session`; SQL knows their users and expiry."""

from __future__ import annotations

import asyncio
from typing import Any

from wedsync.auth import Identity, TokenError, TokenUnchecked
from wedsync.database import calls
from wedsync.database.connections import TRANSIENT
from wedsync.logs import logger

log = logger("sessions")

_SECONDS = 5.0
_AT_ONCE = 2
"""Look-ups of forged tokens must leave pool connections for joins."""


class SessionTokens:
    """Looks session tokens up by their hash."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def identify(self, digest: bytes) -> Identity:
        """The identity of the token with that SHA-256. Raises `TokenError`, `TokenUnchecked` without a database."""
        try:
            async with asyncio.timeout(_SECONDS), self._turn:
                answer = await calls.session_claims(self._pool, digest)
        except TRANSIENT as exc:
            log.warning("session_not_looked_up", error=type(exc).__name__)
            raise TokenUnchecked from exc
        if not answer["ok"]:
            raise TokenError("InvalidJWTToken", answer["reason"])
        claims = answer["claims"]
        return Identity(claims, float(claims["exp"]))
