"""SMS by an HTTP provider: a generic form in JSON, or that of Twilio."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

from wedsync.delivery.http_client import HttpClient
from wedsync.delivery.outcomes import Delivery, Failed
from wedsync.settings import Settings

_WORTH_ANOTHER_TRY = frozenset((401, 403, 404, 408, 409, 425, 429))
"""Statuses of 4xx that are about the account or the moment, not about the message."""
LONGEST = 480
"""Characters, about three messages."""


class SmsAdapter:
    """Posts to the provider of the settings, an address that the operator trusts."""

    most = 10

    def __init__(self, client: HttpClient, settings: Settings) -> None:
        self._client = client
        self._url = settings.sms_url or ""
        self._form = settings.sms_form
        self._sender = settings.sms_from or ""
        token = settings.sms_token or ""
        basic = base64.b64encode(f"{settings.sms_user}:{token}".encode()).decode()
        self._authorization = f"Basic {basic}" if self._form == "twilio" else f"Bearer {token}"

    async def send(self, delivery: Delivery) -> None:
        """Any 2xx accepts it; other 4xx refuse the number or the text for good."""
        to, text = delivery.target["to"], delivery.body[:LONGEST]
        if self._form == "twilio":
            content_type = "application/x-www-form-urlencoded"
            body = urlencode({"To": to, "From": self._sender, "Body": text})
        else:
            content_type = "application/json"
            body = json.dumps({"id": str(delivery.id), "to": to, "from": self._sender, "text": text})
        headers = {
            "Content-Type": content_type, "Authorization": self._authorization, "Idempotency-Key": str(delivery.id),
        }  # fmt: skip
        answer = await self._client.post(self._url, body.encode(), headers)
        if not answer.accepted:
            final = 400 <= answer.status < 500 and answer.status not in _WORTH_ANOTHER_TRY
            raise Failed(f"the provider answered {answer.status}", "refused" if final else "failed", answer.retry_after)

    async def close(self) -> None:
        """Close idle connections."""
        await self._client.close()
