"""Outgoing webhooks in the format of Standard Webhooks (https://www.standardwebhooks.com)."""

from __future__ import annotations

from datetime import UTC, datetime

from standardwebhooks import Webhook

from wedsync.delivery.http_client import HttpClient, expect_accepted
from wedsync.delivery.outcomes import Delivery


class WebhookAdapter:
    """Posts the JSON of a delivery, signed with each valid secret of the endpoint."""

    most = 50

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def send(self, delivery: Delivery) -> None:
        """Any 2xx accepts it."""
        body, now = delivery.payload or "", datetime.now(UTC)
        signatures = [Webhook(secret).sign(str(delivery.id), now, body) for secret in delivery.target["secrets"]]
        headers = {
            "Content-Type": "application/json",
            "webhook-id": str(delivery.id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        expect_accepted(await self._client.post(delivery.target["url"], body.encode(), headers))

    async def close(self) -> None:
        """Close idle connections."""
        await self._client.close()
