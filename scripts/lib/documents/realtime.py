"""docs/reference/realtime.md, from the channel catalogue, the refusals, the close codes, the limits and the metrics."""

from __future__ import annotations

from typing import Any

import psycopg

from wedsync.metrics import COUNTERS, DELAYS, GAUGES, PREFIX
from wedsync.protocol.close_codes import PROTOCOL_CODES, CloseCode

from .markdown import code, page, table
from .refusals import JOIN_REFUSALS, REQUEST_REFUSALS

_HANDSHAKE = (
    (400, "the address, version or session is invalid, or the request is not a WebSocket handshake"),
    (401, "the key is missing, forged or expired, or lacks a claim"),
    (403, "the origin of the page is not in `WEDSYNC_ALLOWED_ORIGINS`"),
    (404, "sockets are not served at this path"),
    (405, "open sockets with GET"),
    (426, "the request does not ask for a WebSocket"),
    (429, "the user, or the staff of the supplier, have too many sockets; `Retry-After` says when to try again"),
    (
        503,
        "the gateway is shutting down, try again; or a session token cannot be looked up, "
        "because the database is not available",
    ),
)
_LIMITS = (
    "channels_per_socket", "connections_per_supplier", "connections_per_user", "joins_per_second", "message_max_bytes",
    "messages_per_second", "patterns_per_user", "presence_idle_seconds", "presence_lease_seconds", "presence_max_bytes",
    "remember_days", "resume_minutes", "session_days", "session_token_seconds", "sessions_per_user",
)  # fmt: skip


def realtime_page(connection: psycopg.Connection[tuple[Any, ...]]) -> str:
    """Channels, refusals, close codes, limits and metrics."""
    codes = {each.value: (each.meaning, each.advice) for each in CloseCode} | PROTOCOL_CODES
    limits = connection.execute(
        """
        select s.name, s.value::text, s.description from wedsync_data.settings as s where s.name = any (%s)
        union all
        select r.endpoint, format('%%s in %%s s', r.max_requests, r.per_seconds), r.description
        from wedsync_data.rate_limits as r where r.endpoint like 'realtime-%%' or r.endpoint = 'session-join'
        order by 1
        """,
        (list(_LIMITS),),
    ).fetchall()
    channels = connection.execute(
        r"""
        select regexp_replace(regexp_replace(regexp_replace(
                c.pattern, '[\^$]', '', 'g'), '\(\[0-9a-f.*\)$', '<' || c.scope || ' id>', 'i'), '\(\?:-.*\)\?$', '[-<suffix>]'),
            c.scope, array_to_string(c.tables, ', '), c.allows_broadcast, c.allows_presence, c.description
        from wedsync_data.channel_catalog as c order by c.scope desc, c.name
        """
    ).fetchall()
    records = connection.execute(
        """
        select r.event_type, string_agg(r.record_name, ', ' order by r.position, r.record_name),
            string_agg(distinct case when r.topic is null then 'wedding:<wedding id>' else r.topic end, ', ')
        from wedsync_data.record_catalog as r where r.is_announced group by r.event_type order by r.event_type
        """
    ).fetchall()
    metrics = [(code(f"{PREFIX}{name}_total"), label or "", text) for name, (text, label) in COUNTERS.items()]
    metrics += [(code(PREFIX + name), label or "", text) for name, (text, label) in GAUGES.items()]
    metrics += [(code(PREFIX + name), "le", f"{text} (histogram, seconds)") for name, text in DELAYS.items()]
    return page(
        "Realtime",
        "## Channels",
        "Rows of `wedsync_data.channel_catalog`. Any other topic is refused unless it matches a pattern in "
        "`wedsync_data.free_topics`, which is empty by default. The scope `caller` covers everything that the user can "
        "access; the suffix (letters, digits, `:`, `_`, `.` and `-`) only tells a client's channels apart.",
        table(
            ("topic", "scope", "events of", "clients broadcast", "presence", "description"),
            [
                (code(topic), scope, tables, "yes" if sends else "", "yes" if shows else "", text)
                for topic, scope, tables, sends, shows, text in channels
            ],
        ),
        "## Events of records",
        "Changes of a record are broadcast under its event type, with the fields that the subscriber may read, and sent "
        "as row changes of its view. Core fields, their lists and changes of access are also sent on the channels of core "
        "fields.",
        table(
            ("event type", "records", "channel"),
            [(code(event), ", ".join(map(code, names.split(", "))), code(topic)) for event, names, topic in records],
        ),
        "## Refusals",
        "A reason starts with a code and a colon; the text after it is for people and may change. A refused join is "
        "answered with one of these. A channel that the server closes gets a `system` message with status `error`, with one of "
        "these codes, or with text only when access was revoked or the wedding was deleted.",
        _refusals(JOIN_REFUSALS),
        "A refused request on a joined channel is answered with one of these, and the channel stays joined. Stock clients "
        "report only `error`; the reason is in the frame:",
        _refusals(REQUEST_REFUSALS),
        "An event on a topic that is not joined is answered with `unmatched topic`.",
        "## Close codes",
        "Stock clients reconnect automatically after each of these.",
        table(("code", "reason", "what to do"), [(number, *codes[number]) for number in sorted(codes)]),
        "A socket that does not answer the closing handshake within ten seconds is aborted.",
        "## Handshake",
        "A refused opening handshake is answered with one of these and a JSON object with the key `error`.",
        table(("status", "reason"), _HANDSHAKE),
        "## Limits",
        "Rows of `wedsync_data.settings` and `wedsync_data.rate_limits`; the worker reloads them every minute.",
        table(("name", "default", "description"), [(code(name), code(value), text) for name, value, text in limits]),
        "## Metrics",
        "At `/metrics` of the HTTP port, each with the label `gateway`.",
        table(("metric", "label", "description"), sorted(metrics)),
    )


def _refusals(refusals: dict[str, tuple[str, str]]) -> str:
    return table(("code", "reason", "what to do"), [(code(name), *texts) for name, texts in refusals.items()])
