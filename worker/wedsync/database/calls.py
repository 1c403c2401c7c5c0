"""The SQL functions that the worker calls, one Python function for each. `on` is a pool or a connection.

All raise the driver's exceptions, see `TRANSIENT`.
"""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from wedsync.channels.subscription import JoinAnswer, Refused, Row

Executor = Any
"""A pool or a connection of asyncpg; the library ships no types."""

_NEXT_FRAMES = """
select kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid, age
from wedsync_internal.next_frames($1, $2)
"""


async def _json(on: Executor, statement: str, *arguments: object) -> Any:
    return json.loads(await on.fetchval(statement, *arguments))


async def _answer(on: Executor, statement: str, *arguments: object) -> dict[str, Any]:
    answer: dict[str, Any] = await _json(on, statement, *arguments)
    if not answer["ok"]:
        raise Refused(str(answer["code"]), str(answer["reason"]))
    return answer


# Joins and leaves


async def join_topic(
    on: Executor,
    node: uuid.UUID,
    claims: Mapping[str, Any],
    topic: str,
    config: Mapping[str, object] | None,
    connection_id: uuid.UUID,
    session: str | None,
    *,
    is_refresh: bool,
) -> JoinAnswer:
    """Subscribe, or with `is_refresh` give the subscription of that socket the rights of a newer token. Raises `Refused`."""
    answer = await _answer(
        on, "select wedsync_internal.join_topic($1, $2, $3, $4, $5, $6, $7)",
        node, json.dumps(claims), topic, None if config is None else json.dumps(config), connection_id, session, is_refresh,
    )  # fmt: skip
    return JoinAnswer(**{field.name: answer[field.name] for field in fields(JoinAnswer)})


async def leave_topics(on: Executor, subscriptions: Sequence[int], cursors: Sequence[str | None]) -> None:
    """End subscriptions; those that did not leave deliberately have a cursor to resume from."""
    await on.execute("select wedsync_internal.leave_topics($1, $2)", subscriptions, cursors)


async def missed_frames(on: Executor, subscription: int, cursor: str, page_bytes: int) -> list[Row]:
    """A page of what was missed since a cursor. A last row of kind cursor holds the snapshot that the page was read in."""
    rows: list[Row] = await on.fetch(
        """select kind, group_id, couple_id, seq, payload from wedsync_internal.missed_frames($1, $2, $3)
        union all select 'cursor', null, null, null, pg_catalog.pg_current_snapshot()::text""",
        subscription, cursor, page_bytes,
    )  # fmt: skip
    return rows


async def replay_messages(on: Executor, subscription: int, since: datetime, limit: int | None) -> list[str]:
    """Payloads of stored broadcasts."""
    rows = await on.fetch(
        "select m.payload from wedsync_internal.replay_messages($1, $2, $3) as m (payload)", subscription, since, limit
    )
    return [str(row["payload"]) for row in rows]


async def synced_events(on: Executor, subscription: int, after_seq: int, max_rows: int) -> dict[str, object]:
    """Events after a number: {events, last_seq, more, trimmed}. Raises `Refused`."""
    return await _answer(on, "select wedsync_internal.synced_events($1, $2, $3)", subscription, after_seq, max_rows)


async def save_positions(on: Executor, points: Sequence[Mapping[str, str | None]], epoch: str) -> None:
    """Store the positions of clients in a history that ended."""
    await on.execute("select wedsync_internal.save_positions($1, $2)", json.dumps(points), epoch)


async def forget_positions(on: Executor, subscriptions: Sequence[int]) -> None:
    """Their clients have confirmed the missed events."""
    await on.execute("select wedsync_internal.forget_positions($1)", subscriptions)


async def hold_positions(on: Executor, sockets: Sequence[uuid.UUID], cursors: Sequence[str | None]) -> None:
    """Set positions for individual sockets, or with None remove them."""
    await on.execute("select wedsync_internal.hold_positions($1, $2)", sockets, cursors)


# Sockets and people


async def open_connection(on: Executor, node: uuid.UUID, socket_id: uuid.UUID, who: str, session: str | None) -> None:
    """Count a socket. `who` is JSON with the claims sub and role. Raises `Refused`."""
    await _answer(on, "select wedsync_internal.open_connection($1, $2, $3, $4)", node, socket_id, who, session)


async def close_connections(on: Executor, sockets: Sequence[uuid.UUID]) -> None:
    """Sockets were closed."""
    await on.execute("select wedsync_internal.close_connections($1)", sockets)


async def note_pings(on: Executor, sockets: Sequence[uuid.UUID]) -> None:
    """Sockets sent heartbeats."""
    await on.execute("select wedsync_internal.note_pings($1)", sockets)


async def record_activity(on: Executor, rows: Sequence[Mapping[str, object]]) -> None:
    """Count what users received and did: {user_id, topic, event_type, count}."""
    await on.execute("select wedsync_internal.record_activity($1)", json.dumps(rows))


async def session_claims(on: Executor, digest: bytes) -> dict[str, Any]:
    """The claims of the session token with that SHA-256: {ok, claims} or {ok, reason}."""
    found: dict[str, Any] = await _json(on, "select wedsync_internal.session_claims($1)", digest)
    return found


async def worker_settings(on: Executor) -> dict[str, Any]:
    """The settings that concern sockets, by name."""
    found: dict[str, Any] = await _json(on, "select wedsync_internal.worker_settings()")
    return found


# Broadcasts and presence


async def publish_messages(
    on: Executor, claims: Mapping[str, Any], messages: Sequence[Mapping[str, object]]
) -> list[str]:
    """Store and announce; returns the topics on which the sender may not broadcast."""
    statement = "select wedsync_internal.publish_messages($1, $2)"
    refused: list[str] = (await _json(on, statement, json.dumps(claims), json.dumps(messages)))["refused"]
    return refused


