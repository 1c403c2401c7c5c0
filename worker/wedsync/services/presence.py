"""Presence: changes arrive over the bus, numbered per topic, and are sent to members in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from wedsync.channels.fan_out import deliver, fan_out
from wedsync.channels.hub import Hub
from wedsync.channels.presence import Attendance, keeps_ghosts, members, send_state
from wedsync.channels.presence_topic import Change, payload_of, read_diff, read_state
from wedsync.channels.subscription import Socket, Subscription
from wedsync.database import calls
from wedsync.database.connections import RETRIED, Backoff
from wedsync.database.writing import Progress
from wedsync.logs import logger
from wedsync.protocol.frames import Serializer, text_frame, to_json
from wedsync.services.presence_changes import PresenceChanges

log = logger("presence")

GAP_SECONDS = 1.0
_CHECK_SECONDS = 0.25
_TOPICS_PER_READ = 200
_MOST_OVERTAKEN = 10
"""Consecutive answers older than the known state, beyond which the known state must be wrong."""


class Presence:
    """Presence for the members in this process; `changes` are what they track."""

    def __init__(self, pool: Any, hub: Hub, changes: PresenceChanges) -> None:
        self.changes = changes
        self.progress = Progress()
        self._pool = pool
        self._hub = hub
        self._topics: dict[str, Attendance] = {}
        self._unread: dict[str, None] = {}
        self._some_unread = asyncio.Event()

    # Members

    def enter(self, subscription: Subscription) -> None:
        """Send the state to a channel with presence, now or as soon as it is known; diffs follow."""
        if not subscription.presence:
            return
        if not subscription.can_presence:
            # Clients with presence enabled wait for a state, even on channels without presence.
            send_state(subscription, {})
            return
        name = subscription.presence_topic
        if name not in self._topics:
            self._topics[name] = Attendance(subscription.room, time.monotonic())
        attendance = self._topics[name]
        attendance.members += 1
        attendance.forgetful += keeps_ghosts(subscription.client, subscription.socket.serializer)
        subscription.state_awaited = not attendance.is_known
        if subscription.state_awaited:
            self._want(name)
        else:
            send_state(subscription, attendance.topic.payload())

    def leave(self, subscription: Subscription) -> None:
        """The channel ended; harmless if it is not a member."""
        self.changes.leave(subscription)
        attendance = self._topics.get(subscription.presence_topic)
        if attendance is not None and subscription.state_awaited is not None:
            subscription.state_awaited = None
            attendance.members -= 1
            attendance.forgetful -= keeps_ghosts(subscription.client, subscription.socket.serializer)
            if not attendance.members:
                del self._topics[subscription.presence_topic]

    def refresh(self, subscription: Subscription) -> None:
        """The channel has a newer token: its tracked entry stays."""
        self.changes.refresh(subscription)

    def track(
        self, subscription: Subscription, meta: Mapping[str, object], outcome: Callable[[str | None], None]
    ) -> None:
        """Track a channel's user, which makes the channel a member."""
        if not subscription.presence:
            subscription.presence = True
            # A channel that is still catching up becomes a member afterwards.
            if subscription.live_from_cursor is not None:
                self.enter(subscription)
        self.changes.track(subscription, meta, outcome)

    def clear(self) -> None:
        """The database lost all of it."""
        self._topics.clear()
        self._unread.clear()
        self.changes.clear()

    # Changes from the bus

    def receive(self, items: Iterable[object]) -> None:
        """Apply changes from SQL and send them to the members."""
        pending: dict[Socket, list[bytes]] = {}
        ready: dict[str, list[Change]] = {}
        for item in items:
            try:
                diff = read_diff(item)
            except ValueError as exc:
                log.warning("diff_malformed", reason=str(exc))
                continue
            name = diff.topic
            attendance = self._topics.get(name)
            if attendance is None:
                continue
            for done in attendance.topic.apply(diff.version, diff.change):
                waiting = ready.setdefault(name, [])
                if any(other.key == done.key for other in waiting):
                    self._put(pending, attendance, waiting)
                    waiting.clear()
                waiting.append(done)
            attendance.note_gap(time.monotonic())
        for name, changes in ready.items():
            if name in self._topics:
                self._put(pending, self._topics[name], changes)
        deliver(pending)

    def _put(self, pending: dict[Socket, list[bytes]], attendance: Attendance, changes: list[Change]) -> None:
        if changes:
            encode = partial(_diff_frame, to_json(payload_of(changes)))
            fan_out(
                self._hub.room(attendance.room), "presence", encode, pending, lambda each: each.state_awaited is False
            )
            attendance.note_changes(changes, time.monotonic())

    def missed(self) -> None:
        """The bus may have lost messages."""
        for name in self._topics:
            self._want(name)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for work in (self._run_reads(), self._run_checks(), self.changes.run()):
                tasks.create_task(work)

    # Reading the state

    def _want(self, name: str) -> None:
        self._unread[name] = None
        self._some_unread.set()

    async def _run_reads(self) -> None:
        """Read requested states, in batches, until cancelled."""
        backoff = Backoff()
        while True:
            await self._some_unread.wait()
            self._some_unread.clear()
            self.progress.begin()
            while self._unread:
                names = list(self._unread)[:_TOPICS_PER_READ]
                for name in names:
                    del self._unread[name]
                try:
                    states = await calls.presence_states(self._pool, names)
                    backoff.reset()
                except RETRIED as exc:
                    self._unread.update(dict.fromkeys(names))
                    await backoff.rest(exc, log, "presence_unreadable")
                    continue
                for name, found in states.items():
                    self._take_state(name, found)
            self.progress.done()

    def _take_state(self, name: str, found: Mapping[str, Any]) -> None:
        attendance = self._topics.get(name)
        if attendance is None:
            return
        is_first = attendance.topic.version is None
        overtaken = attendance.overtaken >= _MOST_OVERTAKEN
        changes = attendance.topic.reset(int(found["version"]), read_state(found["state"]), force=overtaken)
        if changes is None:
            # Newer changes arrived before the result.
            attendance.overtaken += 1
            self._want(name)
            return
        now = time.monotonic()
        attendance.overtaken = 0
        if not is_first:
            pending: dict[Socket, list[bytes]] = {}
            self._put(pending, attendance, changes)
            deliver(pending)
        attendance.note_gap(now)
        attendance.resync_later(now)
        self._send_states(attendance)

    def _send_states(self, attendance: Attendance, *, forgetful: bool = False) -> None:
        """Give all members the state, or only the `forgetful` ones."""
        payload = attendance.topic.payload()
        for subscription in tuple(members(self._hub.room(attendance.room))):
            if not forgetful or keeps_ghosts(subscription.client, subscription.socket.serializer):
                subscription.state_awaited = False
                send_state(subscription, payload)

    async def _run_checks(self) -> None:
        """Repair persistent gaps, and refresh all states from time to time, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            now = time.monotonic()
            for name, attendance in self._topics.items():
                stuck = attendance.gap_since is not None and now - attendance.gap_since > GAP_SECONDS
                if stuck or now > attendance.resync_at:
                    attendance.gap_since = now if stuck else None
                    attendance.resync_later(now)
                    self._want(name)
                if now > attendance.heal_at:
                    attendance.heal_at = float("inf")
                    self._send_states(attendance, forgetful=True)


def _diff_frame(text: str, serializer: Serializer, topic: str) -> bytes:
    return text_frame(serializer, None, None, topic, "presence_diff", text)
