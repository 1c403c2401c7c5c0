"""Webhooks of other systems, verified and handled in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wedsync.database import calls
from wedsync.database.connections import TRANSIENT
from wedsync.logs import logger
from wedsync.protocol.webhooks import WebhookAnswer

log = logger("webhooks")

_UNAVAILABLE = WebhookAnswer(503, {"status": "unavailable", "message": "The database is not available, try again"}, 5)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Passes webhooks to the database."""

    pool: Any

    async def receive(self, source: str, body: bytes, headers: Mapping[str, str], address: str | None) -> WebhookAnswer:
        """The answer to the sender, who repeats what was answered with 503."""
        try:
            answer = await calls.take_webhook(self.pool, source, body, headers, address)
        except TRANSIENT as exc:
            # neither headers nor body: they hold signatures and people's data
            log.warning("webhook_failed", error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
            return _UNAVAILABLE
        return WebhookAnswer(answer["http_status"], answer["body"], answer.get("retry_after"))
