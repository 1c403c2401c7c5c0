"""Development tokens for the tests."""

from __future__ import annotations

from uuid import UUID

from wedsync.local.dev_tokens import sign

SECRET = "a-secret-for-tests-only-of-more-than-32-bytes"


def token(subject: UUID | str | None, role: str = "authenticated", *, lifetime: float = 3600, **claims: object) -> str:
    """A signed token; `lifetime` is in seconds and may be negative."""
    return sign(SECRET, str(subject) if subject else None, role, lifetime, **claims)
