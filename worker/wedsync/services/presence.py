"""Presence: what changed comes over the bus, numbered per topic, and goes to the members in order."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wedsync.channels.presence_topic import Change, PresenceTopic, payload_of, read_diff, read_state
from wedsync.channels.subscription import Deliveries
from wedsync.database.connections import RETRIED, Backoff
from wedsync.database.writing import Progress
from wedsync.logs import logger
from wedsync.protocol.frames import Serializer, text_frame, to_json
from wedsync.services.rooms import Mail

if TYPE_CHECKING:
    from wedsync.services.seats import Seat

log = logger("presence")

GAP_SECONDS = 1.0
RESYNC_SECONDS = 60.0
HEAL_SECONDS = 1.0
_CHECK_SECONDS = 0.25
_TOPICS_PER_READ = 200
_MOST_OVERTAKEN = 10
"""Answers in a row that are older than what is known; beyond that it is what is known that is wrong."""
_HEALED_PER_SECOND = 10_000
_JAVASCRIPT = re.compile(r"realtime-js/(\d{1,4})\.(\d{1,4})\.(\d{1,4})")

_READ = "select t.topic, wedsync_internal.presence_state(t.topic) as found from unnest($1::text[]) as t (topic)"


class Attendance:
    """Members of one topic in this process. Those in `waiting` have not been given the state yet.

    The `forgetful` are given it again soon after every change.
    """

    def __init__(self, now: float) -> None:
        self.topic = PresenceTopic()
        self.members: dict[Seat, None] = {}
        self.waiting: dict[Seat, None] = {}
        self.forgetful: dict[Seat, None] = {}
        self.heal_at = float("inf")
        self.gap_since: float | None = None
        self.overtaken = 0
        self.resync_at = _resync_time(now)


def _resync_time(now: float) -> float:
    return now + RESYNC_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311


class Presence:
    """Who is present, for the members in this process. `announce` is told every change on every topic, held here or not.

    `counts` gets what each user received.
    """

    def __init__(self, pool: Any, announce: Callable[[str, Change], None], counts: Deliveries) -> None:
        self._pool = pool
        self._counts = counts
        self._announce = announce
        self._topics: dict[str, Attendance] = {}
        self._unread: dict[str, None] = {}
        self._some_unread = asyncio.Event()
        self.progress = Progress()

    # Members

    def enter(self, seat: Seat) -> None:
        """Give a member the state, now or as soon as it is known; diffs follow."""
        name = seat.joined.presence_topic
        if name not in self._topics:
            self._topics[name] = Attendance(time.monotonic())
        attendance = self._topics[name]
        attendance.members[seat] = None
        if keeps_ghosts(seat.channel.client, seat.member.serializer):
            attendance.forgetful[seat] = None
        if attendance.topic.version is None or attendance.topic.has_gap:
            attendance.waiting[seat] = None
            self._want(name)
        else:
            self._send_state(attendance, (seat,))

    def holds(self, seat: Seat) -> bool:
        """Whether it is a member."""
        attendance = self._topics.get(seat.joined.presence_topic)
        return attendance is not None and seat in attendance.members

    def leave(self, seat: Seat) -> None:
        """The channel ended; harmless when it is no member."""
        attendance = self._topics.get(seat.joined.presence_topic)
        if attendance is not None:
            attendance.members.pop(seat, None)
            attendance.waiting.pop(seat, None)
            attendance.forgetful.pop(seat, None)
            if not attendance.members:
                del self._topics[seat.joined.presence_topic]

    def replace(self, earlier: Seat, seat: Seat) -> None:
        """The channel has a new subscription, and knows the state already."""
        attendance = self._topics.get(seat.joined.presence_topic)
        if attendance is not None and earlier in attendance.members:
            attendance.members[seat] = None
            for some in (attendance.waiting, attendance.forgetful):
                if earlier in some:
                    some[seat] = None
            self.leave(earlier)

    def clear(self) -> None:
        """The database lost all of it."""
        self._topics.clear()
        self._unread.clear()

    # Changes that the bus brings

    def hear(self, items: Iterable[object]) -> None:
        """Apply what changed, as SQL tells it, and tell the members."""
        mail = Mail("presence", self._counts)
        ready: dict[str, list[Change]] = {}
        for item in items:
            try:
                diff = read_diff(item)
            except ValueError as exc:
                log.warning("diff_malformed", reason=str(exc))
                continue
            name = diff.topic
            self._announce(name, diff.change)
            attendance = self._topics.get(name)
            if attendance is None:
                continue
            for done in attendance.topic.apply(diff.version, diff.change):
                waiting = ready.setdefault(name, [])
                if any(other.key == done.key for other in waiting):
                    self._put(mail, name, waiting)
                    waiting.clear()
                waiting.append(done)
            self._note_gap(attendance)
        for name, changes in ready.items():
            self._put(mail, name, changes)
        mail.send()

    def _note_gap(self, attendance: Attendance) -> None:
        if not attendance.topic.has_gap:
            attendance.gap_since = None
        elif attendance.gap_since is None:
            attendance.gap_since = time.monotonic()

    def _put(self, mail: Mail, name: str, changes: list[Change]) -> None:
        attendance = self._topics.get(name)
        if attendance is None or not changes:
            return
        text = to_json(payload_of(changes))
        members = [seat for seat in attendance.members if seat not in attendance.waiting]
        mail.put(members, lambda serializer, topic: _diff_frame(serializer, topic, text))
        if attendance.forgetful and any(_makes_ghosts(attendance.topic, change) for change in changes):
            work = len(attendance.forgetful) * attendance.topic.entries() / _HEALED_PER_SECOND
            attendance.heal_at = min(attendance.heal_at, time.monotonic() + HEAL_SECONDS + work)

    def missed(self) -> None:
        """The bus may have lost something."""
        for name in self._topics:
            self._want(name)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._run_reads())
            tasks.create_task(self._run_checks())

    # Reading the state

    def _want(self, name: str) -> None:
        self._unread[name] = None
        self._some_unread.set()

    async def _run_reads(self) -> None:
        """Read states that are wanted, many in one statement, until cancelled."""
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
                    rows = await self._pool.fetch(_READ, names)
                    backoff.reset()
                except RETRIED as exc:
                    if backoff.is_news(exc):
                        log.warning("presence_unreadable", error=type(exc).__name__)
                    self._unread.update(dict.fromkeys(names))
                    await asyncio.sleep(backoff.pause())
                    continue
                for row in rows:
                    self._take_state(row["topic"], json.loads(row["found"]))
            self.progress.done()

    def _take_state(self, name: str, found: Mapping[str, Any]) -> None:
        attendance = self._topics.get(name)
        if attendance is None:
            return
        is_first = attendance.topic.version is None
        overtaken = attendance.overtaken >= _MOST_OVERTAKEN
        changes = attendance.topic.reset(int(found["version"]), read_state(found["state"]), force=overtaken)
        if changes is None:
            # Changes overtook the answer.
            attendance.overtaken += 1
            self._want(name)
            return
        attendance.overtaken = 0
        if not is_first and changes:
            mail = Mail("presence", self._counts)
            self._put(mail, name, changes)
            mail.send()
        self._note_gap(attendance)
        told = tuple(attendance.waiting if is_first else attendance.members)
        attendance.waiting.clear()
        attendance.resync_at = _resync_time(time.monotonic())
        self._send_state(attendance, told)

    def _send_state(self, attendance: Attendance, seats: Iterable[Seat]) -> None:
        payload = attendance.topic.payload()
        for seat in seats:
            send_state(seat, payload)

    async def _run_checks(self) -> None:
        """Repair gaps that do not close, and heal everybody's state now and then, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            now = time.monotonic()
            for name, attendance in self._topics.items():
                stuck = attendance.gap_since is not None and now - attendance.gap_since > GAP_SECONDS
                if stuck or now > attendance.resync_at:
                    attendance.gap_since = now if stuck else None
                    attendance.resync_at = _resync_time(now)
                    self._want(name)
                if now > attendance.heal_at:
                    attendance.heal_at = float("inf")
                    self._send_state(attendance, tuple(attendance.forgetful))


def keeps_ghosts(client: str, serializer: Serializer) -> bool:
    """Whether a client may lose the references of people whose metas change, and so show them for ever.

    realtime-js does from 2.100.0 to 2.110.8, and does not always tell its version; the state makes it forget what it
    should have forgotten.
    """
    found = _JAVASCRIPT.match(client)
    if found is None:
        return serializer is Serializer.V2 and not client
    return (2, 100, 0) <= tuple(int(part) for part in found.groups()) <= (2, 110, 8)


def _makes_ghosts(topic: PresenceTopic, change: Change) -> bool:
    """Whether metas of somebody known change. Even the state that heals spoils what stays, so leaving counts too."""
    return change.leave is not None or topic.devices(change.key) > 1


def send_state(seat: Seat, payload: Mapping[str, object]) -> None:
    """Give one member a state, as a message of its own channel."""
    channel, member = seat.channel, seat.member
    member.sink.deliver(
        text_frame(member.serializer, channel.join_ref, None, channel.topic, "presence_state", to_json(payload))
    )


def _diff_frame(serializer: Serializer, topic: str, text: str) -> bytes:
    return text_frame(serializer, None, None, topic, "presence_diff", text)
