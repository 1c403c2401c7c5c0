"""Webhooks of other systems at /webhooks/{source}: the raw bytes are passed on, SQL verifies and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wedsync.protocol.webhooks import WebhookAnswer

BODY_LIMIT = 1_048_576
"""Bytes of a body. A larger one is cut off after one more byte, which SQL refuses by its size."""
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature", "x-webhook-signature")


Receive = Callable[[str, bytes, Mapping[str, str], str | None], Awaitable[WebhookAnswer]]
"""Takes source, body, headers in lower case and the sender's address."""


def webhook_route(receive: Receive) -> Route:
    """The route. Nothing of a webhook is logged here."""

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_LIMIT:
                    break
        except ClientDisconnect:
            return Response(status_code=400)
        headers = {name: value for name in _HEADERS if (value := request.headers.get(name)) is not None}
        answer = await receive(request.path_params["source"], bytes(body[: BODY_LIMIT + 1]), headers, _address(request))
        more = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
        return JSONResponse(answer.body, answer.status, more)

    return Route("/webhooks/{source}", endpoint, methods=["POST"])


def _address(request: Request) -> str | None:
    """The peer, or whom a proxy on this machine names."""
    try:
        return str(ip_address(request.client.host)) if request.client else None
    except ValueError:
        return None
