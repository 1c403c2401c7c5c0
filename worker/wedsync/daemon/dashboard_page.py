"""The dashboard: counts of this worker for everybody who reaches the port, names from the database for a server's token.

What shows without a token is what `/metrics` and `/readyz` tell on the same port. Who may see more is decided by SQL.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from wedsync.auth import TokenError, TokenVerifier
from wedsync.daemon.http import Readiness
from wedsync.database.connections import TRANSIENT
from wedsync.logs import logger

log = logger("dashboard")

PATH = "/dashboard"
_FILES = Path(__file__).parent / "dashboard"
_TYPES = {
    "": "text/html", "dashboard.js": "text/javascript", "advice.js": "text/javascript", "dashboard.css": "text/css",
}  # fmt: skip
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_DATABASE_SECONDS = 5.0
_OVERVIEW = "select wedsync_internal.realtime_overview($1)"


class Dashboard:
    """Serves the page and its sources. `gateways` gives the figures of each gateway process."""

    def __init__(
        self,
        verifier: TokenVerifier,
        pool: Any,
        readiness: Callable[[], Readiness],
        gateways: Callable[[], list[dict[str, object]]],
    ) -> None:
        self._verifier = verifier
        self._pool = pool
        self._readiness = readiness
        self._gateways = gateways
        # However many pages are open, publishing keeps the other session.
        self._turn = asyncio.Lock()

    def routes(self) -> list[Route]:
        """The page and everything below it."""
        return [
            Route(PATH, self._file),
            Route(f"{PATH}/live", self._live),
            Route(f"{PATH}/overview", self._overview),
            Route(f"{PATH}/{{name}}", self._file),
        ]

    async def _file(self, request: Request) -> Response:
        name = request.path_params.get("name", "")
        if name not in _TYPES:
            return _answer({"message": "not found"}, 404)
        return FileResponse(_FILES / (name or "index.html"), media_type=_TYPES[name], headers=_HEADERS)

    async def _live(self, _request: Request) -> Response:
        state = self._readiness()
        return _answer(
            {
                "ready": state.ready,
                "problems": state.problems,
                "now": time.monotonic(),
                "gateways": self._gateways(),
            }
        )

    async def _overview(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return _answer({"message": "send a token"}, 401)
        try:
            claims = (await self._verifier.verify(token.strip())).claims
        except TokenError as exc:
            return _answer({"message": str(exc)}, 401)
        try:
            async with asyncio.timeout(_DATABASE_SECONDS), self._turn:
                text = await self._pool.fetchval(_OVERVIEW, json.dumps(claims))
        except asyncpg.InsufficientPrivilegeError:
            log.warning("overview_refused", role=str(claims["role"])[:64])
            return _answer({"message": "the token needs the role service_role or wedsync_admin"}, 403)
        except asyncpg.DataError:
            return _answer({"message": "the token holds text that the database cannot read"}, 401)
        except TRANSIENT as exc:
            log.warning("overview_unknown", error=type(exc).__name__)
            return _answer({"message": "the database is not available"}, 503)
        return Response(text, media_type="application/json", headers=_HEADERS)


def _answer(body: dict[str, object], status: int = 200) -> JSONResponse:
    headers = {**_HEADERS, "www-authenticate": "Bearer"} if status == 401 else _HEADERS
    return JSONResponse(body, status, headers)
