"""The channels that the settings allow. Their libraries come with the extra `delivery`."""

from __future__ import annotations

from wedsync.delivery.log_line import LogAdapter
from wedsync.delivery.outcomes import Adapter
from wedsync.errors import SettingsError
from wedsync.settings import Settings


def missing_library() -> str | None:
    """The name of a library of the extra `delivery` that is not installed."""
    try:
        import aiohttp
        import aiosmtplib
        import pywebpush
        import standardwebhooks
    except ImportError as exc:
        return exc.name
    del aiohttp, aiosmtplib, pywebpush, standardwebhooks
    return None


def adapters_of(settings: Settings) -> dict[str, Adapter]:
    """An adapter for each channel that can be served; raises `SettingsError` if a library of a channel is missing."""
    made: dict[str, Adapter] = {"log": LogAdapter()}
    missing = missing_library()
    if missing is not None:
        if settings.smtp_host or settings.sms_url or settings.vapid_private_key:
            raise SettingsError(f"{missing} is not installed", hint="pip install 'wedsync[delivery]'")
        return made
    from wedsync.delivery.address_guard import AddressGuard
    from wedsync.delivery.email import EmailAdapter
    from wedsync.delivery.http_client import HttpClient
    from wedsync.delivery.push import PushAdapter
    from wedsync.delivery.sms import SmsAdapter
    from wedsync.delivery.webhook import WebhookAdapter

    networks = settings.webhook_networks or ()
    made["webhook"] = WebhookAdapter(HttpClient(AddressGuard(networks)))
    if settings.smtp_host:
        made["email"] = EmailAdapter(settings)
    if settings.sms_url:
        made["sms"] = SmsAdapter(HttpClient(), settings)
    if settings.vapid_private_key:
        client = HttpClient(AddressGuard(networks))
        made["push"] = PushAdapter(client, settings.vapid_private_key, settings.vapid_subject or "")
    return made
