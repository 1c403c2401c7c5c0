"""What announcing a change costs its commit: the doorbell that rings only for sleepers, against silence and plain NOTIFY.

Writers commit an UPDATE of their own wedding each, with everything the write path does, and wait for the disk as
production does: NOTIFY holds a lock of the whole cluster while a commit is flushed. `silent`: no relay is known, nobody is
told. `doorbell`: the worker's own relay listens and drains the log, but nobody has subscribed: what the announcement costs.
`delivering`: the same, and it makes and hands over the frames of a subscriber of every wedding, on the same machine.
`notify`: no relay, but a NOTIFY in every transaction and somebody who listens. pgbench makes the load.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import asyncpg
from _load import ID, load_weddings, wedding_id
from _report import Options, Report, Target, arguments
from _rounds import Rounds
from _stage import claims, machine, stage

from wedsync.database.connections import asyncpg_dsn
from wedsync.database.listener import Listener
from wedsync.database.log_reader import Batch
from wedsync.install.database import connect
from wedsync.install.sql_files import load_tree
from wedsync.local.embedded_binaries import server_user, wheel_programs
from wedsync.logs import configure
from wedsync.services.relay import Relay

WRITERS = (4, 32)
SECONDS = 2

TARGETS = {
    f"{name} / silent, {writers} writers": Target(at_least=0.9)
    for writers in WRITERS
    for name in ("doorbell", "delivering")
}

_WRITE = """
\\set value random(1, 1000000000)
begin;
set local role service_role;
update wedsync_data.core_fields set partner2_name = 'James ' || :value where couple_id = {id};
{extra}commit;
"""


class Audience:
    """A node with one subscriber per wedding, fed by the worker's relay; counts the events that it was handed."""

    def __init__(self, dsn: str) -> None:
        self.node = uuid4()
        self.frames = 0
        self.listener = Listener(dsn, self.node)
        self.relay = Relay(
            dsn, self.node, self.listener, self._take, self._forget, lambda: None, dict,
            breaking_version=load_tree().breaking_version,
        )  # fmt: skip
        self._dsn = dsn

    async def _take(self, rows: Batch) -> int:
        found = len([row for row in rows if row["kind"] == "broadcast"])
        self.frames += found
        return found

    async def _forget(self, _connection: object, _epoch: str) -> None:
        raise RuntimeError("the database forgot the node while it was measured")

    async def join(self, number: int, topic: str = "core_fields_{}") -> None:
        """Subscribe the partner of each of the first `number` weddings."""
        connection = await asyncpg.connect(asyncpg_dsn(self._dsn))
        try:
            for wedding in range(1, number + 1):
                couple = wedding_id(wedding)
                answer = json.loads(
                    await connection.fetchval(
                        "select wedsync_internal.join_topic($1, $2, $3, null)",
                        self.node,
                        claims(couple),
                        topic.format(couple),
                    )
                )
                assert answer["ok"], answer
        finally:
            await connection.close()

    async def heard(self, events: int) -> float:
        """Frames handed over per event, once the last are there or five seconds have passed."""
        for _ in range(250):
            if self.frames >= events:
                break
            await asyncio.sleep(0.02)
        return self.frames / events

    async def leave(self) -> None:
        """Take the node out of the database."""
        connection = await asyncpg.connect(asyncpg_dsn(self._dsn))
        await connection.execute("select wedsync_internal.unregister_node($1)", self.node)
        await connection.close()


@contextlib.asynccontextmanager
async def audience(dsn: str, number: int, topic: str = "core_fields_{}") -> AsyncIterator[Audience]:
    """A running relay with its subscribers; gone afterwards."""
    found = Audience(dsn)
    tasks = [asyncio.create_task(found.relay.run()), asyncio.create_task(found.listener.run())]
    try:
        await asyncio.wait_for(found.relay.ready.wait(), 10)
        await found.join(number, topic)
        yield found
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await found.leave()


async def pgbench(program: Path, dsn: str, script: Path, writers: int) -> float:
    """Transactions a second of `writers` connections, without the time to connect."""
    process = await asyncio.create_subprocess_exec(
        str(program), "-n", "-M", "prepared", "-c", str(writers), "-j", "2", "-T", str(SECONDS), "-f", str(script), dsn,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await process.communicate()
    found = re.search(r"tps = ([0-9.]+)", out.decode())
    if process.returncode != 0 or found is None:
        raise RuntimeError(errors.decode()[-2000:])
    return float(found[1])


async def measure(dsn: str, program: Path, scripts: Path, options: Options, report: Report) -> None:
    """All variants in interleaved rounds, for each number of writers."""
    listener = await asyncpg.connect(asyncpg_dsn(dsn))
    await listener.add_listener("naive", lambda *_: None)
    quiet, loud = scripts / "quiet.sql", scripts / "loud.sql"
    couple = ID.format(n=":client_id + 1")
    quiet.write_text(_WRITE.format(id=couple, extra=""))
    loud.write_text(_WRITE.format(id=couple, extra="select pg_notify('naive', '');\n"))
    for path in (scripts, quiet, loud):
        path.chmod(0o755)
    for writers in WRITERS:
        found = {name: Rounds() for name in ("silent", "doorbell", "delivering", "notify")}
        heard, wakes = [], []
        for turn in range(options.rounds + 1):
            rates = {}
            for name in found if turn % 2 else reversed(found):
                if name in ("doorbell", "delivering"):
                    async with audience(dsn, writers if name == "delivering" else 0) as live:
                        before = await listener.fetchval("select sum(seq) from wedsync_data.wedding_clocks")
                        rates[name] = await pgbench(program, dsn, quiet, writers)
                        written = await listener.fetchval("select sum(seq) from wedsync_data.wedding_clocks") - before
                        if name == "delivering":
                            heard.append(await live.heard(int(written)))
                        wakes.append(live.relay.reader.wakes)
                else:
                    rates[name] = await pgbench(program, dsn, loud if name == "notify" else quiet, writers)
            if turn:  # the first round warms up
                for name, rate in rates.items():
                    found[name].per_second.append(rate)
        report.add_all({f"{name}, {writers} writers": rounds for name, rounds in found.items()})
        for name in ("doorbell", "delivering", "notify"):
            report.compare(
                f"{name}, {writers} writers", f"silent, {writers} writers", called=f"{name} / silent, {writers} writers"
            )
        report.results[f"delivering, {writers} writers"]["frames_per_event"] = round(min(heard), 4)
        report.results[f"doorbell, {writers} writers"]["wake_ups"] = max(wakes)
    await listener.close()


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=7, each=0)
    # commits wait for the disk here, whatever the other benchmarks do
    options.settings.update(synchronous_commit="on", fsync="on")
    configure("error")
    report = Report("doorbell", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        load_weddings(connection, 2000)
        scripts = Path(connection.execute("show data_directory").fetchone()[0]).parent / "scripts"  # type: ignore[index]
        scripts.mkdir()
        program = wheel_programs(server_user()) / "pgbench"
        asyncio.run(measure(dsn, program, scripts, options, report))
        report.machine = machine(connection, options.settings)
    report.notes.append("frames_per_event is 1 when the relay handed over every event, to one subscriber each")
    report.show(options)


if __name__ == "__main__":
    main()
