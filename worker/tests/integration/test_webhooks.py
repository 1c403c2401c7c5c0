"""Webhooks of other systems over real HTTP: to the worker and to PostgREST, signed by the reference library."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import hmac
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from harness.database import Database
from harness.weddings import Wedding
from harness.worker import Worker, running_worker
from standardwebhooks import Webhook

BODY = b'{"type": "order.paid", "data": {"caf\xc3\xa9": 1}}'


def new_source(
    database: Database, name: str, handler: str = "store", acts_as: object = None, scheme: str = "standard"
) -> str:
    made: dict[str, str] = database.value(
        "select wedsync.create_webhook_source(%s, %s, %s, %s)", name, handler, acts_as, scheme
    )
    return made["secret"]


def signed(secret: str, message_id: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    """Headers as the reference library of Standard Webhooks makes them."""
    when = at or datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, when, body.decode()),
    }


def post(
    port: int, path: str, body: Any, headers: dict[str, str], *, chunked: bool = False
) -> tuple[int, dict[str, Any], str | None]:
    """Status, JSON body and Retry-After."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        sent = iter([body[:7], body[7:]]) if chunked else body
        connection.request("POST", path, body=sent, headers=headers, encode_chunked=chunked)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}, answer.getheader("retry-after")
    finally:
        connection.close()


def to_worker(
    worker: Worker, source: str, body: bytes, headers: dict[str, str], *, chunked: bool = False
) -> tuple[int, str]:
    status, answer, _ = post(worker.http_port, f"/webhooks/{source}", body, headers, chunked=chunked)
    return status, str(answer["status"])


@pytest.mark.proves("F001-12", "F001-13", "F001-16", "F001-49", "C-67")
async def test_the_worker_takes_webhooks(database: Database) -> None:
    secret = new_source(database, "shop")
    database.query("update wedsync_data.webhook_sources set max_requests = 1000")
    database.query("update wedsync_data.rate_limits set max_requests = 1000 where endpoint = 'webhook-unverified'")
    async with running_worker(database) as worker:
        await worker.until_ready()
        headers = signed(secret, "m1", BODY)
        assert to_worker(worker, "shop", BODY, headers) == (202, "accepted")
        assert database.value("select payload -> 'data' ->> 'café' from wedsync.webhook_deliveries") == "1"
        assert database.value("select host(address) from wedsync.webhook_deliveries") == "127.0.0.1"
        assert to_worker(worker, "shop", BODY, headers) == (409, "replayed")
        assert to_worker(worker, "shop", BODY, signed(secret, "m2", BODY), chunked=True) == (202, "accepted")
        assert to_worker(worker, "shop", BODY.replace(b"1", b"2"), signed(secret, "m3", BODY)) == (401, "unverified")
        assert to_worker(worker, "nobody", BODY, signed(secret, "m3", BODY)) == (401, "unverified")
        assert to_worker(worker, "shop", BODY, {}) == (401, "unverified")
        packed = gzip.compress(BODY)
        assert to_worker(worker, "shop", packed, {**headers, "content-encoding": "gzip"}) == (401, "unverified")
        full = b'{"x": "' + b"y" * (1_048_576 - 9) + b'"}'
        assert to_worker(worker, "shop", full, signed(secret, "m4", full)) == (202, "accepted")
        assert to_worker(worker, "shop", full + b" ", signed(secret, "m5", full + b" ")) == (413, "too_large")
        # a proxy on this machine names the sender
        forwarded = {**signed(secret, "m6", BODY), "x-forwarded-for": "203.0.113.9"}
        assert to_worker(worker, "shop", BODY, forwarded) == (202, "accepted")
        assert database.value("select host(address) from wedsync.webhook_deliveries where id = 'm6'") == "203.0.113.9"
        # ten at once with one id: one is accepted
        again = signed(secret, "m7", BODY)
        with ThreadPoolExecutor(10) as pool:
            answers = sorted(
                status for status, _ in pool.map(lambda _: to_worker(worker, "shop", BODY, again), range(10))
            )
        assert answers == [202] + [409] * 9
        worker.process.terminate()
        assert worker.process.stderr is not None
        logged = (await worker.process.stderr.read()).decode()
    assert "worker_ready" in logged
    for text in (secret.removeprefix("whsec_"), headers["webhook-signature"].removeprefix("v1,"), "caf"):
        assert text not in logged


