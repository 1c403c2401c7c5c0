"""What a returning client missed, read from the database page by page, so that no absence is too long to be held."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from wedsync.channels.replay import Replay, with_replay
from wedsync.channels.snapshots import Snapshot
from wedsync.channels.subscription import Row

PAGE_BYTES = 1_000_000
"""Text of a page: a socket may join a hundred channels at once, and each of them holds one."""

# The last row tells the snapshot that the first page, and all behind it, are read in: what is not visible there comes live.
_MISSED = """
select kind, group_id, couple_id, seq, payload from wedsync_internal.missed_frames($1, $2, $3)
union all select 'cursor', null, null, null, pg_catalog.pg_current_snapshot()::text
"""
_REPLAY = "select m.payload from wedsync_internal.replay_messages($1, $2, $3) as m (payload)"

Read = Callable[..., Awaitable[list[Row]]]
"""Runs a query with its arguments."""


class Missed:
    """Pages of frames to send before live ones. `until` is what they include.

    `resync`: the client was given access to more meanwhile, which was never sent to it.
    """

    def __init__(self, subscription_id: int, read: Read) -> None:
        self.until: Snapshot
        self.resync = False
        self._subscription_id = subscription_id
        self._read = read
        self._stored: list[str] = []
        self._page: list[Row] = []
        self._next: str | None = None

    async def begin(self, cursor: str, replay: Replay | None) -> None:
        """Read what is wanted again, and the first page of what was missed since `cursor`."""
        if replay is not None:
            rows = await self._read(_REPLAY, self._subscription_id, replay.since, replay.limit)
            self._stored = [str(row["payload"]) for row in rows]
        # After the stored ones, so that nothing is sent between the two.
        self.until = Snapshot.parse(await self._turn(cursor))

    async def pages(self) -> AsyncIterator[list[Row]]:
        """Rows of `missed_frames` in order, one page held at a time. Raises what reading raises."""
        while True:
            page, self._page = self._page, []
            # What is wanted again goes before the first message that was missed, which is behind all events.
            if self._next is None or any(row["couple_id"] is None for row in page):
                page, self._stored = with_replay(self._stored, page), []
            if page:
                yield page
            if self._next is None:
                return
            await self._turn(self._next)

    async def _turn(self, cursor: str) -> str:
        """Read the page at `cursor`; returns the snapshot of the moment."""
        *rows, end = await self._read(_MISSED, self._subscription_id, cursor, PAGE_BYTES)
        self._next = str(rows.pop()["payload"]) if rows and rows[-1]["kind"] == "more" else None
        self._page = [row for row in rows if row["kind"] != "notice"]
        self.resync = self.resync or len(self._page) < len(rows)
        return str(end["payload"])
