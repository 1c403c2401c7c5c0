"""What /metrics tells, and that the time from a commit to the sockets is measured where it passes."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Mapping

import pytest
from harness.database import Database
from harness.sockets import open_socket, until
from harness.weddings import Wedding
from harness.worker import Worker, gateways_of, running_node, running_worker
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from wedsync.metrics import COUNTERS, DELAYS, GAUGES, PREFIX

pytestmark = pytest.mark.slow
DELAY = "commit_to_socket_seconds"


def timed(snapshot: Mapping[str, float]) -> float:
    """How many transactions were timed."""
    return snapshot[f'{DELAY}_bucket{{le="+Inf"}}']


def asked_for(worker: Worker, accept: str) -> tuple[str, str]:
    """Content type and body of /metrics."""
    request = urllib.request.Request(f"http://127.0.0.1:{worker.http_port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return answer.headers["content-type"], answer.read().decode()


async def test_prometheus_reads_all_of_it_in_both_formats(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with running_worker(database18, gateways=2) as worker:
        await worker.until_ready()
        async with open_socket(worker.socket_port, wedding.token) as socket:
            await socket.join(wedding.topic)
            wedding.adults(101)
            await socket.hear("broadcast")
            heard = re.compile(rf'{PREFIX}{DELAY}_count{{gateway="\d"}} 1\.0\n')
            await until(lambda: heard.search(worker.fetch("/metrics")[1]) is not None)
        kind, text = asked_for(worker, "text/plain;version=0.0.4")
        assert kind == "text/plain; version=0.0.4; charset=utf-8"
        families = {family.name: family for family in text_string_to_metric_families(text)}
        kind, text = asked_for(worker, "application/openmetrics-text; version=1.0.0")
        assert kind.startswith("application/openmetrics-text; version=1.0.0")
        assert {family.name for family in open_metrics(text)} >= {f"{PREFIX}{DELAY}", "process_resident_memory_bytes"}
        ours = {name.removeprefix(PREFIX) for name in families if name.startswith(PREFIX)}
        assert ours == {*COUNTERS, *GAUGES, *DELAYS, "build_info"}
        for name in ours - {"build_info"}:
            assert {each.labels["gateway"] for each in families[f"{PREFIX}{name}"].samples} <= {"0", "1"}
        memory = families["process_resident_memory_bytes"].samples
        assert [each.labels.get("gateway") for each in memory] == [None, "0", "1"]
        assert len({each.value for each in families["process_start_time_seconds"].samples}) > 1
        assert len(gateways_of(worker.process.pid)) == 2


@pytest.mark.usefixtures("each_bus")
async def test_a_transaction_is_timed_once_however_many_hear_it(database18: Database) -> None:
    wedding = Wedding.new(database18)
    async with (
        running_node(database18) as node,
        open_socket(node.port, wedding.token) as first,
        open_socket(node.port, wedding.token) as second,
    ):
        for socket in (first, second):
            await socket.join(wedding.topic)
        # what is not declared would be shown nowhere
        names = {sample.partition("{")[0] for sample in node.snapshot()}
        declared = {*(f"{name}_total" for name in COUNTERS), *GAUGES, f"{DELAY}_bucket", f"{DELAY}_sum"}
        assert names <= declared
        before = timed(node.snapshot())
        wedding.adults(101)
        for socket in (first, second):
            await socket.hear("broadcast")
        await until(lambda: timed(node.snapshot()) == before + 1)
        assert node.snapshot()[f"{DELAY}_sum"] > 0


async def test_the_time_counts_from_the_commit_where_the_server_keeps_that(database: Database) -> None:
    wedding = Wedding.new(database)
    async with running_node(database) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(wedding.topic)
        position = node.relay.reader.cursor
        wedding.adults(101)
        await socket.hear("broadcast")
        kept = database.value("show track_commit_timestamp") == "on"
        committed = "pg_xact_commit_timestamp(f.xid::xid)" if kept else "e.created_at"
        rows = database.query(
            f"""select f.age = extract(epoch from now() - {committed})::float8, f.age > 0
            from wedsync_internal.next_frames(%s, %s) as f
            join wedsync_data.events as e on e.xid = f.xid and e.seq = f.seq where f.kind = 'broadcast'""",
            node.id, position,
        )  # fmt: skip
        assert rows == [(True, True)]
