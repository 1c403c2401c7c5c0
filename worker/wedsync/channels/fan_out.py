"""Fan-out: subscriptions by key, and the same bytes to all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from wedsync.channels.subscription import FRAME_KINDS, Socket, Subscription
from wedsync.protocol.frames import Serializer

K = TypeVar("K")
Variants = Mapping[tuple[Serializer, str], Iterable[Subscription]]
"""Subscriptions by serializer and topic with prefix: each of these receives the same bytes."""


class Index(Generic[K]):
    """Subscriptions by a key."""

    def __init__(self) -> None:
        self.all: dict[K, dict[tuple[Serializer, str], dict[Subscription, None]]] = {}

    def add(self, key: K, subscription: Subscription) -> None:
        """Harmless if it is present."""
        variants = self.all.setdefault(key, {})
        variants.setdefault((subscription.socket.serializer, subscription.topic), {})[subscription] = None

    def remove(self, key: K, subscription: Subscription) -> None:
        """Harmless if it is missing."""
        variants, variant = self.all.get(key, {}), (subscription.socket.serializer, subscription.topic)
        subscriptions = variants.get(variant, {})
        subscriptions.pop(subscription, None)
        if not subscriptions:
            variants.pop(variant, None)
        if not variants:
            self.all.pop(key, None)


def fan_out(
    variants: Variants,
    kind: str,
    encode: Callable[[Serializer, str], bytes | None],
    pending: dict[Socket, list[bytes]],
    wanted: Callable[[Subscription], bool] | None,
) -> int:
    """Add one frame to `pending` for each subscription that wants it (None: all do); returns for how many.

    `encode` gets a serializer and the topic with prefix; None means that the serializer cannot represent it.
    """
    count, place = 0, FRAME_KINDS.index(kind)
    for (serializer, topic), subscriptions in variants.items():
        data = encode(serializer, topic)
        if data is None:
            continue
        for subscription in subscriptions:
            if wanted is None or wanted(subscription):
                count += 1
                subscription.received[place] += 1
                waiting = pending.get(subscription.socket)
                if waiting is None:
                    pending[subscription.socket] = [data]
                else:
                    waiting.append(data)
    return count


def deliver(pending: dict[Socket, list[bytes]]) -> None:
    """Hand over frames that need no confirmation, one write per socket."""
    for socket, frames in pending.items():
        socket.deliver(frames[0] if len(frames) == 1 else b"".join(frames))
    pending.clear()
