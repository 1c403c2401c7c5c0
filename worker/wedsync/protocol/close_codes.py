"""Close codes of the server. Stock clients reconnect after each of them. Pure.

docs/reference/realtime.md is generated from this module.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class CloseCode(IntEnum):
    """Codes that the server closes with. `meaning` is a description, `advice` is what the client should do.

    1000 and 1001 are not among them: the Python client does not reconnect after those.
    """

    meaning: str
    advice: str

    def __new__(cls, code: int, meaning: str, advice: str) -> Self:
        """A code with its texts."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        member.advice = advice
        return member

    INVALID_DATA = 1007, "a text message is not UTF-8", "correct the sender"
    INTERNAL_ERROR = 1011, "internal error, see the worker's log", "reconnect: nothing is missed"
    RESTART = 1012, "the server or its database restarts", "reconnect: nothing is missed"
    IDLE = (
        4001,
        "nothing was received from the client for a minute, or no pong for two minutes",
        "reconnect: nothing is missed",
    )
    NO_CHANNEL = 4002, "no channel was joined for ten minutes", "connect only when there is a channel to join"
    REPLACED = (
        4003,
        "the user reached the limit of sockets, and another one with the same `session` replaced this one",
        "reconnect only if still in use; give each tab its own `session`",
    )
    SLOW = (
        4008,
        "the client has more than 1 MiB of unread data, or read nothing for ten seconds while catching up",
        "reconnect: missed events are sent as fast as the client reads",
    )


PROTOCOL_CODES = {
    1002: ("a frame violates RFC 6455", "correct the sender"),
    1009: ("a message exceeds 5,000,000 bytes", "send smaller messages"),
}
"""Close codes of the WebSocket protocol itself, as (meaning, advice)."""
