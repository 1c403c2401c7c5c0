"""The dashboard: metrics of this worker for everybody with access to the port, names from the database for server tokens.

Without a token it shows the same as `/metrics` and `/readyz` on the same port. SQL decides who may see more.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from wedsync.auth import TokenError, TokenVerifier
from wedsync.channels.subscription import Refused
from wedsync.server.http import Readiness

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


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Serves the page and its data: metrics of each gateway, and the result of `overview` for claims.

    That raises `Refused` with an HTTP status as its code.
    """

    verifier: TokenVerifier
    overview: Callable[[Mapping[str, Any]], Awaitable[str]]
    readiness: Callable[[], Readiness]
    gateways: Callable[[], list[dict[str, object]]]

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
        state, gateways = self.readiness(), self.gateways()
        return _answer(
            {"ready": state.ready, "problems": state.problems, "now": time.monotonic(), "gateways": gateways}
        )

    async def _overview(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return _answer({"message": "send a token"}, 401)
        try:
            claims = (await self.verifier.verify(token.strip())).claims
        except TokenError as exc:
            return _answer({"message": str(exc)}, 401)
        try:
            text = await self.overview(claims)
        except Refused as exc:
            return _answer({"message": exc.reason}, int(exc.code))
        return Response(text, media_type="application/json", headers=_HEADERS)


def _answer(body: dict[str, object], status: int = 200) -> JSONResponse:
    headers = {**_HEADERS, "www-authenticate": "Bearer"} if status == 401 else _HEADERS
    return JSONResponse(body, status, headers)
