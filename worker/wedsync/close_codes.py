"""Why the server closes a socket. Stock clients reconnect after each of these codes. Pure."""

from __future__ import annotations

from enum import IntEnum


class CloseCode(IntEnum):
    """Codes below 4000 are RFC 6455's and IANA's; 1002 and 1009 come from the WebSocket protocol itself."""

    INVALID_DATA = 1007
    """A text message is not UTF-8."""
    INTERNAL_ERROR = 1011
    """A mistake of the server; it is in its log."""
    RESTART = 1012
    """The server, or its database, restarts: come back and join anew."""
    IDLE = 4001
    """Nothing was heard from the client for a minute, in spite of a ping."""
    NO_CHANNEL = 4002
    """No channel was joined for ten minutes."""
    SLOW = 4008
    """The client reads more slowly than it is told things; after a rejoin it goes on."""
