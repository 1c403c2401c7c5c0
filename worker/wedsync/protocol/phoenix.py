"""Phoenix channels of one socket: interprets client messages and builds replies. Pure.

`Session` holds the channels of one socket. `Session.receive` turns a message into actions; work
that needs the database (`JoinRequest`, `LeaveRequest`, `TokenRequest`) is returned to the caller,
who reports the outcome through `joined`, `refused`, `errored` and `closed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeGuard, TypeVar

from wedsync.protocol.channel import PREFIX, Channel, ChannelState, is_true, own_token, section
from wedsync.protocol.frames import Ref

C = TypeVar("C", bound=Channel)

CHANNELS_PER_SOCKET = 100
SYNC_ROWS = 100
MOST_SYNC_ROWS = 500
# The last four are the raw messages of the collaboration document, which stock clients can send as events of a channel.
_REQUESTS = frozenset(("broadcast", "presence", "presence_update", "collaboration_event", "data_sync", "ping"))


@dataclass(frozen=True, slots=True)
class Push:
    """A message for the client."""

    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JoinRequest(Generic[C]):
    """Authorize ``channel`` with its token and config, then call `Session.joined` or `Session.refused`."""

    channel: C


@dataclass(frozen=True, slots=True)
class LeaveRequest(Generic[C]):
    """Drop the subscription of ``channel``; it is closed already."""

    channel: C


@dataclass(frozen=True, slots=True)
class TokenRequest(Generic[C]):
    """Reauthorize ``channel`` with ``token``."""

    channel: C
    token: str


@dataclass(frozen=True, slots=True)
class BroadcastRequest(Generic[C]):
    """Broadcast ``payload`` (decoded JSON, or the payload of a binary frame) to the others on ``channel``."""

    channel: C
    join_ref: Ref
    ref: Ref
    payload: object


@dataclass(frozen=True, slots=True)
class PresenceRequest(Generic[C]):
    """Track or untrack on ``channel``, according to ``payload``."""

    channel: C
    join_ref: Ref
    ref: Ref
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CollaborationRequest(BroadcastRequest[C]):
    """A `collaboration_event`: a broadcast with its sender's id, which is always answered."""


@dataclass(frozen=True, slots=True)
class SyncRequest(Generic[C]):
    """Send events after ``after_seq`` that ``channel`` may receive, up to ``max_rows``."""

    channel: C
    join_ref: Ref
    ref: Ref
    after_seq: int
    max_rows: int


Request = BroadcastRequest[C] | PresenceRequest[C] | SyncRequest[C]
Action = Push | JoinRequest[C] | LeaveRequest[C] | TokenRequest[C] | Request[C]


def answer(request: Request[C], **error: str) -> Push:
    """The reply to a request: ok, or an error with a ``reason`` (``"<Code>: <text>"``)."""
    status = "error" if error else "ok"
    return _reply(request.join_ref, request.ref, request.channel.topic, status, error)


def synced(request: SyncRequest[C], page: Mapping[str, object]) -> list[Push]:
    """The requested page, and the reply: stock clients only report the status of a reply to their caller."""
    channel = request.channel
    ends = {name: page[name] for name in ("last_seq", "more", "trimmed")}
    return [
        Push(channel.join_ref, None, channel.topic, "data_sync", {"events": page["events"], **ends}),
        _reply(request.join_ref, request.ref, channel.topic, "ok", ends),
    ]


def _reply(join_ref: Ref, ref: Ref, topic: str, status: str, response: Mapping[str, object]) -> Push:
    return Push(join_ref, ref, topic, "phx_reply", {"status": status, "response": response})


def system(channel: Channel, extension: str, status: str, message: str) -> Push:
    """A ``system`` message; all four payload keys are strings, as the Python client requires."""
    payload = {
        "extension": extension,
        "status": status,
        "message": message,
        "channel": channel.topic.removeprefix(PREFIX),
    }
    return Push(channel.join_ref, None, channel.topic, "system", payload)


