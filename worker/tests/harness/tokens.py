"""Development tokens for the tests."""

from __future__ import annotations

import time
from uuid import UUID

import jwt

SECRET = "a-secret-for-tests-only-of-more-than-32-bytes"


def token(subject: UUID | str | None, role: str = "authenticated", *, lifetime: float = 3600, **claims: object) -> str:
    """A signed HS256 token; `lifetime` is in seconds and may be negative."""
    content: dict[str, object] = {"role": role, "exp": int(time.time() + lifetime), **claims}
    if subject is not None:
        content["sub"] = str(subject)
    return jwt.encode(content, SECRET, algorithm="HS256")
