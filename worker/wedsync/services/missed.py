"""What a returning client missed, read from the database page by page, so that no absence is too long to be held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from wedsync.channels.replay import Replay, with_replay
from wedsync.channels.snapshots import Snapshot
from wedsync.channels.subscription import JoinAnswer, Row
from wedsync.database import calls

PAGE_BYTES = 1_000_000
"""Text of a page: a socket may join a hundred channels at once, and each of them holds one."""


class Missed:
    """Pages of frames to send before live ones, for the join with that `answer`; each is read within `seconds`.

    `until` is the snapshot that they include. `resync`: access to more was given meanwhile, which was never sent.
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
        """Read what is wanted again, and the first page of what was missed. Raises what the driver raises."""
        if not self.answer.is_return and replay is None:
            self.until = Snapshot.parse(self.answer.position)
            return
        async with asyncio.timeout(self._seconds):
            if replay is not None:
                self._stored = await calls.replay_messages(
                    self._pool, self.answer.subscription_id, replay.since, replay.limit
                )
            # After the stored ones, so that nothing is sent between the two. What is not visible in this snapshot comes live.
            self.until = Snapshot.parse(await self._turn(self.answer.cursor))

    async def pages(self) -> AsyncIterator[list[Row]]:
        """Rows of `missed_frames` in order, one page held at a time. Raises what the driver raises."""
        while True:
            page, self._page = self._page, []
            # What is wanted again goes before the first message that was missed, which is behind all events.
            if self._next is None or any(row["couple_id"] is None for row in page):
                page, self._stored = with_replay(self._stored, page), []
            if page:
                yield page
            if self._next is None:
                return
            async with asyncio.timeout(self._seconds):
                await self._turn(self._next)

    async def _turn(self, cursor: str) -> str:
        """Read the page at `cursor`; returns the snapshot of the moment."""
        *rows, end = await calls.missed_frames(self._pool, self.answer.subscription_id, cursor, PAGE_BYTES)
        self._next = str(rows.pop()["payload"]) if rows and rows[-1]["kind"] == "more" else None
        self._page = [row for row in rows if row["kind"] != "notice"]
        self.resync = self.resync or len(self._page) < len(rows)
        return str(end["payload"])
