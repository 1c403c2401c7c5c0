"""Broadcasts of senders without a socket, stored and sent like those from SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from wedsync.database import calls
from wedsync.database.connections import TRANSIENT
from wedsync.logs import logger
from wedsync.protocol.publishing import PublishRefused

log = logger("publishing")


class Publisher:
    """Publishes messages of verified senders."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def publish(self, claims: Mapping[str, Any], messages: Sequence[Mapping[str, object]]) -> list[str]:
        """Store and announce; returns the topics on which the sender may not broadcast. Raises `PublishRefused`."""
        try:
            return await calls.publish_messages(self._pool, claims, messages)
        except asyncpg.DataError as exc:
            raise PublishRefused(422, "Unprocessable", [_detail(exc)]) from exc
        except TRANSIENT as exc:
            if getattr(exc, "sqlstate", None) == "PT413":
                raise PublishRefused(413, "Payload too large", [_detail(exc)]) from exc
            if (limited := _limited(exc)) is not None:
                raise limited from exc
            log.warning("publish_failed", error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
            raise PublishRefused(503, "the database is not available, try again") from exc


def _detail(exc: BaseException) -> object:
    try:
        return json.loads(str(getattr(exc, "detail", "")))
    except ValueError:
        return "the message holds text that the database cannot store"


def _limited(exc: BaseException) -> PublishRefused | None:
    """The 429 in an error in PostgREST's format."""
    if getattr(exc, "sqlstate", None) != "PGRST":
        return None
    error, answer = (json.loads(str(getattr(exc, part, ""))) for part in ("message", "detail"))
    if answer["status"] != 429:
        return None
    return PublishRefused(429, error["message"], [json.loads(error["details"])], int(answer["headers"]["Retry-After"]))
