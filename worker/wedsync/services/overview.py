"""The dashboard's data from the database. SQL decides who may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

from wedsync.channels.subscription import Refused
from wedsync.database import calls
from wedsync.database.connections import TRANSIENT
from wedsync.logs import logger

log = logger("dashboard")

_DATABASE_SECONDS = 5.0


class Overview:
    """Reads one at a time, so that open pages leave a session for publishing."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._turn = asyncio.Lock()

    async def read(self, claims: Mapping[str, Any]) -> str:
        """JSON text for whom the claims name. Raises `Refused` with the HTTP status as its code."""
        try:
            async with asyncio.timeout(_DATABASE_SECONDS), self._turn:
                return await calls.realtime_overview(self._pool, claims)
        except asyncpg.InsufficientPrivilegeError as exc:
            log.warning("overview_refused", role=str(claims["role"])[:64])
            raise Refused("403", "the token needs the role service_role or wedsync_admin") from exc
        except asyncpg.DataError as exc:
            raise Refused("401", "the token holds text that the database cannot read") from exc
        except TRANSIENT as exc:
            log.warning("overview_unknown", error=type(exc).__name__)
            raise Refused("503", "the database is not available") from exc
