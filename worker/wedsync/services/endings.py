"""Ends of channels: left, revoked, expired, or to be rejoined; and log entries for single channels."""

from __future__ import annotations

import json

from wedsync.channels.hub import Hub
from wedsync.channels.subscription import Socket, Subscription
from wedsync.metrics import Stats
from wedsync.protocol.phoenix import system
from wedsync.services.bookkeeping import Bookkeeper
from wedsync.services.expiries import Expiries
from wedsync.services.leaves import Leaves
from wedsync.services.presence import Presence


class Endings:
    """Ends channels of one node, and releases their subscriptions."""

    def __init__(self, hub: Hub, leaves: Leaves, presence: Presence, books: Bookkeeper, stats: Stats) -> None:
        self.expiries = Expiries(hub, self._run_out)
        self._hub = hub
        self._leaves = leaves
        self._presence = presence
        self._books = books
        self._stats = stats
        hub.changes = self

    def release(self, subscription: Subscription, *, on_purpose: bool) -> None:
        """Release a subscription that ended. Unless deliberate, a later join can resume from there."""
        if subscription.is_admitted:
            subscription.leave(subscription.socket.confirmed(), on_purpose=on_purpose)
            self._hub.remove(subscription)
            self._presence.leave(subscription)
            self._books.count(subscription.user, subscription.name, "unsubscribe")
            self._leaves.add(subscription)

    def confirm(self, socket: Socket) -> None:
        """The client may have received more: its earlier position is released once it has all missed events."""
        confirmed = socket.confirmed()
        for subscription in socket.session.channels.values():
            if subscription.is_return and subscription.is_admitted and subscription.has_confirmed(confirmed):
                subscription.is_return = False
                self._leaves.confirm(subscription.id)

    def end(self, subscription: Subscription, reason: str, *, recoverable: bool) -> None:
        """Tell the client that a channel ended; stock clients rejoin if it is `recoverable`."""
        socket = subscription.socket
        finish = socket.session.errored if recoverable else socket.session.closed
        socket.push(finish(subscription, reason))
        self.release(subscription, on_purpose=not recoverable)
        socket.note_emptiness()

    def lost(self, subscription: Subscription, reason: str) -> None:
        """Access was revoked; `reason` is JSON or plain text."""
        if subscription.is_admitted:
            socket = subscription.socket
            self._stats.count("channels_ended", "right_lost")
            # Delivery is uncertain, so its next join resyncs.
            socket.push(socket.session.closed(subscription, _reason_text(reason)))
            self.release(subscription, on_purpose=False)
            socket.note_emptiness()

    def resync(self, subscription: Subscription) -> None:
        """The client's data of a channel may be out of date."""
        if subscription.is_admitted:
            subscription.socket.note_unconfirmed()
            subscription.socket.push((system(subscription, "wedsync", "ok", "resync: read a fresh snapshot"),))

    def rejoin(self, subscription: Subscription, reason: str) -> None:
        """The channel has to be rejoined to continue without a gap."""
        if subscription.is_admitted:
            self._stats.count("channels_ended", "resync")
            self.end(subscription, reason, recoverable=True)

    def rights_changed(self, subscription: Subscription) -> None:
        """The client's data may show too much or too little."""
        if subscription.is_admitted:
            note = system(subscription, "wedsync", "ok", "rights changed: read a fresh snapshot")
            subscription.socket.push((note,))

    def _run_out(self, subscription: Subscription) -> None:
        self._stats.count("channels_ended", "token_expired")
        self.end(subscription, "InvalidJWTToken: the token has expired", recoverable=True)


def _reason_text(payload: str) -> str:
    """The reason in `{"reason": text}`, or the text itself."""
    try:
        value = json.loads(payload)
    except ValueError:
        return payload
    return str(value.get("reason", payload)) if isinstance(value, dict) else payload
