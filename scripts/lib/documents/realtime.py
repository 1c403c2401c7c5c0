"""docs/reference/realtime.md, from the channel catalogue, the refusals, the close codes, the limits and the metrics."""

from __future__ import annotations

from typing import Any

import psycopg

from wedsync.metrics import COUNTERS, DELAYS, GAUGES, PREFIX
from wedsync.protocol.close_codes import PROTOCOL_CODES, CloseCode
from wedsync.protocol.refusals import JOIN_REFUSALS, REQUEST_REFUSALS

from .markdown import code, page, table

_HANDSHAKE = (
    (400, "the address, the version or the session cannot be read, or it is no WebSocket handshake"),
    (401, "no key was given, or it is forged, expired or lacks a claim"),
    (403, "the page that asks is of an origin that `WEDSYNC_ALLOWED_ORIGINS` does not name"),
    (404, "there are no sockets at this path"),
    (405, "sockets are opened with GET"),
    (426, "the request does not ask for a WebSocket"),
    (429, "the user, or the people of the supplier, have too many sockets; `Retry-After` says when to try again"),
    (
        503,
        "this process is about to end, and another one answers at the next attempt; or a session token cannot be looked up, "
        "because the database does not answer",
    ),
)
_LIMITS = (
    "channels_per_socket", "connections_per_supplier", "connections_per_user", "joins_per_second", "message_max_bytes",
    "messages_per_second", "patterns_per_user", "presence_idle_seconds", "presence_lease_seconds", "presence_max_bytes",
    "remember_days", "resume_minutes", "session_days", "session_token_seconds", "sessions_per_user",
)  # fmt: skip


def realtime_page(connection: psycopg.Connection[tuple[Any, ...]]) -> str:
    """Numbers that a socket can end or fail with, limits, metrics."""
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
    metrics = [(code(f"{PREFIX}{name}_total"), label or "", text) for name, (text, label) in COUNTERS.items()]
    metrics += [(code(PREFIX + name), label or "", text) for name, (text, label) in GAUGES.items()]
    metrics += [(code(PREFIX + name), "le", f"{text} (histogram, seconds)") for name, text in DELAYS.items()]
    return page(
        "Realtime",
        "## Channels",
        "Rows of `wedsync_data.channel_catalog`. A topic that is none of them is refused, unless a pattern in "
        "`wedsync_data.free_topics` lets it in: there is none as shipped. `caller` stands for everything within the reach of "
        "whoever joins; a suffix of letters, digits, `:`, `_`, `.` and `-` tells a client's channels apart and decides nothing.",
        table(
            ("topic", "scope", "events of", "clients broadcast", "presence", "what"),
            [
                (code(topic), scope, tables, "yes" if sends else "", "yes" if shows else "", text)
                for topic, scope, tables, sends, shows, text in channels
            ],
        ),
        "## Refusals",
        "A reason begins with a code and a colon; the text behind it is for people and may change. A join that is refused is "
        "answered with one of these. A channel that ends is told why in a `system` message with status `error`: with one of "
        "these codes, or in words alone where a right was lost or the wedding was deleted.",
        _refusals(JOIN_REFUSALS),
        "A request on a joined channel is answered with one of these, and the channel stays. Stock clients give their caller "
        "`error` and nothing of the reason, which stands in the frame only:",
        _refusals(REQUEST_REFUSALS),
        "An event on a topic that is not joined is answered with `unmatched topic`.",
        "## Close codes",
        "What a socket is closed with. Stock clients come back by themselves after each of them.",
        table(("code", "why", "what to do"), [(number, *codes[number]) for number in sorted(codes)]),
        "A socket that does not answer the closing handshake within ten seconds is dropped without a code.",
        "## Handshake",
        "An opening request that is refused is answered with one of these and a JSON object with the key `error`.",
        table(("status", "why"), _HANDSHAKE),
        "## Limits",
        "Rows of `wedsync_data.settings` and `wedsync_data.rate_limits`; the worker reads them again every minute.",
        table(("name", "shipped as", "what"), [(code(name), code(value), text) for name, value, text in limits]),
        "## Metrics",
        "At `/metrics` of the HTTP port, each with the label `gateway`.",
        table(("metric", "label", "what"), sorted(metrics)),
    )


def _refusals(refusals: dict[str, tuple[str, str]]) -> str:
    return table(("code", "why", "what to do"), [(code(name), *texts) for name, texts in refusals.items()])
