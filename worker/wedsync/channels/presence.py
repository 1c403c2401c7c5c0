"""The presence members of a topic in this process, and the clients that need the state again. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

from wedsync.channels.fan_out import Variants
from wedsync.channels.presence_topic import Change, PresenceTopic
from wedsync.channels.subscription import Room, Subscription
from wedsync.protocol.frames import Serializer, text_frame, to_json

RESYNC_SECONDS = 60.0
HEAL_SECONDS = 1.0
_HEALED_PER_SECOND = 10_000
_JAVASCRIPT = re.compile(r"realtime-js/(\d{1,4})\.(\d{1,4})\.(\d{1,4})")


class Attendance:
    """A topic's state, and the number of its members; `forgetful` ones are sent the state again after changes."""

    def __init__(self, room: Room, now: float) -> None:
        self.topic = PresenceTopic()
        self.room = room
        self.members = 0
        self.forgetful = 0
        self.heal_at = float("inf")
        self.gap_since: float | None = None
        self.overtaken = 0
        self.resync_at = 0.0
        self.resync_later(now)

    @property
    def is_known(self) -> bool:
        """Whether the state can be sent."""
        return self.topic.version is not None and not self.topic.has_gap

    def resync_later(self, now: float) -> None:
        """The state is up to date."""
        self.resync_at = now + RESYNC_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311

    def note_gap(self, now: float) -> None:
        """Record since when changes wait for earlier ones."""
        self.gap_since = (self.gap_since or now) if self.topic.has_gap else None

    def note_changes(self, changes: list[Change], now: float) -> None:
        """Members were sent these changes: forgetful ones get the state soon."""
        if self.forgetful and any(self._makes_ghosts(change) for change in changes):
            work = self.forgetful * self.topic.entries() / _HEALED_PER_SECOND
            self.heal_at = min(self.heal_at, now + HEAL_SECONDS + work)

    def _makes_ghosts(self, change: Change) -> bool:
        """Whether metas of a known user change. Leaving counts too, because even the repairing state damages what stays."""
        return change.leave is not None or self.topic.devices(change.key) > 1


def members(variants: Variants) -> Iterator[Subscription]:
    """The presence members of a room."""
    return (
        subscription
        for subscriptions in variants.values()
        for subscription in subscriptions
        if subscription.state_awaited is not None
    )


def keeps_ghosts(client: str, serializer: Serializer) -> bool:
    """Whether a client may lose the references of users whose metas change, and so show them forever.

    realtime-js does from 2.100.0 to 2.110.8, and does not always send its version; the state makes it drop what it
    should have dropped.
    """
    found = _JAVASCRIPT.match(client)
    if found is None:
        return serializer is Serializer.V2 and not client
    return (2, 100, 0) <= tuple(int(part) for part in found.groups()) <= (2, 110, 8)


def send_state(subscription: Subscription, payload: Mapping[str, object]) -> None:
    """Send a state to one member, as a message of its own channel."""
    socket, text = subscription.socket, to_json(payload)
    socket.deliver(
        text_frame(socket.serializer, subscription.join_ref, None, subscription.topic, "presence_state", text)
    )