@pytest.mark.proves("F001-15", "F001-19")
async def test_the_eleventh_in_a_minute_waits(database: Database) -> None:
    secret = new_source(database, "shop")
    async with running_worker(database) as worker:
        await worker.until_ready()
        statuses = [
            post(worker.http_port, "/webhooks/shop", BODY, signed(secret, f"m{number}", BODY))[0]
            for number in range(10)
        ]
        assert statuses == [202] * 10
        status, body, wait = post(worker.http_port, "/webhooks/shop", BODY, signed(secret, "m11", BODY))
        assert (status, body["status"]) == (429, "rate_limited")
        assert 1 <= int(wait or 0) <= 60
    usage = database.query("select endpoint from wedsync.rate_limit_usage where endpoint = 'webhook-unverified'")
    assert usage == [("webhook-unverified",)]
    assert database.query("select accepted_today, refused_today from wedsync.webhook_sources") == [(10, 1)]


@pytest.mark.proves("F001-49")
async def test_a_change_that_must_wait_is_repeated_by_the_worker(database: Database) -> None:
    wedding = Wedding.new(database)
    secret = new_source(database, "couples", "core_fields", wedding.emma.id)
    data = {"couple_id": str(wedding.id), "patch": {"wedding.style": ["rustic"]}}
    body = json.dumps({"type": "core_fields.update", "data": data}).encode()
    earlier = body.replace(b"rustic", b"boho")
    database.query("update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'core-fields-write'")
    async with running_worker(database) as worker:
        await worker.until_ready()
        assert to_worker(worker, "couples", earlier, signed(secret, "m1", earlier)) == (202, "accepted")
        assert to_worker(worker, "couples", body, signed(secret, "m2", body)) == (202, "accepted")
        assert database.value("select status from wedsync.webhook_deliveries where id = 'm2'") == "failed"
        database.query("update wedsync_data.rate_limits set max_requests = 100 where endpoint = 'core-fields-write'")
        database.query("update wedsync_data.webhook_deliveries set next_attempt_at = now() where id = 'm2'")
        deadline = time.monotonic() + 20
        while database.value("select status from wedsync.webhook_deliveries where id = 'm2'") != "handled":
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
    assert database.value("select wedding_style from wedsync_data.core_fields") == ["rustic"]


@pytest.mark.proves("F001-12", "F001-49")
def test_postgrest_takes_webhooks(database: Database, postgrest: str) -> None:
    secret = new_source(database, "shop")
    port = int(postgrest.rpartition(":")[2].rstrip("/"))
    raw = {"content-type": "application/octet-stream", "webhook-source": "shop"}
    headers = signed(secret, "m1", BODY)
    status, answer, _ = post(port, "/rpc/receive_raw_webhook", BODY, raw | headers)
    assert (status, answer["status"]) == (202, "accepted")
    status, answer, _ = post(port, "/rpc/receive_raw_webhook", BODY, raw | headers)
    assert (status, answer["status"]) == (409, "replayed")
    # as JSON: bytes in hexadecimal, and the headers as an object
    call = {"body": "\\x" + BODY.hex(), "headers": {"Webhook-Source": "shop", **signed(secret, "m2", BODY)}}
    status, answer, _ = post(
        port, "/rpc/receive_webhook", json.dumps(call).encode(), {"content-type": "application/json"}
    )
    assert (status, answer["status"]) == (202, "accepted")
    status, answer, wait = post(port, "/rpc/receive_raw_webhook", BODY, raw | {"webhook-id": "x"})
    assert (status, answer["status"]) == (401, "unverified")
    database.query("update wedsync_data.webhook_sources set max_requests = 1")
    status, answer, wait = post(port, "/rpc/receive_raw_webhook", BODY, raw | signed(secret, "m3", BODY))
    assert (status, answer["status"], int(wait or 0) > 0) == (429, "rate_limited", True)


@pytest.mark.proves("F001-13")
async def test_a_signature_of_the_body_alone(database: Database) -> None:
    secret = base64.b64decode(new_source(database, "old", scheme="body").removeprefix("whsec_"))
    body = json.dumps({"id": "m1", "timestamp": int(time.time()), "x": 1}).encode()
    digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
    async with running_worker(database) as worker:
        await worker.until_ready()
        assert to_worker(worker, "old", body, {"x-webhook-signature": f"sha256={digest}"}) == (202, "accepted")
        assert to_worker(worker, "old", body, {"x-webhook-signature": digest.upper()}) == (409, "replayed")
        assert to_worker(worker, "old", body, {"x-webhook-signature": digest[:-1]}) == (401, "unverified")
