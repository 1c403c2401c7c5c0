"""Broadcasts over HTTP, for senders without a socket: one message or a batch, stored and sent like those from SQL."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wedsync.auth import Identity, TokenError, TokenUnchecked, TokenVerifier
from wedsync.channels.token_bucket import WINDOW_SECONDS, TokenBucket
from wedsync.protocol.channel import own_token
from wedsync.protocol.json_values import read_finite_json
from wedsync.protocol.origins import REFUSED, Origins
from wedsync.protocol.publishing import PublishRefused, read_messages, read_names

PREFIXES = ("", "/realtime/v1", "/socket")
"""Stock clients append the paths to the address of the socket, without its last part."""
BODY_LIMIT = 5_000_000
_SENDERS_LIMIT = 10_000
Publish = Callable[[Mapping[str, Any], list[dict[str, object]]], Awaitable[list[str]]]
"""Stores and announces messages of these claims; returns the topics on which they may not broadcast. Raises `PublishRefused`."""
_ALLOWED_HEADERS = "authorization, apikey, content-type, x-api-key, x-client-info"


class Senders:
    """Senders over HTTP, each limited to the configured message rate.

    Each process applies that rate separately; the database's limit `realtime-broadcast` applies to all together.
    """

    def __init__(self, verifier: TokenVerifier, messages_per_second: Callable[[], float]) -> None:
        self._verifier = verifier
        self._messages_per_second = messages_per_second
        self._buckets: dict[object, TokenBucket] = {}

    async def identify(self, request: Request) -> Identity:
        """The sender: from the bearer token, or the key if there is none. Raises `PublishRefused`."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        key = request.headers.get("apikey") or request.headers.get("x-api-key")
        token = own_token(bearer.strip() if scheme.lower() == "bearer" else None) or own_token(key)
        if token is None:
            raise PublishRefused(401, "Unauthorized", ["send a token: the header Authorization: Bearer, or apikey"])
        try:
            identity = await self._verifier.verify(token)
        except TokenUnchecked as exc:
            raise PublishRefused(503, "the database is not available, try again") from exc
        except TokenError as exc:
            raise PublishRefused(401, "Unauthorized", [str(exc)]) from exc
        if not identity.may_join():
            raise PublishRefused(401, "Unauthorized", ["sign in first: the sub of the token must be a uuid"])
        return identity

    def take(self, identity: Identity, count: int) -> dict[str, str]:
        """Count messages against the sender's rate; returns the rate-limit headers. Raises `PublishRefused`."""
        now, most = time.monotonic(), self._messages_per_second()
        sender = identity.claims.get("sub") or identity.claims["role"]
        if len(self._buckets) >= _SENDERS_LIMIT and sender not in self._buckets:
            self._buckets = {
                who: bucket for who, bucket in self._buckets.items() if now - bucket.idle_since() < WINDOW_SECONDS
            }
        if count > most * WINDOW_SECONDS:
            raise PublishRefused(413, f"Too many messages at once: at most {most * WINDOW_SECONDS:g}")
        bucket = self._buckets.setdefault(sender, TokenBucket())
        if not bucket.take(most, now, count):
            reason = f"Too many messages: at most {most:g} a second, over {WINDOW_SECONDS:g} seconds"
            raise PublishRefused(429, reason, retry_after=math.ceil((count - bucket.left()) / most))
        left = bucket.left()
        rolling = most - left / WINDOW_SECONDS
        return {"x-rate-rolling": f"{rolling:.1f}", "x-rate-limit": f"{most:g}", "x-rate-limit-remaining": str(left)}


def publish_routes(
    publish: Publish,
    messages_per_second: Callable[[], float],
    verifier: TokenVerifier,
    allowed_origins: Iterable[str] | None,
) -> list[Route]:
    """Routes of batch and single publishing, below every prefix, for pages of these origins (None: all) and programs."""
    origins, senders = Origins.of(allowed_origins), Senders(verifier, messages_per_second)

    async def batch(request: Request) -> Response:
        identity = await senders.identify(request)
        body = await _json_body(request)
        messages = read_messages(body)
        headers = senders.take(identity, len(messages))
        refused = await publish(identity.claims, messages)
        if refused:
            # Still 202, as clients expect for a batch, but refused topics are reported.
            return JSONResponse({"refused": refused}, 202, headers)
        return Response(status_code=202, headers=headers)

    async def single(request: Request) -> Response:
        identity = await senders.identify(request)
        topic, event = read_names(bytes(request.scope["raw_path"]))
        body = await _json_body(request)
        private = request.query_params.get("private") == "true"
        messages = read_messages({"messages": [{"topic": topic, "event": event, "payload": body, "private": private}]})
        headers = senders.take(identity, 1)
        if await publish(identity.claims, messages):
            raise PublishRefused(403, f"You do not have permissions to broadcast on this topic: {topic}")
        return Response(status_code=202, headers=headers)

    routes = []
    for prefix in PREFIXES:
        for path, handle in (("/api/broadcast", batch), ("/api/broadcast/{names:path}", single)):
            routes.append(Route(prefix + path, _guarded(handle, origins), methods=["POST", "OPTIONS"]))
    return routes


def _guarded(handle: Any, origins: Origins) -> Any:
    """Handle refusals and preflights, and allow pages of the origins to read all responses."""

    async def endpoint(request: Request) -> Response:
        origin = request.headers.get("origin")
        response: Response
        if not origins.allow(origin):
            response = _refusal(PublishRefused(403, REFUSED))
        elif request.method == "OPTIONS":
            wanted = request.headers.get("access-control-request-headers", _ALLOWED_HEADERS)
            methods = {"Access-Control-Allow-Methods": "POST, OPTIONS", "Access-Control-Max-Age": "86400"}
            response = Response(status_code=204, headers={"Access-Control-Allow-Headers": wanted, **methods})
        else:
            try:
                response = await handle(request)
            except PublishRefused as refusal:
                response = _refusal(refusal)
            except ClientDisconnect:
                response = Response(status_code=400)
        response.headers.update(origins.reply_headers(origin))
        response.headers["Access-Control-Expose-Headers"] = "x-rate-rolling, x-rate-limit, x-rate-limit-remaining"
        return response

    return endpoint


def _refusal(refusal: PublishRefused) -> Response:
    body: dict[str, object] = {"message": str(refusal)}
    if refusal.errors is not None:
        body["errors"] = refusal.errors
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.status in (429, 503) else None
    return JSONResponse(body, refusal.status, headers)


async def _json_body(request: Request) -> object:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise PublishRefused(
            415, f"Unsupported media type {kind}: send JSON, with bytes as base64 text in it, or send bytes on a socket"
        )
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise PublishRefused(413, f"Payload too large: at most {BODY_LIMIT} bytes")
    try:
        return read_finite_json(body)
    except ValueError as exc:
        raise PublishRefused(422, "Unprocessable", ["the body is not JSON"]) from exc
