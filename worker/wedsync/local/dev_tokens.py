"""Tokens for development and for the demo, signed with the shared secret."""

from __future__ import annotations

import time

import jwt

from wedsync.settings import Settings


def sign(
    secret: str, subject: str | None, role: str = "authenticated", seconds: float = 86400, **claims: object
) -> str:
    """An HS256 token with role, exp and, if given, sub; other claims are included unchanged."""
    content: dict[str, object] = {"role": role, "exp": int(time.time() + seconds), **claims}
    if subject is not None:
        content["sub"] = subject
    return jwt.encode(content, secret, algorithm="HS256")


def claims_of(settings: Settings) -> dict[str, str]:
    """The claims `aud` and `iss` that a worker with these settings requires."""
    wanted = {"aud": settings.jwt_audience, "iss": settings.jwt_issuer}
    return {name: value for name, value in wanted.items() if value is not None}
