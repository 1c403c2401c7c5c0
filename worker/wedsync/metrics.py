"""Metrics of gateways, and their aggregation by the supervisor. Labels never contain user data.

A snapshot is a plain dictionary, which a gateway can send to the supervisor and the dashboard. The library's
multiprocess mode requires a writable directory and keeps the values of dead processes.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Histogram, Info, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from wedsync import __version__

Snapshot = Mapping[str, float]
"""Sample name, with its label such as `joins_total{outcome="ok"}`, to value; names lack the prefix."""

PREFIX = "wedsync_"

COUNTERS: Mapping[str, tuple[str, str | None]] = {
    "bus_dropped": ("Messages to other gateways dropped because the bus was down", None),
    "channels_ended": ("Channels ended by the server", "reason"),
    "client_broadcasts": ("Broadcasts of clients queued for sockets", None),
    "client_requests_refused": ("Broadcasts, presence changes and other client requests refused", None),
    "closed": ("Sockets closed", "reason"),
    "deliveries": ("Frames queued for sockets", None),
    "doorbell_reconnects": ("Lost LISTEN connections", None),
    "events": ("Rows read from the event log", None),
    "events_found_by_poll": ("Polls that found events without a notification", None),
    "log_read_alone": ("Times a follower of the leader read the log itself", None),
    "handshakes": ("Opening handshakes answered", "status"),
    "joins": ("Join requests answered", "outcome"),
    "messages_malformed": ("Malformed client messages dropped", None),
    "messages_received": ("Client messages received", None),
    "refreshes": ("Channels that received a new token", None),
    "notifications_failed": ("Attempts to send notifications that failed", "channel"),
    "notifications_sent": ("Notifications sent outside the application", "channel"),
    "relay_reconnects": ("Lost database connections of the relay", None),
    "resumes": ("Joins that resumed, or told the client to fetch a fresh snapshot", "outcome"),
    "relay_wakes": ("Wake-ups of the relay", None),
}
GAUGES: Mapping[str, tuple[str, str | None]] = {
    "channels": ("Joined channels", None),
    "connections": ("Open sockets", None),
    "doorbell_echo_seconds": ("Time of the last successful LISTEN check", None),
    "doorbell_hears": ("1 while notifications are received", None),
    "gateway_ready": ("1 while the gateway can serve joins", None),
    "groups": ("Distinct subscription groups", None),
    "leads": ("1 while the gateway reads the log for its followers", None),
    "log_unread_seconds": ("Time since the event log was last read; about one second when idle", None),
    "loop_lag_seconds": ("Event loop lag at the last check", None),
    "waiting_seconds": ("Age of the oldest pending write of a component, 0 if none", "part"),
}
DELAYS: Mapping[str, str] = {
    "commit_to_socket_seconds": "From the commit of a transaction until its events were queued for the last socket",
}
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds."""


class Stats:
    """Counters of one process; `name` and `label` are known in `COUNTERS`."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None]] = Counter()

    def count(self, name: str, label: str | None = None) -> None:
        """Add one."""
        self._counts[name, label] += 1

    def snapshot(self) -> dict[str, float]:
        """All counters so far."""
        return {
            _sample(f"{name}_total", COUNTERS[name][1] if label is not None else None, label): float(value)
            for (name, label), value in self._counts.items()
        }


def delays(name: str) -> Histogram:
    """An empty histogram of one process; `name` is known in `DELAYS`."""
    return Histogram(PREFIX + name, DELAYS[name], buckets=BUCKETS, registry=None)


def distribution(name: str, histogram: Histogram) -> dict[str, float]:
    """A histogram of `delays` as part of a snapshot: how many took at most that long, and the sum."""
    (family,) = histogram.collect()
    found = {}
    for each in family.samples:
        if each.name.endswith("_bucket"):
            found[_sample(f"{name}_bucket", "le", each.labels["le"])] = each.value
        elif each.name.endswith("_sum"):
            found[f"{name}_sum"] = each.value
    return found


class GatewaysCollector(Collector):
    """The last snapshots of the gateways as families, each sample with the label `gateway`."""

    def __init__(self, snapshots: Callable[[], Mapping[str, Snapshot]]) -> None:
        self._snapshots = snapshots

    def collect(self) -> Iterable[Metric]:
        """All families, with their samples."""
        snapshots = self._snapshots()
        for name, (text, label) in COUNTERS.items():
            counter = CounterMetricFamily(PREFIX + name, text, labels=_labels(label))
            for gateway, value, found in _found(f"{name}_total", snapshots):
                counter.add_metric(_labels(value, gateway), found)
            yield counter
        for name, (text, label) in GAUGES.items():
            gauge = GaugeMetricFamily(PREFIX + name, text, labels=_labels(label))
            for gateway, value, found in _found(name, snapshots):
                gauge.add_metric(_labels(value, gateway), found)
            yield gauge
        for name, text in DELAYS.items():
            histogram = HistogramMetricFamily(PREFIX + name, text, labels=["gateway"])
            for gateway, snapshot in snapshots.items():
                buckets = [(str(bound), found) for _, bound, found in _found(f"{name}_bucket", {gateway: snapshot})]
                if buckets:
                    histogram.add_metric([gateway], buckets, snapshot[f"{name}_sum"])
            yield histogram


class ProcessesCollector(Collector):
    """Processor time, memory and files of the supervisor, and of each gateway with the label `gateway`."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids

    def collect(self) -> Iterable[Metric]:
        """The standard process families, with a sample for every process."""
        families = {family.name: family for family in ProcessCollector(registry=None).collect()}
        for gateway, pid in self._pids().items():
            for family in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                for sample in family.samples:
                    families[family.name].add_sample(sample.name, {"gateway": gateway}, sample.value)
        return families.values()


def registry(
    snapshots: Callable[[], Mapping[str, Snapshot]], pids: Callable[[], Mapping[str, int]]
) -> CollectorRegistry:
    """Everything that `/metrics` shows; snapshots and process ids of the gateways are read for every request."""
    made = CollectorRegistry()
    made.register(GatewaysCollector(snapshots))
    made.register(ProcessesCollector(pids))
    Info(f"{PREFIX}build", "What runs", registry=made).info(
        {"version": __version__, "python": platform.python_version()}
    )
    return made


def _labels(own: str | None, gateway: str = "gateway") -> list[str]:
    """The label of every sample and, where it has one, its own: their names, or their values."""
    return [gateway] if own is None else [gateway, own]


def _sample(name: str, label: str | None, value: str | None) -> str:
    return name if label is None else f'{name}{{{label}="{value}"}}'


def _found(name: str, snapshots: Mapping[str, Snapshot]) -> Iterable[tuple[str, str | None, float]]:
    """Gateway, value of the label where there is one, and figure of all samples of that name."""
    for gateway, snapshot in snapshots.items():
        for sample, figure in snapshot.items():
            base, _, label = sample.partition("{")
            if base == name:
                yield gateway, label.partition('"')[2].removesuffix('"}') if label else None, figure
