"""Notifications outside the application, from the database to real receivers on loopback, and what happens when these fail."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from harness.database import Database
from harness.receivers import HANG, Request, answer, http_receiver, make_certificate, smtp_receiver
from harness.sockets import until
from harness.weddings import Wedding
from harness.worker import gateways_of, running_node, running_worker
from standardwebhooks import Webhook, WebhookVerificationError

from wedsync.database import queue
from wedsync.database.connections import create_pool
from wedsync.delivery import http_client
from wedsync.delivery.adapters import adapters_of
from wedsync.delivery.address_guard import AddressGuard
from wedsync.delivery.http_client import HttpClient
from wedsync.delivery.outcomes import Failed
from wedsync.metrics import Stats
from wedsync.services.deliveries import Deliveries
from wedsync.settings import Settings

LOOPBACK = ("127.0.0.0/8",)


@asynccontextmanager
async def sending(database: Database, **settings: Any) -> AsyncIterator[Deliveries]:
    """The part of a worker that sends."""
    pool = await create_pool(database.worker_dsn, "test", 2)
    deliveries = Deliveries(pool, adapters_of(Settings(**settings)), Stats())
    task = asyncio.create_task(deliveries.run())
    try:
        yield deliveries
    finally:
        await deliveries.stop(5.0)
        task.cancel()
        pool.terminate()


class Story:
    """A wedding whose partner is told things."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.wedding = Wedding.new(database)
        database.query("update wedsync_data.users set email = 'emma@example.org'")
        # Failures come back at once; breakers have tests of their own.
        database.query("update wedsync_data.notification_channels set first_retry = '50 ms', longest_retry = '100 ms'")
        database.query("update wedsync_data.settings set value = '1' where name = 'webhook_plain_http'")
        database.query(
            "insert into wedsync_data.integrations (name, failure_threshold, wedding_day_threshold, description)"
            " values ('webhook:127.0.0.1', 1000, 1000, '') on conflict do nothing"
        )
        database.query("update wedsync_data.integrations set failure_threshold = 1000, wedding_day_threshold = 1000")
        database.query(
            "insert into wedsync_data.notification_kinds (kind, audience, channels, placeholders, description)"
            """ values ('menu', '{"roles": ["partner"]}', '{email,sms,push,webhook}', '{menu}', 'x')"""
        )
        database.query(
            "insert into wedsync_data.notification_templates (kind, language, subject, body)"
            " values ('menu', 'en', 'Menu: {menu}', 'Dinner is {menu}.')"
        )

    def tell(self, menu: str, *, priority: str = "normal") -> None:
        self.database.query(
            "select wedsync_internal.notify(%s, 'menu', %s, null, null, %s)",
            self.wedding.id, json.dumps({"menu": menu}), priority,
        )  # fmt: skip

    def endpoint(self, url: str) -> tuple[str, str]:
        made = self.wedding.emma.call("select wedsync.create_webhook_endpoint(%s, %s)", url, self.wedding.id)
        return made["id"], made["secret"]

    def outcome(self) -> list[tuple[str, int, str | None]]:
        return self.database.query(  # type: ignore[return-value]
            "select state, attempts, last_error from wedsync_data.deliveries order by created_at, id"
        )

    def states(self) -> list[str]:
        return [row[0] for row in self.outcome()]


def mail_settings(port: int, **more: Any) -> dict[str, Any]:
    return {
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_from": "WedSync <no-reply@example.com>",
        **more,
    }  # fmt: skip


# E-mail


