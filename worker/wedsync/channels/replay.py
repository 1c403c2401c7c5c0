"""Stored broadcasts that a client requests with `config.broadcast.replay` when it joins. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wedsync.channels.subscription import Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Replay:
    """The newest `limit` messages since a time; without a limit, SQL's default applies."""

    since: datetime
    limit: int | None


def read_replay(config: Mapping[str, object] | None) -> Replay | None:
    """The replay requested by the join's config; an invalid section is ignored, like other invalid fields."""
    broadcast = (config or {}).get("broadcast")
    replay = broadcast.get("replay") if isinstance(broadcast, dict) else None
    since = replay.get("since") if isinstance(replay, dict) else None
    if not isinstance(replay, dict) or not isinstance(since, (int, float)) or isinstance(since, bool):
        return None
    limit = replay.get("limit")
    try:
        moment = _EPOCH + timedelta(milliseconds=since)
    except (OverflowError, ValueError):
        return None
    usable = isinstance(limit, int) and not isinstance(limit, bool)
    return Replay(moment, max(1, min(limit, 1_000_000)) if usable and isinstance(limit, int) else None)


def with_replay(stored: list[str], missed: list[Row]) -> list[Row]:
    """Frames to send before live ones: `stored` messages as payload texts in order, then those `missed` while away.

    Both end with the newest message, so duplicates are among the missed ones.
    """
    known = [row["seq"] for row in missed if row["couple_id"] is None and isinstance(row["seq"], int)]
    rows = []
    for payload in stored:
        seq = json.loads(payload)["meta"]["seq"]
        if not known or seq < known[0]:
            row: Row = {"kind": "broadcast", "group_id": None, "couple_id": None, "seq": seq, "payload": payload}
            rows.append(row)
    return rows + missed
