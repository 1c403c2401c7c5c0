"""Missed events of a returning client, read page by page to bound memory use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from wedsync.channels.replay import Replay, with_replay
from wedsync.channels.snapshots import Snapshot
from wedsync.channels.subscription import JoinAnswer, Row
from wedsync.database import calls

PAGE_BYTES = 1_000_000
"""Page size in characters: a socket may join a hundred channels at once, each with a page in memory."""


class Missed:
    """Pages of frames to send before live ones, for the join with that `answer`; each is read within `seconds`.

    `until` is the snapshot that they include. `resync`: access was extended in the meantime, without sending the data.
    """

    def __init__(self, pool: Any, answer: JoinAnswer, seconds: float) -> None:
        self.answer = answer
        self.until: Snapshot
        self.resync = False
        self._pool = pool
        self._seconds = seconds
        self._stored: list[str] = []
        self._page: list[Row] = []
        self._next: str | None = None

    async def begin(self, replay: Replay | None) -> None:
        """Read the replay, and the first page of missed events. Raises the driver's exceptions."""
        if not self.answer.is_return and replay is None:
            self.until = Snapshot.parse(self.answer.position)
            return
        async with asyncio.timeout(self._seconds):
            if replay is not None:
                self._stored = await calls.replay_messages(
                    self._pool, self.answer.subscription_id, replay.since, replay.limit
                )
            # After the stored ones, without a gap. Events not visible in this snapshot arrive live.
            self.until = Snapshot.parse(await self._turn(self.answer.cursor))

    async def pages(self) -> AsyncIterator[list[Row]]:
        """Rows of `missed_frames` in order, one page at a time. Raises the driver's exceptions."""
        while True:
            page, self._page = self._page, []
            # The replay precedes the first missed message, which follows all events.
            if self._next is None or any(row["couple_id"] is None for row in page):
                page, self._stored = with_replay(self._stored, page), []
            if page:
                yield page
            if self._next is None:
                return
            async with asyncio.timeout(self._seconds):
                await self._turn(self._next)

    async def _turn(self, cursor: str) -> str:
        """Read the page at `cursor`; returns the current snapshot."""
        *rows, end = await calls.missed_frames(self._pool, self.answer.subscription_id, cursor, PAGE_BYTES)
        self._next = str(rows.pop()["payload"]) if rows and rows[-1]["kind"] == "more" else None
        self._page = [row for row in rows if row["kind"] != "notice"]
        self.resync = self.resync or len(self._page) < len(rows)
        return str(end["payload"])
