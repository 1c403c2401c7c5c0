"""How often a socket may ask the database for channels, refused joins and new tokens included: each costs it a transaction."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from wedsync.channels.token_bucket import TokenBucket
from wedsync.services.rules import RuleBook

if TYPE_CHECKING:
    from wedsync.server.connection import Connection

_ROOM_AGAIN = 0.5


class JoinRates:
    """The rate of the settings, for each socket."""

    def __init__(self, rules: RuleBook) -> None:
        self._rules = rules

    def refusal(self, connection: Connection) -> str | None:
        """Why a join is too much now, or None, and then it is counted."""
        if self._takes(connection):
            return None
        most = self._rules.rules.joins_per_second
        return f"ClientJoinRateLimitReached: at most {most:g} joins a second per socket, averaged over ten seconds"

    async def wait(self, connection: Connection) -> None:
        """Return when there is room for one more: a new token is never refused for coming too soon."""
        while not self._takes(connection) and connection.open:  # noqa: ASYNC110 (room comes with time alone)
            await asyncio.sleep(_ROOM_AGAIN)

    def _takes(self, connection: Connection) -> bool:
        most, now = self._rules.rules.joins_per_second, time.monotonic()
        if connection.joins is None:
            connection.joins = TokenBucket(most, now)
        return connection.joins.take(most, now)