async def presence_states(on: Executor, topics: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """{version, state} of each topic."""
    rows = await on.fetch(
        "select t.topic, wedsync_internal.presence_state(t.topic) as found from unnest($1::text[]) as t (topic)", topics
    )
    return {row["topic"]: json.loads(row["found"]) for row in rows}


async def presence_apply(on: Executor, node: uuid.UUID, changes: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """Track and untrack: {results, diffs}."""
    found: dict[str, Any] = await _json(on, "select wedsync_internal.presence_apply($1, $2)", node, json.dumps(changes))
    return found


async def put_bus_messages(on: Executor, kinds: Sequence[str], texts: Sequence[str]) -> None:
    """Send to all processes."""
    await on.execute("select wedsync_internal.put_bus_messages($1, $2)", kinds, texts)


async def next_bus_messages(on: Executor, cursor: str | None) -> list[tuple[str, str]]:
    """Kind and payload of what was sent since a cursor; the last is the new cursor, of kind more where there is more."""
    rows = await on.fetch("select kind, payload from wedsync_internal.next_bus_messages($1)", cursor)
    return [(str(kind), str(payload)) for kind, payload in rows]


# Nodes and the log


async def register_node(
    on: Executor, node: uuid.UUID, epoch: str | None, safe: str | None, *, is_fed: bool
) -> dict[str, Any]:
    """Announce a node: {cursor, epoch, incarnation, schema_breaking_version}."""
    found: dict[str, Any] = await _json(
        on, "select wedsync_internal.register_node($1, $2, $3, $4, $5, $6)",
        node, socket.gethostname(), os.getpid(), is_fed, epoch, safe,
    )  # fmt: skip
    return found


async def touch_node(on: Executor, node: uuid.UUID, safe: str | None, health: Mapping[str, object]) -> bool:
    """Renew the lease; whether the database knows the node."""
    return bool(await on.fetchval("select wedsync_internal.touch_node($1, $2, $3)", node, safe, json.dumps(health)))


async def unregister_node(on: Executor, node: uuid.UUID) -> None:
    """The node ends and releases its subscriptions."""
    await on.execute("select wedsync_internal.unregister_node($1)", node)


async def end_lease(on: Executor, node: uuid.UUID) -> None:
    """The process of a node died."""
    await on.execute("select wedsync_internal.end_lease($1)", node)


async def set_node_awake(on: Executor, node: uuid.UUID | None, *, awake: bool) -> None:
    """Record whether the log is being polled, so that writers need not notify."""
    await on.execute("select wedsync_internal.set_node_awake($1, $2)", node, awake)


async def next_frames(on: Executor, node: uuid.UUID | None, cursor: str | None) -> Sequence[Any]:
    """A page of new frames for a node, or with None for all followers; the first row is the cursor."""
    rows: Sequence[Any] = await on.fetch(_NEXT_FRAMES, node, cursor)
    return rows


async def lead_relays(on: Executor, node: uuid.UUID) -> list[uuid.UUID] | None:
    """Take or renew the leadership; returns the followers, or None if another process leads."""
    nodes: list[uuid.UUID] | None = await on.fetchval("select wedsync_internal.lead_relays($1)", node)
    return nodes


async def resign_relays(on: Executor, node: uuid.UUID) -> None:
    """Resign the leadership."""
    await on.execute("select wedsync_internal.resign_relays($1)", node)


async def current_snapshot(on: Executor) -> str:
    """The current snapshot."""
    return str(await on.fetchval("select pg_catalog.pg_current_snapshot()::text"))


async def notify_load(on: Executor) -> tuple[int, int]:
    """Number of writers that wait to commit, and of readers that each notification wakes."""
    row = await on.fetchrow("select waiting, readers from wedsync_internal.notify_load()")
    return row["waiting"], row["readers"]


async def notify(on: Executor, channel: str, payload: str) -> None:
    """Send a notification."""
    await on.execute("select pg_catalog.pg_notify($1, $2)", channel, payload)


async def is_standby(on: Executor) -> bool:
    """Whether the server takes no writes."""
    return bool(await on.fetchval("select pg_catalog.pg_is_in_recovery()"))


async def check_installed(on: Executor) -> None:
    """Raises `UndefinedFunctionError` if the pack is missing or older than this code."""
    await on.fetchval(
        "select 'wedsync_internal.register_node(uuid, text, integer, boolean, uuid, text)'::regprocedure::oid"
    )


# Scheduled jobs and the dashboard


async def due_jobs(on: Executor) -> Iterable[str]:
    """Names of the jobs that are due."""
    return [row[0] for row in await on.fetch("select wedsync_internal.due_jobs()")]


async def run_job(on: Executor, job: str) -> str | None:
    """Run a job; returns its result."""
    result: str | None = await on.fetchval("select wedsync_internal.run_job($1)", job)
    return result


async def take_webhook(
    on: Executor, source: str, body: bytes, headers: Mapping[str, str], address: str | None
) -> dict[str, Any]:
    """Verify, store and handle a webhook; returns {http_status, retry_after, body}."""
    text = await on.fetchval(
        "select wedsync_internal.take_webhook($1, $2, $3, $4::text::inet)", source, body, json.dumps(headers), address
    )
    answer: dict[str, Any] = json.loads(text)
    return answer


async def realtime_overview(on: Executor, claims: Mapping[str, Any]) -> str:
    """JSON text of the dashboard's data for these claims."""
    text: str = await on.fetchval("select wedsync_internal.realtime_overview($1)", json.dumps(claims))
    return text
