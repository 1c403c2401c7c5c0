"""Transport between worker processes: the database by default, NATS if configured."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wedsync.database.listener import Listener
from wedsync.services.bus import Bus, PostgresBus

if TYPE_CHECKING:
    from wedsync.services.feed import Feed
    from wedsync.services.leader import Leader


@dataclass(frozen=True, slots=True)
class Transport:
    """`bus` carries what people do among themselves, `feed` the frames of the log; without one a node reads the log itself.

    `poll` is called after a join, to have the log polled soon. `work` runs as long as the node.
    """

    bus: Bus
    poll: Callable[[], None]
    feed: Feed | None = None
    leader: Leader | None = None
    work: Sequence[Coroutine[Any, Any, None]] = ()


def over_postgres(listener: Listener, live_pool: Any) -> Transport:
    """Everything over the database."""
    return Transport(PostgresBus(live_pool, listener), listener.notified.set)


def over_nats(
    url: str, dsn: str, node: uuid.UUID, listener: Listener, pool: Any, live_pool: Any, epoch: Callable[[], str | None]
) -> Transport:
    """Over a NATS server. `epoch` returns None until the database was reached."""
    # Optional: installed with the extra `nats`.
    from wedsync.services.broker import Broker
    from wedsync.services.feed import Feed
    from wedsync.services.leader import Leader
    from wedsync.services.nats_bus import NatsBus

    broker = Broker(url)
    feed = Feed(broker, node)
    leader = Leader(dsn, node, listener, broker, pool, lambda: feed.incarnation)
    bus = NatsBus(broker, epoch, listener, live_pool)
    return Transport(bus, feed.ask, feed, leader, (broker.run(), leader.run()))
