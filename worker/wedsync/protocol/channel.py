"""A channel, as described by its join. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from wedsync.protocol.frames import Ref

PREFIX = "realtime:"


class ChannelState(Enum):
    """State of a channel. Closed channels are never reused; a rejoin creates a new one."""

    JOINING = 1
    JOINED = 2
    CLOSED = 3


class Channel:
    """One joined (or joining) topic of one socket.

    ``topic`` is in the client's spelling, with the ``realtime:`` prefix, as in every frame to this client. ``name``
    is without the prefix, and canonical (as in SQL's `canonical_topic`) once SQL has admitted the channel.
    ``client`` is the client's name and version, such as ``realtime-js/2.119.0``, or empty.
    """

    __slots__ = (
        "ack", "client", "config", "echo", "join_ref", "name", "presence", "presence_key", "ref", "state", "token", "topic",
    )  # fmt: skip

    def __init__(self, topic: str, join_ref: Ref, ref: Ref, payload: Mapping[str, object]) -> None:
        self.topic = topic
        self.name = topic.removeprefix(PREFIX)
        self.join_ref = join_ref
        self.ref = ref
        config = payload.get("config")
        self.config: dict[str, object] | None = config if isinstance(config, dict) else None
        broadcast, presence = section(self.config, "broadcast"), section(self.config, "presence")
        self.ack = is_true(broadcast.get("ack"))
        self.echo = is_true(broadcast.get("self"))
        self.presence = is_true(presence.get("enabled"))
        self.presence_key = _presence_key(presence.get("key"))
        self.token = own_token(payload.get("access_token")) or own_token(payload.get("user_token"))
        version = payload.get("version")
        self.client = version if isinstance(version, str) else ""
        self.state = ChannelState.JOINING

    def ended(self) -> bool:
        """Left, closed, or superseded by another join."""
        return self.state is ChannelState.CLOSED


def section(config: dict[str, object] | None, name: str) -> dict[str, object]:
    """A section of a join's config, empty if missing."""
    section = (config or {}).get(name)
    return section if isinstance(section, dict) else {}


def is_true(value: object) -> bool:
    """Whether a client's value is true."""
    return value is True or value == "true"


def _presence_key(value: object) -> str | None:
    """The client's key as text; None if the server has to generate one."""
    if value is None or value == "" or isinstance(value, (dict, list)):
        return None
    return str(value)


def own_token(value: object) -> str | None:
    """The user's JWT, or None if the socket's key applies."""
    if isinstance(value, str) and value and not value.startswith("sb_"):
        return value
    return None
