"""The ends of channels: left, lost, run out, or to be joined anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wedsync.channels.hub import Hub
from wedsync.channels.subscription import Member
from wedsync.protocol.channel import Channel
from wedsync.protocol.phoenix import system
from wedsync.server.connection import Connection
from wedsync.services.expiries import Expiries
from wedsync.services.joins import Subscriptions
from wedsync.services.live import Live
from wedsync.services.seats import Seat

if TYPE_CHECKING:
    from wedsync.server.gateway import Gateway


class Endings:
    """Ends channels of one gateway, and gives back what they held."""

    def __init__(self, gateway: Gateway, subscriptions: Subscriptions, hub: Hub, live: Live) -> None:
        self.expiries = Expiries(self._run_out)
        self._gateway = gateway
        self._departures = subscriptions.departures
        self._hub = hub
        self._live = live

    def release(self, connection: Connection, channel: Channel, *, on_purpose: bool) -> None:
        """Give back the seat of a channel that ended. Unless it did so on purpose, a later join can go on from there."""
        seat = connection.seats.get(channel.topic)
        if seat is not None and seat.channel is channel:
            del connection.seats[channel.topic]
            self.expiries.forget(seat)
            self._hub.remove(seat.member)
            self._live.leave(seat)
            self._gateway.books.count(seat.identity.user, channel.name, "unsubscribe")
            self._departures.leave(seat.departure(connection.confirmed(), on_purpose=on_purpose))

    def confirm(self, connection: Connection) -> None:
        """The client may have received more: what it went on from is of no use once that includes all it had missed."""
        confirmed = connection.confirmed()
        for seat in connection.seats.values():
            if seat.owed and seat.has_confirmed(confirmed):
                seat.owed = False
                self._departures.confirm(seat.member.subscription_id)

    def lost(self, connection: Connection, member: Member, reason: str) -> None:
        """SQL took the right away; `reason` is its JSON or plain text."""
        seat = connection.seats.get(member.topic)
        if seat is not None and seat.member is member:
            self._gateway.stats.count("channels_ended", "right_lost")
            # Whether the client hears that is not known: its next join is told to read afresh.
            connection.push(connection.session.closed(seat.channel, _reason_text(reason)))
            self.release(connection, seat.channel, on_purpose=False)
            connection.note_emptiness()

    def resync(self, connection: Connection, member: Member) -> None:
        """What a channel was not allowed to hear until now was never sent to it."""
        seat = connection.seats.get(member.topic)
        if seat is not None and seat.member is member:
            tell_resync(connection, seat.channel)

    def rejoin(self, connection: Connection, member: Member, reason: str) -> None:
        """The channel has to be joined anew to go on without a gap."""
        seat = connection.seats.get(member.topic)
        if seat is not None and seat.member is member:
            self._gateway.stats.count("channels_ended", "resync")
            self.end(connection, seat.channel, reason, recoverable=True)

    def _run_out(self, connection: Connection, seat: Seat) -> None:
        self._gateway.stats.count("channels_ended", "token_expired")
        self.end(connection, seat.channel, "InvalidJWTToken: the token has expired", recoverable=True)

    def end(self, connection: Connection, channel: Channel, reason: str, *, recoverable: bool) -> None:
        """Tell the client that a channel ended; a stock client joins anew when that is `recoverable`."""
        end = connection.session.errored if recoverable else connection.session.closed
        connection.push(end(channel, reason))
        self.release(connection, channel, on_purpose=not recoverable)
        connection.note_emptiness()


def tell_resync(connection: Connection, channel: Channel) -> None:
    """What a client keeps of a channel may be out of date."""
    connection.note_unconfirmed()
    connection.push((system(channel, "wedsync", "ok", "resync: read a fresh snapshot"),))


def _reason_text(payload: str) -> str:
    """The reason in `{"reason": text}`, or the text itself."""
    try:
        value = json.loads(payload)
    except ValueError:
        return payload
    return str(value.get("reason", payload)) if isinstance(value, dict) else payload
