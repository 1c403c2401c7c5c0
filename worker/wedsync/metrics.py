"""Counters and gauges of a process, and their Prometheus text. Labels never hold user data.

A snapshot is a plain dictionary, so it can cross from a gateway process to the supervisor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

Snapshot = Mapping[str, float]
"""Sample name with labels, such as `joins_total{outcome="ok"}`, to value; names lack the prefix."""

PREFIX = "wedsync_"

COUNTERS: Mapping[str, tuple[str, str | None]] = {
    "bus_dropped": ("Messages to other processes that were given up because the bus was away", None),
    "channels_ended": ("Channels ended by the server", "reason"),
    "client_broadcasts": ("Broadcasts of clients queued for sockets", None),
    "client_requests_refused": ("Broadcasts, presence changes and other requests of clients that were refused", None),
    "closed": ("Sockets closed", "reason"),
    "deliveries": ("Frames queued for sockets", None),
    "doorbell_reconnects": ("Times the listening session was lost", None),
    "events": ("Rows read from the event log", None),
    "events_found_by_poll": ("Times the slow poll found what the doorbell should have told", None),
    "log_read_alone": ("Times a process that is fed by the leader read the log itself", None),
    "handshakes": ("Opening requests answered", "status"),
    "joins": ("Join requests answered", "outcome"),
    "messages_malformed": ("Client messages that were dropped as malformed", None),
    "messages_received": ("Client messages received", None),
    "refreshes": ("Channels that took over a new token", None),
    "relay_reconnects": ("Times the relay lost the database", None),
    "resumes": ("Joins that went on where their client had come, or told it to read a fresh snapshot", "outcome"),
    "relay_wakes": ("Times the relay woke up", None),
}
GAUGES: Mapping[str, str] = {
    "channels": "Joined channels",
    "connections": "Open sockets",
    "doorbell_echo_seconds": "Time of the last echo of the doorbell",
    "doorbell_hears": "1 while the last echo came back",
    "gateway_ready": "1 while the gateway can serve joins",
    "groups": "Distinct audiences",
    "leads": "1 while the process reads the log for all that are fed",
    "log_unread_seconds": "Time since the event log was last read, about a second where nothing happens",
    "loop_lag_seconds": "How late the event loop was at the last check",
    "waiting_seconds": "How long the oldest work of a part has waited until it succeeded, 0 where none waits",
}


class Stats:
    """Counters of one process; `name` and `label` are known in `COUNTERS`."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None]] = Counter()

    def count(self, name: str, label: str | None = None) -> None:
        """Add one."""
        self._counts[name, label] += 1

    def snapshot(self) -> dict[str, float]:
        """All counters so far."""
        return {_sample(name, label): float(value) for (name, label), value in self._counts.items()}


def _sample(name: str, label: str | None) -> str:
    if label is None:
        return f"{name}_total"
    return f'{name}_total{{{COUNTERS[name][1]}="{label}"}}'


def render(snapshots: Mapping[str, Snapshot]) -> str:
    """Prometheus text of the snapshots, by the gateway they come from."""
    lines: list[str] = []
    for name, (text, _) in COUNTERS.items():
        lines += _family(f"{name}_total", "counter", text, snapshots)
    for name, text in GAUGES.items():
        lines += _family(name, "gauge", text, snapshots)
    return "\n".join(lines) + "\n"


def _family(name: str, kind: str, text: str, snapshots: Mapping[str, Snapshot]) -> Iterable[str]:
    yield f"# HELP {PREFIX}{name} {text}."
    yield f"# TYPE {PREFIX}{name} {kind}"
    for gateway, snapshot in snapshots.items():
        for sample, value in snapshot.items():
            base, _, labels = sample.partition("{")
            if base == name:
                own = f'gateway="{gateway}"' + (f",{labels[:-1]}" if labels else "")
                yield f"{PREFIX}{name}{{{own}}} {value:g}"
