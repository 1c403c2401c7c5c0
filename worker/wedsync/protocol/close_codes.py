"""Why the server closes a socket. Stock clients reconnect after each of these codes. Pure.

The page docs/reference/realtime.md is made from this module.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class CloseCode(IntEnum):
    """What the server closes with by itself. `meaning` is for people, `advice` says what a client does about it.

    1000 and 1001 are not among them: the Python client does not come back after those.
    """

    meaning: str
    advice: str

    def __new__(cls, code: int, meaning: str, advice: str) -> Self:
        """One code with its texts."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        member.advice = advice
        return member

    INVALID_DATA = 1007, "a text message is not UTF-8", "mend the sender"
    INTERNAL_ERROR = 1011, "a mistake of the server; it is in its log", "come back: nothing is missed"
    RESTART = 1012, "the server, or its database, restarts", "come back: nothing is missed"
    IDLE = (
        4001,
        "nothing was heard from the client for a minute, in spite of pings, or it has answered none for two minutes",
        "come back: nothing is missed",
    )
    NO_CHANNEL = 4002, "no channel was joined for ten minutes", "open a socket when there is a channel to join"
    REPLACED = (
        4003,
        "beyond the limit of sockets, another one of the same person and `session` took the place of this one",
        "come back only where it is still used; give each tab a `session` of its own",
    )
    SLOW = (
        4008,
        "more than a mebibyte waits for the client to read it, or a client that catches up reads nothing for ten seconds",
        "come back: what was missed is sent as fast as the client reads",
    )


PROTOCOL_CODES = {
    1002: ("a frame breaks RFC 6455", "mend the sender"),
    1009: ("a message is larger than 5,000,000 bytes", "send less at once"),
}
"""What the WebSocket protocol itself closes with, as (meaning, advice)."""
