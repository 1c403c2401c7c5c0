"""The demo page of `wedsync up` and the small API it needs. Not part of the worker, which does not issue tokens.

The API returns the same status and body as PostgREST would, for the few functions that
the page calls. Visitors can act as any user, so it is served on loopback and to local names only.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from wedsync.auth import TokenError, TokenVerifier
from wedsync.install.database import connect
from wedsync.local import demo_api
from wedsync.local.demo_api import Refused, body_of
from wedsync.local.demo_client import StockClient, how_to_install
from wedsync.local.demo_wedding import EMMA, JAMES, SUPPLIERS, DemoWedding, acting_as
from wedsync.local.dev_tokens import sign

PATH = "/demo"
_FILES = Path(__file__).parent / "demo"
_TYPES = {
    "demo.js": "text/javascript",
    "plans.js": "text/javascript",
    "records.js": "text/javascript",
    "demo.css": "text/css",
}
_TOKEN_SECONDS = 3600
Handler = Callable[[Request], Awaitable[Response]]


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to an (IPv4) address to listen on."""
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(slots=True)
class DemoPage:
    """Serves the page for one demo wedding. `dsn` is of a role that may become `authenticated`; `client` as found.

    `socket_url` is where the page connects; it is known once the worker listens.
    """

    dsn: str
    secret: str
    wedding: DemoWedding
    client: StockClient | None
    socket_url: str = ""

    def route(self) -> Mount:
        """Everything below `/demo`."""
        verifier = TokenVerifier(self.secret, None)

        async def caller(request: Request) -> dict[str, Any]:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                raise Refused(401, "PGRST301", "Send a token")
            try:
                claims = (await verifier.verify(token.strip())).claims
            except TokenError as exc:
                raise Refused(401, "PGRST301", str(exc)) from exc
            if "sub" not in claims:
                raise Refused(401, "PGRST301", "The token has no user")
            return claims

        async def call(request: Request) -> Response:
            claims, name = await caller(request), request.path_params["name"]
            return await answer(claims, demo_api.call(name, await body_of(request)))

        async def view(request: Request) -> Response:
            claims, name = await caller(request), request.path_params["view"]
            if request.method == "GET":
                return await answer(claims, demo_api.rows(name, self.wedding.couple_id))
            row = await body_of(request)
            if request.method == "POST":
                return await answer(claims, demo_api.added(name, self.wedding.couple_id, row), 201)
            chosen = request.query_params.get("id", "").removeprefix("eq.")
            return await answer(claims, demo_api.changed(name, self.wedding.couple_id, chosen, row))

        async def answer(claims: dict[str, Any], statement: demo_api.Statement, status: int = 200) -> Response:
            return JSONResponse(await asyncio.to_thread(self._run, claims, *statement), status)

        async def token(request: Request) -> Response:
            person = (await body_of(request)).get("person")
            user = next((each["id"] for each in self.people() if each["key"] == person), None)
            if user is None:
                raise Refused(404, "PGRST116", "There is no such user")
            return JSONResponse({"token": sign(self.secret, user, seconds=_TOKEN_SECONDS), "seconds": _TOKEN_SECONDS})

        routes = [
            Route("/", self._page),
            Route("/setup", self._setup),
            Route("/token", _told(token), methods=["POST"]),
            Route("/rpc/{name}", _told(call), methods=["POST"]),
            Route("/rest/{view}", _told(view), methods=["GET", "POST", "PATCH"]),
            Route("/npm/{path:path}", self._npm),
            Route("/{name}", self._file),
        ]
        # Prevents DNS rebinding: other pages could otherwise reach the tokens through a name that resolves to 127.0.0.1.
        local_names_only = Middleware(
            TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"], www_redirect=False
        )
        return Mount(PATH, app=Starlette(routes=routes, middleware=[local_names_only]))

    def people(self) -> list[dict[str, str | None]]:
        """The users to choose from: key, user id, name, kind, and the supplier's id if it is one."""
        couple = [("emma", EMMA, "Emma"), ("james", JAMES, "James")]
        found = [
            {"key": key, "id": str(user), "name": name, "kind": "couple", "supplier_id": None}
            for key, user, name in couple
        ]
        for each in SUPPLIERS:
            kind = each.category.replace("_", " ")
            after = {"granted": "", "requested": ", access pending", "revoked": ", access revoked"}[each.state]
            supplier = self.wedding.supplier_ids[each.name]
            found.append(
                {
                    "key": each.category,
                    "id": str(each.user),
                    "name": each.name,
                    "kind": kind + after,
                    "supplier_id": str(supplier),
                }
            )
        return found

    async def _page(self, _request: Request) -> Response:
        if not self.socket_url:
            return HTMLResponse("WedSync is starting. Reload in a moment.", 503, _FRESH)
        html = (_FILES / "index.html").read_text(encoding="utf-8")
        imports = json.dumps(self.client.import_map(f"{PATH}/npm") if self.client else {"imports": {}})
        digest = b64encode(hashlib.sha256(imports.encode()).digest()).decode()
        address = urlsplit(self.socket_url)
        policy = (
            f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; img-src data:; "
            f"connect-src 'self' {address.scheme}://{address.netloc}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        headers = {"content-security-policy": policy, "referrer-policy": "no-referrer", **_FRESH}
        return HTMLResponse(html.replace("{{imports}}", imports), headers=headers)

    async def _setup(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "socket_url": self.socket_url,
                "couple_id": str(self.wedding.couple_id),
                "people": self.people(),
                "install": None if self.client else how_to_install(),
            },
            headers=_FRESH,
        )

    async def _npm(self, request: Request) -> Response:
        found = self.client.file(request.path_params["path"]) if self.client else None
        if found is None:
            return JSONResponse({"message": "not installed"}, 404)
        return FileResponse(found, media_type="text/javascript")

    async def _file(self, request: Request) -> Response:
        kind = _TYPES.get(request.path_params["name"])
        if kind is None:
            return JSONResponse({"message": "not found"}, 404)
        return FileResponse(_FILES / request.path_params["name"], media_type=kind, headers=_FRESH)

    def _run(self, claims: dict[str, Any], text: sql.Composed, values: dict[str, Any]) -> Any:
        """The first value of a statement, run with the caller's claims in its own transaction."""
        with closing(connect(self.dsn, application_name="wedsync demo page")) as connection:
            try:
                with acting_as(connection, claims["sub"]):
                    row = connection.execute(text, values).fetchone()
            except psycopg.Error as error:
                raise demo_api.refusal(error) from error
        return row[0] if row else None


_FRESH = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def _told(handler: Handler) -> Handler:
    """The handler, with its refusals as answers."""

    async def answer(request: Request) -> Response:
        try:
            response = await handler(request)
        except Refused as refused:
            response = JSONResponse(refused.body, refused.status)
        response.headers.update(_FRESH)
        return response

    return answer
