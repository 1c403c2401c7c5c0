"""Phoenix channels as one socket sees them: what a client message means and what to answer. Pure.

`Session` holds the channels of one socket. `Session.receive` turns a message into actions; work
that needs the database (`JoinRequest`, `LeaveRequest`, `TokenRequest`) is handed back to the caller,
who reports the outcome through `joined`, `refused`, `errored` and `closed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

Ref = str | int | None

PREFIX = "realtime:"
CHANNELS_PER_SOCKET = 100


class ChannelState(Enum):
    """Life of a channel. A closed channel never comes back; a rejoin makes a new one."""

    JOINING = 1
    JOINED = 2
    CLOSED = 3


class Channel:
    """One joined (or joining) topic of one socket. ``topic`` includes the ``realtime:`` prefix.

    ``client`` is what the client calls itself, such as ``realtime-js/2.119.0``, or empty.
    """

    __slots__ = (
        "ack", "client", "config", "echo", "join_ref", "presence", "presence_key", "ref", "state", "token", "topic",
    )  # fmt: skip

    def __init__(self, topic: str, join_ref: Ref, ref: Ref, payload: Mapping[str, object]) -> None:
        self.topic = topic
        self.join_ref = join_ref
        self.ref = ref
        config = payload.get("config")
        self.config: dict[str, object] | None = config if isinstance(config, dict) else None
        broadcast, presence = _section(self.config, "broadcast"), _section(self.config, "presence")
        self.ack = _is_true(broadcast.get("ack"))
        self.echo = _is_true(broadcast.get("self"))
        self.presence = _is_true(presence.get("enabled"))
        self.presence_key = _presence_key(presence.get("key"))
        self.token = own_token(payload.get("access_token")) or own_token(payload.get("user_token"))
        version = payload.get("version")
        self.client = version if isinstance(version, str) else ""
        self.state = ChannelState.JOINING

    @property
    def name(self) -> str:
        """Topic without the ``realtime:`` prefix."""
        return self.topic[len(PREFIX) :]

    def ended(self) -> bool:
        """Left, closed, or superseded by another join."""
        return self.state is ChannelState.CLOSED


def _section(config: dict[str, object] | None, name: str) -> dict[str, object]:
    section = (config or {}).get(name)
    return section if isinstance(section, dict) else {}


def _is_true(value: object) -> bool:
    return value is True or value == "true"


def _presence_key(value: object) -> str | None:
    """The key that the client chose, as text; None where the server has to invent one."""
    if value is None or value == "" or isinstance(value, (dict, list)):
        return None
    return str(value)


def own_token(value: object) -> str | None:
    """The user's own JWT, or None where the protocol says that the socket's key counts."""
    if isinstance(value, str) and value and not value.startswith("sb_"):
        return value
    return None


@dataclass(frozen=True, slots=True)
class Push:
    """A message for the client."""

    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Authorise ``channel`` with its token and config, then call `Session.joined` or `Session.refused`."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Drop the subscription of ``channel``; it is closed already."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """Authorise ``channel`` anew with ``token``."""

    channel: Channel
    token: str


@dataclass(frozen=True, slots=True)
class BroadcastRequest:
    """Pass ``payload`` (decoded JSON, or the payload of a binary frame) on to the others on ``channel``."""

    channel: Channel
    join_ref: Ref
    ref: Ref
    payload: object


@dataclass(frozen=True, slots=True)
class PresenceRequest:
    """Track or untrack on ``channel``, as ``payload`` says."""

    channel: Channel
    join_ref: Ref
    ref: Ref
    payload: Mapping[str, object]


Action = Push | JoinRequest | LeaveRequest | TokenRequest | BroadcastRequest | PresenceRequest


def answer(request: BroadcastRequest | PresenceRequest, **error: str) -> Push:
    """The reply to a request: ok, or an error with a ``reason`` (``"<Code>: <text>"``)."""
    status = "error" if error else "ok"
    return _reply(request.join_ref, request.ref, request.channel.topic, status, error)


def _reply(join_ref: Ref, ref: Ref, topic: str, status: str, response: Mapping[str, object]) -> Push:
    return Push(join_ref, ref, topic, "phx_reply", {"status": status, "response": response})


def system(channel: Channel, extension: str, status: str, message: str) -> Push:
    """A ``system`` message; all four payload keys are strings, as the Python client demands."""
    payload = {"extension": extension, "status": status, "message": message, "channel": channel.name}
    return Push(channel.join_ref, None, channel.topic, "system", payload)


class Session:
    """Channels of one socket by topic."""

    __slots__ = ("channels", "limit")

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.limit = CHANNELS_PER_SOCKET

    def receive(self, join_ref: Ref, ref: Ref, topic: str, event: str, payload: object) -> list[Action]:
        """Actions that a client message asks for, in order."""
        fields = payload if isinstance(payload, dict) else {}
        if topic == "phoenix":
            if event == "heartbeat":
                return [_reply(join_ref, ref, topic, "ok", {})]
        elif event == "phx_join":
            return self._join(join_ref, ref, topic, fields)
        channel = self.channels.get(topic)
        if event == "phx_leave":
            return self._leave(channel, join_ref, ref, topic)
        if channel is None or channel.ended():
            return [_reply(join_ref, ref, topic, "error", {"reason": "unmatched topic"})]
        if _stale(channel, join_ref):
            return []
        if event == "access_token":
            return self._access_token(channel, fields)
        if event in ("broadcast", "presence") and channel.state is ChannelState.JOINING:
            return [_reply(join_ref, ref, topic, "error", {"reason": "NotJoined: the channel is still joining"})]
        if event == "broadcast":
            return [BroadcastRequest(channel, join_ref, ref, payload)]
        if event == "presence":
            return [PresenceRequest(channel, join_ref, ref, fields)]
        return []

    def _join(self, join_ref: Ref, ref: Ref, topic: str, payload: dict[str, object]) -> list[Action]:
        if not topic.startswith(PREFIX):
            return [_reply(join_ref, ref, topic, "error", {"reason": "unmatched topic"})]
        if topic == PREFIX:
            reason = "TopicNameRequired: a topic is 'realtime:' followed by a name"
            return [_reply(join_ref, ref, topic, "error", {"reason": reason})]
        actions: list[Action] = []
        earlier = self.channels.get(topic)
        if earlier is not None:
            actions += self.closed(earlier)
            actions.append(LeaveRequest(earlier))
        elif len(self.channels) >= self.limit:
            reason = f"ChannelRateLimitReached: a socket holds at most {self.limit} channels"
            return [_reply(join_ref, ref, topic, "error", {"reason": reason})]
        channel = Channel(topic, join_ref, ref, payload)
        self.channels[topic] = channel
        actions.append(JoinRequest(channel))
        return actions

    def _leave(self, channel: Channel | None, join_ref: Ref, ref: Ref, topic: str) -> list[Action]:
        done = _reply(join_ref, ref, topic, "ok", {})
        if channel is None or _stale(channel, join_ref):
            return [done]
        return [done, *self.closed(channel), LeaveRequest(channel)]

    def _access_token(self, channel: Channel, payload: dict[str, object]) -> list[Action]:
        token = own_token(payload.get("access_token"))
        if token is None or token == channel.token:
            return []
        channel.token = token
        return [TokenRequest(channel, token)]

    def joined(self, channel: Channel, postgres_changes: list[object]) -> list[Push]:
        """The join succeeded: reply, and the note that the change feed is live."""
        channel.state = ChannelState.JOINED
        response = {"postgres_changes": postgres_changes}
        pushes = [_reply(channel.join_ref, channel.ref, channel.topic, "ok", response)]
        if postgres_changes:
            pushes.append(system(channel, "postgres_changes", "ok", "Subscribed to PostgreSQL"))
        if _is_true(_section(channel.config, "broadcast").get("replication_ready")):
            # Clients ask whether messages from SQL arrive already; here they do from the join on.
            pushes.append(system(channel, "system", "ok", "Replication connection established"))
        return pushes

    def refused(self, channel: Channel, reason: str) -> list[Push]:
        """The join failed: error reply with ``reason`` (``"<Code>: <text>"``), channel dropped."""
        self._drop(channel)
        return [_reply(channel.join_ref, channel.ref, channel.topic, "error", {"reason": reason})]

    def errored(self, channel: Channel, reason: str) -> list[Push]:
        """The channel ends in a way a rejoin can cure: the client rejoins with its current token."""
        self._drop(channel)
        error = Push(channel.join_ref, channel.join_ref, channel.topic, "phx_error", {})
        return [system(channel, "system", "error", reason), error]

    def closed(self, channel: Channel, reason: str | None = None) -> list[Push]:
        """The channel ends for good; with ``reason`` a ``system`` error precedes the close."""
        self._drop(channel)
        close = Push(channel.join_ref, channel.join_ref, channel.topic, "phx_close", {})
        if reason is None:
            return [close]
        return [system(channel, "system", "error", reason), close]

    def _drop(self, channel: Channel) -> None:
        channel.state = ChannelState.CLOSED
        if self.channels.get(channel.topic) is channel:
            del self.channels[channel.topic]


def _stale(channel: Channel, join_ref: Ref) -> bool:
    """True for a message of an earlier join; only comparable when both sides carry a join_ref."""
    return join_ref is not None and channel.join_ref is not None and join_ref != channel.join_ref
