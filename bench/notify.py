"""The queue of deliveries against a bare queue with SKIP LOCKED, on the same server.

Both hand out what is due in pages of 50 and record each delivery when it was sent, as the worker does; nothing is sent. The
bare queue is a table with a state, a time, a lease and a payload. The queue of deliveries also orders by wedding day and
priority, looks at the rights, address, quiet hours and circuit breaker of every recipient, and takes the texts from the
notification. `page`: a whole page is recorded at once.

`start` measures the worker itself: from the return of the commit that queues a delivery until its adapter is called, one
delivery at a time, at random moments. `polled` has no notifications, so that the worker finds it by looking at the queue.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

from _load import load_weddings
from _report import Report, Target, arguments
from _rounds import interleaved
from _stage import machine, stage

from wedsync.database.connections import create_pool
from wedsync.database.listener import Listener
from wedsync.delivery.outcomes import Adapter, Delivery
from wedsync.install.database import Connection, connect
from wedsync.metrics import Stats
from wedsync.services.deliveries import Deliveries

MEASURES = ("F001-44",)

PAGE = 50
WEDDINGS = 200
STARTS = 30

TARGETS = {"deliveries / bare": Target(at_least=0.5)}

_BARE = """
create table bare (
    id uuid primary key default gen_random_uuid(), payload jsonb not null, state text not null default 'waiting',
    due_at timestamptz not null default now(), leased_by uuid, lease_until timestamptz, attempts integer not null default 0,
    finished_at timestamptz
);
create index on bare (due_at) where state = 'waiting';
create index on bare (lease_until) where state = 'sending';
"""
_BARE_CLAIM = """
with found as (
    select id from bare where state = 'waiting' and due_at <= now() order by due_at limit %s for update skip locked
)
update bare as b set state = 'sending', leased_by = %s, lease_until = now() + interval '1 minute', attempts = b.attempts + 1
from found as f where b.id = f.id returning b.id, b.payload
"""
_BARE_FINISH = """
update bare set state = 'delivered', leased_by = null, lease_until = null, finished_at = now()
where id = any (%s) and state = 'sending' and leased_by = %s
"""
_TELL = """
select wedsync_internal.notify(
    w.id, 'task_assigned', jsonb_build_object('task', 'Task ' || n, 'due', '2027-06-12'), '{"roles": ["partner"]}'
)
from wedsync_data.weddings as w, generate_series(1, %s) as n
"""
_TELL_ONE = """
select wedsync_internal.notify(%s, 'task_assigned', '{"task": "Cake", "due": "2027-06-12"}', '{"roles": ["partner"]}')
"""
_CLAIM = "select id, channel, target, subject, body, payload from wedsync_internal.claim_deliveries(%s, '{email}', %s)"
_FINISH = "select wedsync_internal.finish_deliveries(%s, %s, %s)"


class Queues:
    """Both queues, filled with the same number of deliveries."""

    def __init__(self, connection: Connection, deliveries: int) -> None:
        self._connection = connection
        self._node = uuid4()
        load_weddings(connection, WEDDINGS)
        connection.execute(
            "insert into wedsync_data.users (id, email) select m.user_id, m.user_id || '@example.org'"
            " from wedsync_data.wedding_members as m on conflict do nothing"
        )
        connection.execute(_TELL, (-(-deliveries // WEDDINGS),))
        connection.execute(_BARE)
        connection.execute(
            "insert into bare (payload) select jsonb_build_object('to', n || '@example.org', 'subject', 'A task for you',"
            " 'body', 'You were asked to do this: Task ' || n) from generate_series(1, %s) as n",
            (deliveries,),
        )
        connection.execute("vacuum (analyze)")

    def bare(self, at_once: int) -> Callable[[int], None]:
        """A page of the bare queue."""

        def page(_number: int) -> None:
            ids = [row[0] for row in self._connection.execute(_BARE_CLAIM, (PAGE, self._node)).fetchall()]
            assert len(ids) == PAGE, "the bare queue is empty"
            for start in range(0, PAGE, at_once):
                self._connection.execute(_BARE_FINISH, (ids[start : start + at_once], self._node))

        return page

    def deliveries(self, at_once: int) -> Callable[[int], None]:
        """A page of deliveries."""

        def page(_number: int) -> None:
            ids = [row[0] for row in self._connection.execute(_CLAIM, (self._node, PAGE)).fetchall()]
            assert len(ids) == PAGE, "the queue of deliveries is empty"
            for start in range(0, PAGE, at_once):
                some = ids[start : start + at_once]
                self._connection.execute(_FINISH, (self._node, some, [5.0] * len(some)))

        return page


class Started(Adapter):
    """Sends nothing; notes when it is called."""

    most = 10

    def __init__(self) -> None:
        self.called = asyncio.Event()
        self.at = 0.0

    async def send(self, delivery: Delivery) -> None:
        self.at = time.perf_counter()
        self.called.set()

    async def close(self) -> None:
        pass


async def start_delays(dsn: str, deliveries: int, *, notified: bool) -> dict[str, float]:
    """Milliseconds from commit to adapter."""
    listener = Listener(dsn, uuid4())
    listening = asyncio.create_task(listener.run())
    pool = await create_pool(dsn, "bench", 2)
    adapter = Started()
    worker = Deliveries(pool, {"email": adapter}, Stats(), listener.deliveries_notified if notified else None)
    working = asyncio.create_task(worker.run())
    delays = []
    with closing(connect(dsn)) as connection:
        rows = connection.execute("select id from wedsync_data.weddings order by id limit %s", (deliveries,)).fetchall()
        # What the other variants have left, and the first connections.
        connection.execute("delete from wedsync_data.deliveries")
        await asyncio.sleep(1.0)
        for (wedding,) in rows:
            await asyncio.sleep(random.uniform(0.7, 1.2))
            adapter.called.clear()
            await asyncio.to_thread(connection.execute, _TELL_ONE, (wedding,))
            committed = time.perf_counter()
            await adapter.called.wait()
            delays.append(1000 * max(0.0, adapter.at - committed))
    await worker.stop(1.0)
    for task in (working, listening):
        task.cancel()
    await asyncio.gather(working, listening, return_exceptions=True)
    pool.terminate()
    return {"p50_ms": statistics.median(delays), "p95_ms": statistics.quantiles(delays, n=20)[-1]}


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=11, each=10)
    report = Report("notify", TARGETS)
    warm_up = 2
    pages = 2 * (options.rounds * options.each + warm_up)
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        queues = Queues(connection, PAGE * pages)
        variants = {
            "bare": queues.bare(1),
            "deliveries": queues.deliveries(1),
            "bare, page": queues.bare(PAGE),
            "deliveries, page": queues.deliveries(PAGE),
        }
        found = interleaved(
            variants, [connection.info.backend_pid], rounds=options.rounds, each=options.each, warm_up=warm_up
        )
        for rounds in found.values():
            # a call is a page
            rounds.per_second = [PAGE * value for value in rounds.per_second]
            rounds.cpu_us = [value / PAGE for value in rounds.cpu_us]
        report.add_all(found)
        report.compare("deliveries", "bare")
        report.compare("deliveries, page", "bare, page")
        for name, notified in (("start", True), ("start, polled", False)):
            report.results[name] = asyncio.run(start_delays(dsn, STARTS, notified=notified))
        report.machine = machine(connection, options.settings)
    report.notes.append(
        f"one claim of {PAGE} and its records; per_second and cpu_us are of a delivery, recorded alone or by page"
    )
    report.show(options)


if __name__ == "__main__":
    main()
