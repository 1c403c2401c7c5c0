"""The HTTP port: liveness, readiness and metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from wedsync.server.bounded_http import BoundedHttp, HttpLimits, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>WedSync</title></head>
<body>
<h1>WedSync</h1>
<p>This is the worker of WedSync, which keeps one true copy of a wedding and sends every change to those who may see it.</p>
<p>Sockets are served on their own port, at <code>/realtime/v1/websocket</code> and <code>/socket/websocket</code>;
any Supabase Realtime client can join <code>core_fields_&lt;couple id&gt;</code> there.</p>
<ul>
<li><a href="/healthz">/healthz</a>: the process responds</li>
<li><a href="/readyz">/readyz</a>: it can serve joins</li>
<li><a href="/dashboard">/dashboard</a>: these and more as a page</li>
<li><a href="/metrics">/metrics</a>: Prometheus text</li>
</ul>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the worker can serve clients; `problems` are short constant phrases."""

    problems: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """No problem is known."""
        return not self.problems


def build_app(
    readiness: Callable[[], Readiness], metrics: CollectorRegistry, more: Sequence[BaseRoute] = ()
) -> Starlette:
    """The application with `more` routes; `readiness` and `metrics` are called for every request."""

    async def page(_request: Request) -> Response:
        return HTMLResponse(_PAGE)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        state = readiness()
        body = {"status": "ready" if state.ready else "not ready", "problems": list(state.problems)}
        return JSONResponse(body, status_code=200 if state.ready else 503)

    async def figures(request: Request) -> Response:
        # Prometheus negotiates the format.
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics), headers={"content-type": kind})

    routes = [Route("/", page), Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", figures)]
    return Starlette(routes=[*routes, *more])


class HttpServer(uvicorn.Server):
    """Uvicorn in a loop whose signals are handled elsewhere."""

    def __init__(self, app: Starlette, limits: HttpLimits | None = None) -> None:
        protocol: Any = partial(BoundedHttp, waiting=Waiting(limits))
        super().__init__(
            uvicorn.Config(
                app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=3,
                http=protocol,
            )
        )  # fmt: skip

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do not change the process's signal handlers."""
        yield