@pytest.mark.proves("F001-37", "F000-55")
async def test_a_notification_arrives_as_an_email(database18: Database) -> None:
    story = Story(database18)
    async with smtp_receiver() as receiver, running_node(database18, **mail_settings(receiver.port)) as node:
        story.tell("soup & çay")
        await until(lambda: story.states() == ["delivered"])
        assert node.snapshot()['notifications_sent_total{channel="email"}'] == 1
    ((to, content),) = receiver.messages
    message = email.message_from_bytes(content, policy=email.policy.default)
    delivery = database18.value("select id from wedsync_data.deliveries")
    assert to == ["emma@example.org"]
    assert (message["To"], message["Subject"]) == ("emma@example.org", "Menu: soup & çay")
    assert (message["From"], message["Message-ID"]) == ("WedSync <no-reply@example.com>", f"<{delivery}@example.com>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Dinner is soup & çay."


async def test_email_goes_over_tls_with_a_login_and_one_connection(
    database18: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(database18)
    certificate, authority = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    account = {"smtp_security": "starttls", "smtp_user": "wedsync", "smtp_password": "a password"}
    async with smtp_receiver(certificate) as receiver, sending(database18, **mail_settings(receiver.port, **account)):
        for menu in ("soup", "salad", "cake"):
            story.tell(menu)
            await until(lambda: set(story.states()) == {"delivered"})
        assert receiver.logins == [("wedsync", "a password")]
    assert [b"Subject: Menu: soup" in content for _, content in receiver.messages] == [True, False, False]


async def test_a_mail_server_without_a_trusted_certificate_gets_nothing(database18: Database, tmp_path: Path) -> None:
    story = Story(database18)
    certificate, _ = make_certificate(tmp_path)
    account = {"smtp_security": "starttls", "smtp_user": "wedsync", "smtp_password": "a password"}
    story.tell("soup")
    async with smtp_receiver(certificate) as receiver, sending(database18, **mail_settings(receiver.port, **account)):
        await until(lambda: story.outcome()[0][1] >= 2)
    assert (receiver.messages, receiver.logins) == ([], [])
    assert "no connection to the mail server" in str(story.outcome()[0][2])
    assert "a password" not in str(story.outcome())


async def test_a_mail_server_refuses_for_now_or_for_good(database18: Database) -> None:
    story = Story(database18)
    async with smtp_receiver() as receiver, sending(database18, **mail_settings(receiver.port)):
        receiver.recipient_answers.append("450 busy")
        receiver.answers.append("451 try later")
        story.tell("soup")
        await until(lambda: story.states() == ["delivered"])
        assert story.outcome()[0][1] == 3
        receiver.recipient_answers.append("550 no such user emma@example.org")
        story.tell("salad")
        await until(lambda: "dead" in story.states())
    assert len(receiver.messages) == 1
    assert story.outcome()[1][1:] == (1, "the mail server refuses the recipient")


@pytest.mark.proves("F001-06")
async def test_an_aunt_gets_the_link_to_her_task_by_email(
    database18: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also after a failure; each message has a link of its own, and none is stored or logged."""
    story = Story(database18)
    emma, couple = story.wedding.emma, story.wedding.id
    ada = emma.call(
        "insert into wedsync.helper_contacts (couple_id, name, email) values (%s, 'Ada', 'ada@example.org')"
        " returning to_jsonb(id)",
        couple,
    )
    task = emma.call(
        "insert into wedsync.tasks (couple_id, title) values (%s, 'Bake the cake') returning to_jsonb(id)", couple
    )
    database18.query(
        """update wedsync_data.settings set value = '"https://app.example.org/task#{token}"'"""
        " where name = 'task_link_url'"
    )
    emma.call("select wedsync.assign_task(%s, %s, contact_id => %s)", couple, task, ada)
    async with sending(database18, **mail_settings(9)):
        await until(lambda: story.outcome()[0][1] >= 1)
    async with smtp_receiver() as receiver, sending(database18, **mail_settings(receiver.port)):
        await until(lambda: story.states() == ["delivered"])
    ((to, content),) = receiver.messages
    message = email.message_from_bytes(content, policy=email.policy.default)
    link = message.get_content().split()[-1]
    assert to == ["ada@example.org"]
    assert link.startswith("https://app.example.org/task#wtl_")
    secret = link.partition("#")[2]
    with database18.caller(None, "anon") as connection:
        row = connection.execute("select wedsync.view_task_by_link(%s) ->> 'title'", (secret,)).fetchone()
    assert row == ("Bake the cake",)
    tables = database18.query(
        "select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname = 'wedsync_data' and c.relkind = 'r'"
    )
    for (table,) in tables:
        assert database18.value(f"select count(*) from {table} as t where t::text ~ %s", secret) == 0, table
    assert "wtl_" not in "".join(capfd.readouterr())


# Webhooks


@pytest.mark.proves("F001-40")
async def test_a_webhook_is_signed_and_carries_the_notification(database18: Database) -> None:
    story = Story(database18)
    async with http_receiver() as receiver, sending(database18, webhook_networks=LOOPBACK):
        _, secret = story.endpoint(receiver.url)
        story.tell("soup")
        await until(lambda: len(receiver.requests) == 1 and "delivered" in story.states())
    (request,) = receiver.requests
    content = Webhook(secret).verify(request.body, request.headers)
    notification = database18.value("select id from wedsync_data.notifications")
    assert content["type"] == "menu"
    assert content["data"]["id"] == str(notification)
    assert (content["data"]["title"], content["data"]["values"]) == ("Menu: soup", {"menu": "soup"})
    assert content["data"]["couple_id"] == str(story.wedding.id)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(request.body.replace(b"soup", b"cake"), request.headers)


async def test_after_a_rotation_both_secrets_verify(database18: Database) -> None:
    story = Story(database18)
    async with http_receiver() as receiver, sending(database18, webhook_networks=LOOPBACK):
        endpoint, old = story.endpoint(receiver.url)
        new = story.wedding.emma.call("select wedsync.rotate_webhook_secret(%s)", endpoint)
        story.tell("soup")
        await until(lambda: len(receiver.requests) == 1)
    (request,) = receiver.requests
    for secret in (old, new):
        assert Webhook(secret).verify(request.body, request.headers)["type"] == "menu"


_REDIRECT = answer(302, "Location: http://127.0.0.1:1/")


@pytest.mark.proves("F001-33", "F001-49")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(500), "answered 500"),
        (_REDIRECT, "answered 302"),
        (b"HTTP/1.1 200", "the connection broke"),
        (b"not HTTP at all\r\n\r\n", "the connection broke"),
        (HANG, "no answer in time"),
    ],
    ids=["error", "redirect", "half a status line", "no HTTP", "hangs"],
)
async def test_what_a_receiver_does_not_accept_is_sent_again(
    database18: Database, monkeypatch: pytest.MonkeyPatch, said: bytes, reason: str
) -> None:
    monkeypatch.setattr(http_client, "SECONDS", 1.0)
    story = Story(database18)
    async with http_receiver() as receiver, sending(database18, webhook_networks=LOOPBACK):
        story.endpoint(receiver.url)
        seen: list[str] = []
        receiver.on_request = lambda _request: seen.append(str(story.outcome()[0][2]))
        receiver.answers.append(said)
        database18.query("update wedsync_data.notification_kinds set channels = '{webhook}' where kind = 'menu'")
        story.tell("soup")
        await until(lambda: story.states() == ["delivered"], 20)
        assert seen[1].startswith(reason)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"], "the receiver can drop the repeat"
    assert first.body == second.body
    assert story.outcome()[0][1] == 2


async def test_a_receiver_that_asks_for_time_gets_it(database18: Database) -> None:
    story = Story(database18)
    async with http_receiver() as receiver, sending(database18, webhook_networks=LOOPBACK):
        story.endpoint(receiver.url)
        times: list[float] = []
        receiver.on_request = lambda _request: times.append(time.monotonic())
        receiver.answers.append(answer(429, "Retry-After: 2"))
        story.tell("soup")
        await until(lambda: len(times) == 2)
    assert times[1] - times[0] >= 2


async def test_410_disables_the_endpoint(database18: Database) -> None:
    story = Story(database18)
    async with http_receiver() as receiver, sending(database18, webhook_networks=LOOPBACK):
        story.endpoint(receiver.url)
        receiver.answers.append(answer(410))
        story.tell("soup")
        await until(lambda: "dead" in story.states())
        story.tell("cake")
    assert len(receiver.requests) == 1
    assert story.wedding.emma.call("select disabled_reason from wedsync.webhook_endpoints") == "answered 410"


@pytest.mark.proves("F001-25")
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f.1", "127.1", "0177.0.0.1"]
)
async def test_webhooks_reach_no_private_network(database18: Database, host: str) -> None:
    story = Story(database18)
    async with http_receiver() as receiver, sending(database18):
        story.endpoint(f"http://{host}:{receiver.port}/hook")
        database18.query("update wedsync_data.integrations set failure_threshold = 1000, wedding_day_threshold = 1000")
        story.tell("soup")
        await until(lambda: any("addr" in str(row[2]) for row in story.outcome()))
    assert receiver.requests == []


async def test_an_endless_answer_is_not_read(database18: Database) -> None:
    story = Story(database18)
    async with http_receiver() as receiver, sending(database18, webhook_networks=LOOPBACK):
        story.endpoint(receiver.url)
        receiver.answers.append(answer(200, body=b"x" * 50_000_000))
        begun = time.monotonic()
        story.tell("soup")
        await until(lambda: "delivered" in story.states())
        assert time.monotonic() - begun < 5


# SMS


def premium(story: Story) -> None:
    story.database.query("update wedsync_data.weddings set tier = 'premium'")
    story.database.query(
        "insert into wedsync_data.notification_addresses (owner_id, is_supplier, phone, phone_verified_at)"
        " values (%s, false, '+447700900123', now())",
        story.wedding.emma.id,
    )


@pytest.mark.proves("F001-38")
@pytest.mark.parametrize("form", ["json", "twilio"])
async def test_an_sms_goes_to_the_provider(database18: Database, form: str) -> None:
    story = Story(database18)
    premium(story)
    async with http_receiver() as receiver:
        account = {
            "sms_url": receiver.url,
            "sms_form": form,
            "sms_user": "AC1",
            "sms_token": "t",
            "sms_from": "Weddings",
        }
        async with sending(database18, **account):
            story.tell("not urgent")
            story.tell("soup", priority="high")
            await until(lambda: "delivered" in story.states())
    (request,) = receiver.requests
    if form == "json":
        sent = json.loads(request.body)
        assert (sent["to"], sent["from"], sent["text"]) == ("+447700900123", "Weddings", "Dinner is soup.")
        assert request.headers["idempotency-key"] == sent["id"]
        assert request.headers["authorization"] == "Bearer t"
    else:
        assert request.body == b"To=%2B447700900123&From=Weddings&Body=Dinner+is+soup."
        assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"AC1:t"


@pytest.mark.parametrize(
    ("status", "state"), [(400, "dead"), (401, "delivered"), (429, "delivered"), (503, "delivered")]
)
async def test_an_sms_provider_refuses_the_number_or_fails(database18: Database, status: int, state: str) -> None:
    story = Story(database18)
    premium(story)
    database18.query("update wedsync_data.notification_kinds set channels = '{sms}' where kind = 'menu'")
    async with http_receiver() as receiver:
        receiver.answers.append(answer(status))
        async with sending(database18, sms_url=receiver.url, sms_token="t", sms_from="Weddings"):
            story.tell("soup", priority="high")
            await until(lambda: story.states()[0] == state)
    assert len(receiver.requests) == (1 if state == "dead" else 2)


# Web Push


async def test_a_push_can_be_read_by_the_browser_only(database18: Database) -> None:
    story = Story(database18)
    key, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    uncompressed = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    keys = {"p256dh": _unpadded(uncompressed), "auth": _unpadded(auth)}
    story.wedding.emma.call(
        "select wedsync.add_push_device(%s)",
        json.dumps({"endpoint": "https://push.example.org/x", "expirationTime": None, "keys": keys}),
    )
    vapid = ec.generate_private_key(ec.SECP256R1())
    private = _unpadded(vapid.private_numbers().private_value.to_bytes(32, "big"))
    async with http_receiver() as receiver:
        # The service's TLS is not what this test is about.
        database18.query(
            "alter table wedsync_data.push_devices drop constraint push_devices_endpoint_form, alter host drop not null"
        )
        database18.query("update wedsync_data.push_devices set endpoint = %s", receiver.url)
        push = {"vapid_private_key": private, "vapid_subject": "mailto:operator@example.org"}
        async with sending(database18, webhook_networks=LOOPBACK, **push):
            story.tell("soup")
            await until(lambda: "delivered" in story.states())
            receiver.answers.append(answer(410))
            story.tell("cake")
            await until(lambda: "dead" in story.states())
    request = receiver.requests[0]
    content = json.loads(http_ece.decrypt(request.body, private_key=key, auth_secret=auth))
    assert (content["type"], content["data"]["title"]) == ("menu", "Menu: soup")
    assert "values" not in content["data"]
    assert b"soup" not in request.body
    assert request.headers["authorization"].startswith("vapid t=")
    assert request.headers["content-encoding"] == "aes128gcm"
    assert database18.value("select count(*) from wedsync_data.push_devices") == 0, (
        "a browser that has unsubscribed is forgotten"
    )


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


# Workers


@pytest.mark.slow
@pytest.mark.proves("F004-120")
async def test_a_worker_killed_between_sending_and_recording(database18: Database) -> None:
    story = Story(database18)
    database18.query("update wedsync_data.settings set value = '2' where name = 'delivery_lease_seconds'")
    async with http_receiver() as receiver:
        story.endpoint(receiver.url)
        async with running_worker(database18, WEDSYNC_WEBHOOK_NETWORKS="127.0.0.0/8") as worker:
            await worker.until_ready()

            def kill(_request: Request) -> None:
                for child in gateways_of(worker.process.pid):
                    child.kill()
                worker.process.kill()

            receiver.on_request = kill
            story.tell("soup")
            await until(lambda: len(receiver.requests) == 1)
            await worker.process.wait()
        assert "sending" in story.states()
        receiver.on_request = lambda _request: None
        async with sending(database18, webhook_networks=LOOPBACK):
            await until(lambda: "delivered" in story.states())
        await asyncio.sleep(1)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


@pytest.mark.proves("F000-55")
async def test_several_workers_send_each_delivery_once(database18: Database) -> None:
    story = Story(database18)
    database18.query("update wedsync_data.notification_kinds set channels = '{webhook}' where kind = 'menu'")
    async with http_receiver() as receiver:
        story.endpoint(receiver.url)
        for number in range(120):
            story.tell(str(number))
        async with (
            sending(database18, webhook_networks=LOOPBACK),
            sending(database18, webhook_networks=LOOPBACK),
            sending(database18, webhook_networks=LOOPBACK),
        ):
            await until(lambda: set(story.states()) == {"delivered"}, 30)
    menus = sorted(int(json.loads(request.body)["data"]["values"]["menu"]) for request in receiver.requests)
    assert menus == list(range(120))


async def test_a_worker_that_stops_gives_back_what_hangs(database18: Database) -> None:
    story = Story(database18)
    async with http_receiver() as receiver:
        story.endpoint(receiver.url)
        receiver.answers.append(HANG)
        pool = await create_pool(database18.worker_dsn, "test", 2)
        deliveries = Deliveries(pool, adapters_of(Settings(webhook_networks=LOOPBACK)), Stats())
        task = asyncio.create_task(deliveries.run())
        story.tell("soup")
        await until(lambda: len(receiver.requests) == 1)
        await deliveries.stop(0.2)
        task.cancel()
        pool.terminate()
        assert "waiting" in story.states()
        async with sending(database18, webhook_networks=LOOPBACK):
            await until(lambda: "delivered" in story.states())


async def test_an_outage_opens_the_breaker_and_what_waits_is_sent_after_it(database18: Database) -> None:
    story = Story(database18)
    database18.query("update wedsync_data.notification_kinds set channels = '{webhook}' where kind = 'menu'")
    database18.query(
        "update wedsync_data.integrations set failure_threshold = 3, wedding_day_threshold = 3, open_seconds = 1"
        " where name = 'webhook:127.0.0.1'"
    )
    async with http_receiver() as receiver, sending(database18, webhook_networks=LOOPBACK):
        story.endpoint(receiver.url)
        receiver.answers.extend([answer(503)] * 10)
        for number in range(10):
            story.tell(str(number))
        await until(
            lambda: database18.query("select 1 from wedsync_data.breaker_changes where to_state = 'open'") != []
        )
        await until(lambda: set(story.states()) == {"delivered"}, 30)
    assert (
        database18.value("select state from wedsync_data.breakers where integration = 'webhook:127.0.0.1'") == "closed"
    )


async def test_names_are_checked_when_they_are_resolved() -> None:
    """A name that first resolves to a public address and then to a private one."""

    answers = ["93.184.216.34", "127.0.0.1"]

    class Rebinding:
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
            return [{"hostname": host, "host": answers.pop(0), "port": port, "family": 2, "proto": 0, "flags": 0}]

        async def close(self) -> None: ...

    guard = AddressGuard(resolver=Rebinding())  # type: ignore[arg-type]
    assert [each["host"] for each in await guard.resolve("innocent.example.org", 80)] == ["93.184.216.34"]
    async with http_receiver() as receiver:
        client = HttpClient(guard)
        with pytest.raises(Failed, match="not public"):
            await client.post(f"http://innocent.example.org:{receiver.port}/", b"x", {})
        await client.close()
        assert receiver.requests == []


# How soon


async def test_a_delivery_starts_when_it_is_committed(database18: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the next look at the queue, which would be minutes away here."""
    monkeypatch.setattr("wedsync.services.deliveries.ASK_EVERY", 300.0)
    story = Story(database18)
    async with smtp_receiver() as receiver, running_node(database18, **mail_settings(receiver.port)) as node:
        await until(lambda: node.listener.receives)
        for number, menu in enumerate(("soup", "salad", "cake"), 1):
            await asyncio.sleep(0.5)
            story.tell(menu)
            await until(lambda expected=number: len(receiver.messages) == expected)  # type: ignore[misc]
        await until(lambda: story.states() == ["delivered"] * 3)
        # A burst: only the first is announced, the others are found by asking again.
        for number in range(20):
            story.tell(f"course {number}")
        await until(lambda: len(receiver.messages) == 23)


async def test_a_delivery_is_found_without_notifications(database18: Database) -> None:
    story = Story(database18)
    database18.query("alter table wedsync_data.deliveries disable trigger deliveries_are_queued")
    async with smtp_receiver() as receiver, running_node(database18, **mail_settings(receiver.port)) as node:
        await until(lambda: node.listener.receives)
        await asyncio.sleep(0.5)
        story.tell("soup")
        await until(lambda: len(receiver.messages) == 1)


async def test_notifications_of_strangers_cost_few_looks(database18: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    claim = queue.claim_deliveries

    async def counted(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        return await claim(*arguments)

    monkeypatch.setattr(queue, "claim_deliveries", counted)
    async with running_node(database18) as node:
        await until(lambda: node.listener.receives)
        begun, before = time.monotonic(), looks
        while time.monotonic() - begun < 1.0:
            database18.query("select pg_notify('wedsync_deliveries', 'x')")
            await asyncio.sleep(0.001)
        took = time.monotonic() - begun
    assert 10 < looks - before <= 100 * took + 5
