"""Parsing of the handshake request: serializer and key, or the refusal. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

PATHS = frozenset(("/socket/websocket", "/realtime/v1/websocket"))
VERSIONS = frozenset(("1.0.0", "2.0.0"))
SESSION_LIMIT = 100
_DEFAULT_VERSION = "1.0.0"


class HandshakeRefused(Exception):
    """The request is answered with HTTP `status` and the text as `error`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Opening:
    """The request in the address and headers. `version` is one of `VERSIONS`; `session` is the client's session
    parameter, the same after every reconnect, or None."""

    version: str
    api_key: str
    session: str | None


def read_opening(target: str, api_key_header: str | None) -> Opening:
    """Parse a request target such as `/socket/websocket?apikey=...&vsn=2.0.0`; unknown keys are ignored.

    The header `x-api-key` takes precedence over the parameter. Raises `HandshakeRefused`.
    """
    try:
        parts = urlsplit(target)
        query = parse_qs(parts.query, max_num_fields=100)
    except ValueError as exc:
        raise HandshakeRefused(400, "the address cannot be parsed") from exc
    if parts.path not in PATHS:
        raise HandshakeRefused(404, f"sockets are at {' and '.join(sorted(PATHS))}")
    version = query.get("vsn", [_DEFAULT_VERSION])[-1]
    if version not in VERSIONS:
        raise HandshakeRefused(400, f"vsn must be one of {', '.join(sorted(VERSIONS))}")
    api_key = api_key_header or query.get("apikey", [""])[-1]
    if not api_key:
        raise HandshakeRefused(401, "send a key as the parameter apikey or the header x-api-key")
    session = query.get("session", [""])[-1]
    if len(session) > SESSION_LIMIT or "\0" in session:
        raise HandshakeRefused(400, f"session may have at most {SESSION_LIMIT} characters")
    return Opening(version, api_key, session or None)