class Session(Generic[C]):
    """Channels of one socket by topic. `make` is called with topic, join_ref, ref and payload of a join."""

    __slots__ = ("_make", "channels", "limit")

    def __init__(self, make: Callable[[str, Ref, Ref, Mapping[str, object]], C] = Channel) -> None:  # type: ignore[assignment]
        self._make = make
        self.channels: dict[str, C] = {}
        self.limit = CHANNELS_PER_SOCKET

    def receive(self, join_ref: Ref, ref: Ref, topic: str, event: str, payload: object) -> list[Action[C]]:
        """Actions for a client message, in order."""
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
        if event in _REQUESTS and channel.state is ChannelState.JOINING:
            return [_reply(join_ref, ref, topic, "error", {"reason": "NotJoined: the channel is still joining"})]
        return _requests(channel, join_ref, ref, event, payload)

    def _join(self, join_ref: Ref, ref: Ref, topic: str, payload: dict[str, object]) -> list[Action[C]]:
        if not topic.startswith(PREFIX):
            return [_reply(join_ref, ref, topic, "error", {"reason": "unmatched topic"})]
        if topic == PREFIX:
            reason = "TopicNameRequired: a topic must be 'realtime:' followed by a name"
            return [_reply(join_ref, ref, topic, "error", {"reason": reason})]
        actions: list[Action[C]] = []
        earlier = self.channels.get(topic)
        if earlier is not None:
            actions += self.closed(earlier)
            actions.append(LeaveRequest(earlier))
        elif len(self.channels) >= self.limit:
            reason = f"ChannelRateLimitReached: a socket may have at most {self.limit} channels, leave one first"
            return [_reply(join_ref, ref, topic, "error", {"reason": reason})]
        channel = self._make(topic, join_ref, ref, payload)
        self.channels[topic] = channel
        actions.append(JoinRequest(channel))
        return actions

    def _leave(self, channel: C | None, join_ref: Ref, ref: Ref, topic: str) -> list[Action[C]]:
        done = _reply(join_ref, ref, topic, "ok", {})
        if channel is None or _stale(channel, join_ref):
            return [done]
        return [done, *self.closed(channel), LeaveRequest(channel)]

    def _access_token(self, channel: C, payload: dict[str, object]) -> list[Action[C]]:
        token = own_token(payload.get("access_token"))
        if token is None or token == channel.token:
            return []
        channel.token = token
        return [TokenRequest(channel, token)]

    def joined(self, channel: C, postgres_changes: list[object]) -> list[Push]:
        """The join succeeded: reply, and the message that row changes are live."""
        channel.state = ChannelState.JOINED
        response = {"postgres_changes": postgres_changes}
        pushes = [_reply(channel.join_ref, channel.ref, channel.topic, "ok", response)]
        if postgres_changes:
            pushes.append(system(channel, "postgres_changes", "ok", "Subscribed to PostgreSQL"))
        if is_true(section(channel.config, "broadcast").get("replication_ready")):
            # Clients wait for messages from SQL to be live; here they are from the join on.
            pushes.append(system(channel, "system", "ok", "Replication connection established"))
        return pushes

    def refused(self, channel: C, reason: str) -> list[Push]:
        """The join failed: error reply with ``reason`` (``"<Code>: <text>"``), channel dropped."""
        self._drop(channel)
        return [_reply(channel.join_ref, channel.ref, channel.topic, "error", {"reason": reason})]

    def errored(self, channel: C, reason: str) -> list[Push]:
        """The channel ends recoverably: the client rejoins with its current token."""
        self._drop(channel)
        error = Push(channel.join_ref, channel.join_ref, channel.topic, "phx_error", {})
        return [system(channel, "system", "error", reason), error]

    def closed(self, channel: C, reason: str | None = None) -> list[Push]:
        """The channel ends for good; with ``reason`` a ``system`` error precedes the close."""
        self._drop(channel)
        close = Push(channel.join_ref, channel.join_ref, channel.topic, "phx_close", {})
        if reason is None:
            return [close]
        return [system(channel, "system", "error", reason), close]

    def _drop(self, channel: C) -> None:
        channel.state = ChannelState.CLOSED
        if self.channels.get(channel.topic) is channel:
            del self.channels[channel.topic]


def _requests(channel: C, join_ref: Ref, ref: Ref, event: str, payload: object) -> list[Action[C]]:
    """Actions for an event on a joined channel; none if it is unknown."""
    fields = payload if isinstance(payload, dict) else {}
    match event:
        case "broadcast":
            return [BroadcastRequest(channel, join_ref, ref, payload)]
        case "presence":
            return [PresenceRequest(channel, join_ref, ref, fields)]
        case "presence_update":
            track = {"type": "presence", "event": "track", "payload": fields.get("data")}
            return [PresenceRequest(channel, join_ref, ref, track)]
        case "collaboration_event":
            return [CollaborationRequest(channel, join_ref, ref, fields.get("data"))]
        case "data_sync":
            return [_sync(channel, join_ref, ref, fields.get("data"))]
        case "ping":
            pong = Push(channel.join_ref, None, channel.topic, "pong", {"type": "pong"})
            return [pong, _reply(join_ref, ref, channel.topic, "ok", {})]
        case _:
            return []


def _sync(channel: C, join_ref: Ref, ref: Ref, data: object) -> Action[C]:
    asked = data if isinstance(data, dict) else {}
    after_seq, max_rows = asked.get("after_seq"), asked.get("max_rows", SYNC_ROWS)
    if _is_whole(after_seq, 0, 2**63 - 1) and _is_whole(max_rows, 1, MOST_SYNC_ROWS):
        return SyncRequest(channel, join_ref, ref, after_seq, max_rows)
    reason = f"MalformedSync: after_seq must be a number from 0 on, and max_rows from 1 to {MOST_SYNC_ROWS}"
    return _reply(join_ref, ref, channel.topic, "error", {"reason": reason})


def _is_whole(value: object, least: int, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _stale(channel: Channel, join_ref: Ref) -> bool:
    """True for a message of an earlier join; only comparable when both sides carry a join_ref."""
    return join_ref is not None and channel.join_ref is not None and join_ref != channel.join_ref
