"""Web Push: encrypted for the browser (RFC 8291), signed with the operator's key (RFC 8292)."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

from py_vapid import Vapid02, VapidException
from pywebpush import WebPusher, WebPushException

from wedsync.delivery.http_client import HttpClient, expect_accepted
from wedsync.delivery.outcomes import Delivery, Failed
from wedsync.errors import SettingsError

KEPT_SECONDS = 24 * 3600
"""How long a push service keeps a message for a browser that is away."""
_TOKEN_SECONDS = 12 * 3600


class PushAdapter:
    """Sends to the push service of a browser, which is an address that a user has given."""

    most = 20

    def __init__(self, client: HttpClient, private_key: str, subject: str) -> None:
        self._client = client
        self._subject = subject
        try:
            pem = private_key.lstrip().startswith("-----")
            self._key = Vapid02.from_pem(private_key.encode()) if pem else Vapid02.from_string(private_key)
        except (ValueError, VapidException) as exc:
            raise SettingsError(
                "WEDSYNC_VAPID_PRIVATE_KEY is not a private key of Web Push", hint="docs/notifications.md creates one"
            ) from exc

    async def send(self, delivery: Delivery) -> None:
        """404 and 410 mean that the browser has unsubscribed."""
        try:
            body, headers = await asyncio.to_thread(self._sealed, delivery)
        except (ValueError, WebPushException) as exc:
            raise Failed("the keys of the browser are not valid", "gone") from exc
        answer = await self._client.post(delivery.target["endpoint"], body, headers)
        if answer.status in (404, 410):
            raise Failed(f"answered {answer.status}", "gone")
        if answer.status in (400, 413):
            raise Failed(f"answered {answer.status}", "refused")
        expect_accepted(answer)

    def _sealed(self, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        sealed = WebPusher(delivery.target).encode((delivery.payload or "{}").encode())
        address = urlsplit(delivery.target["endpoint"])
        audience = f"{address.scheme}://{address.netloc}"
        claims = {"aud": audience, "sub": self._subject, "exp": int(time.time()) + _TOKEN_SECONDS}
        # The topic replaces an earlier attempt that still waits at the push service.
        headers = {"Content-Encoding": "aes128gcm", "TTL": str(KEPT_SECONDS), "Topic": delivery.id.hex}
        return bytes(sealed["body"]), {**headers, **self._key.sign(claims)}

    async def close(self) -> None:
        """Close idle connections."""
        await self._client.close()
