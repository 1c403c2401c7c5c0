"""The pure parts of sending: public addresses, Retry-After, settings."""

from __future__ import annotations

import ipaddress
import time
from email.utils import formatdate
from uuid import uuid4

import pytest

from wedsync.delivery.adapters import adapters_of
from wedsync.delivery.address_guard import AddressGuard, is_public
from wedsync.delivery.log_line import LogAdapter
from wedsync.delivery.outcomes import Delivery, Failed, seconds_of
from wedsync.errors import SettingsError
from wedsync.settings import Settings, load_settings

PRIVATE = (
    "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "192.168.1.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::a00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)  # fmt: skip
PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1")


@pytest.mark.proves("F001-25")
@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_are_refused(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
    with pytest.raises(Failed):
        AddressGuard().check(text)
    with pytest.raises(OSError, match="not allowed"):
        AddressGuard().open_socket((2, 1, 6, "", (text, 80)))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_not(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
    AddressGuard().check(text)


@pytest.mark.parametrize(
    "text", ["2130706433", "127.1", "0177.0.0.1", "127.0.0.1.1", "1", "fe80::1%lo", "::1%lo", "1:2"]
)
def test_hosts_that_look_like_addresses_are_no_way_around(text: str) -> None:
    with pytest.raises(Failed):
        AddressGuard().check(text)


def test_networks_of_the_operators_own_can_be_allowed() -> None:
    guard = AddressGuard(("10.1.0.0/16", "fd00::/8"))
    for text in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::1"):
        guard.check(text)
    for text in ("10.2.0.1", "::1", "fe80::1", "127.0.0.1"):
        with pytest.raises(Failed):
            guard.check(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("5", 5.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("\u0663", None),
        ("9" * 400, 1e9 - 1),
    ],
)
def test_retry_after_in_seconds(text: str | None, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


def test_retry_after_as_a_date() -> None:
    found = seconds_of(formatdate(time.time() + 60, usegmt=True))
    assert found is not None
    assert 58 <= found <= 61
    assert seconds_of(formatdate(time.time() - 60, usegmt=True)) == 0
    assert seconds_of("Wed, 99 Foo 2026 25:00:00 GMT") is None


def test_channels_follow_from_settings() -> None:
    assert set(adapters_of(Settings())) == {"log", "webhook"}
    mail = Settings(smtp_host="mail.example.org", smtp_from="a@example.org")
    assert set(adapters_of(mail)) == {"log", "webhook", "email"}
    assert set(adapters_of(Settings(sms_url="https://sms.example.org", sms_from="x"))) == {"log", "webhook", "sms"}


async def test_the_log_names_the_integration_and_nothing_of_a_wedding(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "wedsync")
    for kind, subject in (("breaker_opened", "sms is failing"), ("guest_rsvp", "Ada Poe has answered")):
        await LogAdapter().send(Delivery(uuid4(), "log", kind, 1, {}, subject, "", None))
    seen = [(record.levelname, record.getMessage(), record.fields) for record in caplog.records]  # type: ignore[attr-defined]
    assert seen[0] == ("WARNING", "breaker_opened", {"title": "sms is failing"})
    assert "Ada Poe" not in str(seen)


def test_a_key_of_web_push_is_checked() -> None:
    with pytest.raises(SettingsError, match="VAPID_PRIVATE_KEY") as caught:
        adapters_of(Settings(vapid_private_key="not a key", vapid_subject="mailto:a@example.org"))
    assert "not a key" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("SMTP_HOST", "mail.example.org", "SMTP_FROM"),
        ("SMS_URL", "https://sms.example.org", "SMS_FROM"),
        ("VAPID_PRIVATE_KEY", "x", "VAPID_SUBJECT"),
    ],
)
def test_settings_of_a_channel_belong_together(name: str, value: str, other: str) -> None:
    with pytest.raises(SettingsError, match=f"WEDSYNC_{other}"):
        load_settings({f"WEDSYNC_{name}": value})


def test_a_password_is_not_sent_without_encryption() -> None:
    given = {
        "WEDSYNC_SMTP_HOST": "mail", "WEDSYNC_SMTP_FROM": "a@example.org", "WEDSYNC_SMTP_PASSWORD": "tell nobody",
        "WEDSYNC_SMTP_SECURITY": "none",
    }  # fmt: skip
    with pytest.raises(SettingsError, match="without encryption") as caught:
        load_settings(given)
    assert "tell nobody" not in str(caught.value)
    assert load_settings({**given, "WEDSYNC_SMTP_SECURITY": "tls"}).smtp_password == "tell nobody"


def test_secrets_of_channels_are_not_shown() -> None:
    given = Settings(smtp_password="secret1", sms_token="secret2", vapid_private_key="secret3")
    assert "secret" not in repr(given)
    assert Settings.from_json(given.to_json()) == given


def test_networks_are_read() -> None:
    given = load_settings({"WEDSYNC_WEBHOOK_NETWORKS": "10.1.0.0/16, fd00::/8"})
    assert given.webhook_networks == ("10.1.0.0/16", "fd00::/8")
    assert Settings.from_json(given.to_json()) == given
    with pytest.raises(SettingsError, match="WEBHOOK_NETWORKS"):
        load_settings({"WEDSYNC_WEBHOOK_NETWORKS": "10.1.0.0/33"})
