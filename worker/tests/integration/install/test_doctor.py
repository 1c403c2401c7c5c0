"""The doctor finds what is wrong: each check with a database in which it is."""

from __future__ import annotations

import os
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from harness.citus import distribute
from harness.command import wedsync
from harness.database import Database
from harness.nats import NatsServer
from harness.servers import Server
from harness.tokens import SECRET

from wedsync.delivery.adapters import adapters_of
from wedsync.install import doctor
from wedsync.install.doctor import Check, examine, worst
from wedsync.settings import PUBLISHED_SECRETS, Settings


def checks(database: Database, **settings: object) -> dict[str, Check]:
    found = examine(Settings(**{"dsn": database.dsn, "jwt_secret": SECRET, **settings}))  # type: ignore[arg-type]
    return {check.name: check for check in found}


@pytest.mark.every_version
def test_a_healthy_database(database: Database) -> None:
    found = checks(database)
    # The test servers run without fsync, which the doctor rightly mentions.
    assert {name for name, check in found.items() if check.status != "ok"} == {"fsync", "full_page_writes"}
    assert found["listen"].detail == "works on a direct connection"
    assert "nothing to do" in found["pack"].detail
    assert "days ahead" in found["partitions"].detail
    assert worst(tuple(found.values())) == "warning"


def test_what_tokens_and_pages_are_let_in_is_told(database18: Database) -> None:
    plain = checks(database18)
    assert (plain["token keys"].detail, plain["origins"].detail) == ("HS256 secret", "any web page")
    keys = {"jwks_url": "https://id.example/keys", "allowed_origins": ("https://app.example",)}
    open_to_all = checks(database18, **keys)  # type: ignore[arg-type]
    assert open_to_all["token keys"].status == "warning"
    assert open_to_all["token keys"].hint == "set WEDSYNC_JWT_AUDIENCE or WEDSYNC_JWT_ISSUER"
    assert open_to_all["origins"].detail == "https://app.example"
    narrow = checks(database18, **keys, jwt_audience="weddings")["token keys"]  # type: ignore[arg-type]
    assert (narrow.status, narrow.detail) == ("ok", "HS256 secret and JWKS address, only audience weddings")


def test_the_bus_is_tried(database18: Database, nats_server: NatsServer) -> None:
    assert checks(database18)["bus"].status == "ok"
    assert checks(database18, bus=nats_server.url)["bus"].detail == "NATS, messages of up to 1024 KiB"
    nats_server.stop()
    gone = checks(database18, bus=nats_server.url.replace("//", "//worker:hush@"))["bus"]
    assert gone.status == "failed"
    assert "hush" not in f"{gone.detail} {gone.hint}"


def test_workers_are_counted(database18: Database) -> None:
    assert checks(database18)["workers"].detail == "none running"
    for _ in range(2):
        database18.query("select wedsync_internal.register_node(gen_random_uuid(), 'here', 1)")
    database18.query(
        """select wedsync_internal.open_connection(node, gen_random_uuid(), '{"role": "anon"}') from wedsync_data.relay_nodes"""
    )
    assert checks(database18)["workers"].detail == "2 processes, 2 sockets, 0 channels"
    database18.query(
        "select wedsync_internal.end_lease(node) from (select node from wedsync_data.relay_nodes limit 1) as n"
    )
    assert checks(database18)["workers"].detail == "1 process, 1 socket, 0 channels, 1 died recently"
    database18.query("select wedsync_internal.end_lease(node) from wedsync_data.relay_nodes")
    assert checks(database18)["workers"].status == "warning"


def test_pgcrypto_is_reported(server15: Server, server18: Server) -> None:
    with server15.database() as database:
        assert checks(database)["pgcrypto"].hint == "create extension pgcrypto;"
        database.query("create extension pgcrypto")
        assert checks(database)["pgcrypto"].detail.startswith("installed, version")
    with server18.database() as database:
        assert "not available on this server" in checks(database)["pgcrypto"].detail


def test_channels_of_notifications(database18: Database) -> None:
    assert checks(database18)["channels"].detail == "webhooks"
    assert checks(database18)["deliveries"].detail == "0 waiting"
    with socket.create_server(("127.0.0.1", 0)) as server:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": server.getsockname()[1], "smtp_from": "a@example.org"}
        assert checks(database18, **mail)["channels"].detail == "webhooks, e-mail"
        plain = checks(database18, **mail, smtp_security="none")["channels"]
        assert (plain.status, "encryption" in (plain.hint or "")) == ("warning", True)
    assert checks(database18, **mail)["channels"].status == "failed"
    pushes = Settings(dsn=database18.dsn, vapid_private_key="not a key", vapid_subject="mailto:a@example.org")
    (found,) = (check for check in doctor.examine(pushes, adapters_of) if check.name == "channels")
    assert (found.status, "VAPID_PRIVATE_KEY" in found.detail) == ("failed", True)


def test_alerts_of_integrations(database18: Database) -> None:
    assert checks(database18)["integrations"].detail == "none degraded"
    database18.query("insert into wedsync_data.integrations (name) values ('cakes') on conflict do nothing")
    database18.query(
        "insert into wedsync_data.integration_alerts (integration, reason, severity, figures)"
        " values ('cakes', 'breaker_open', 'critical', '{}')"
    )
    found = checks(database18)["integrations"]
    assert (found.status, found.detail) == ("warning", "cakes: breaker open")


def test_not_installed(empty_database: Database) -> None:
    found = checks(empty_database)
    assert (found["pack"].status, found["pack"].hint) == ("failed", "run `wedsync migrate`")


def test_something_to_apply(database18: Database) -> None:
    database18.query("update wedsync_internal.migrations set checksum = 'x' where kind = 'policy'")
    assert checks(database18)["pack"].status == "warning"


def test_a_newer_database(database18: Database) -> None:
    database18.query(
        "insert into wedsync_internal.migrations (run, kind, number, name, checksum, outcome, tool_version, finished_at)"
        " values (gen_random_uuid(), 'schema', 9999, 'schema/9999_future', 'x', 'applied', '9.9', now())"
    )
    assert checks(database18)["pack"].status == "failed"


def test_tables_of_citus(database18: Database) -> None:
    distribute(database18)
    assert "citus" not in checks(database18)
    distribute(database18, "wedsync_data.audit_log", "wedsync_data.core_fields")
    found = checks(database18)["citus"]
    assert found.status == "failed"
    assert found.detail == "2 tables of the pack in Citus: wedsync_data.audit_log, wedsync_data.core_fields"
    assert "cells" in (found.hint or "")


def test_partitions_that_run_out(database18: Database) -> None:
    rows = database18.query(
        "select i.inhrelid::regclass::text from pg_inherits as i"
        " where i.inhparent = 'wedsync_data.events'::regclass order by 1"
    )
    for (partition,) in rows[1:]:
        database18.query(f"drop table {partition}")
    found = examine(Settings(dsn=database18.dsn, jwt_secret=SECRET))
    (failed,) = (check for check in found if check.name == "partitions" and check.status == "failed")
    assert failed.detail.startswith("wedsync_data.events: only until")


def test_a_transaction_that_never_ends(database18: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    text = doctor.check_text("transactions")
    assert text.count("interval '5 minutes'") == 2
    monkeypatch.setattr(doctor, "CHECKS", ("transactions",))
    monkeypatch.setattr(doctor, "check_text", lambda _name: text.replace("5 minutes", "0 seconds"))
    with psycopg.connect(database18.dsn, application_name="forgotten") as idle:
        idle.execute("select 1")
        found = checks(database18)["transactions"]
    assert found.status == "warning"
    assert "forgotten, idle in transaction" in found.detail


def test_roles_that_are_too_mighty(fresh_server: Server) -> None:
    with fresh_server.database(template=None) as database:
        database.query("create role wedsync_owner bypassrls")
        missing = checks(database)["roles"]
        assert missing.status == "failed"
        assert "create role wedsync_worker nologin;" in (missing.hint or "")
        for name in ("wedsync_worker", "wedsync_admin", "anon", "authenticated", "service_role"):
            database.query(f"create role {name}")
        assert "wedsync_owner can bypass row security" in checks(database)["roles"].detail


@pytest.mark.parametrize("secret", sorted(PUBLISHED_SECRETS))
def test_a_secret_that_everybody_can_read_is_refused(database18: Database, secret: str) -> None:
    found = checks(database18, jwt_secret=secret)["token keys"]
    assert (found.status, "stands in the documents" in found.detail) == ("failed", True)
    assert secret not in found.detail + (found.hint or "")
    ran = wedsync("worker", dsn=database18.worker_dsn, jwt_secret=secret)
    assert ran.code == 3
    assert "WEDSYNC_JWT_SECRET is the one that stands in the documents" in ran.err
    assert secret not in ran.err


def test_no_keys_to_check_tokens_with(database18: Database) -> None:
    (keys,) = (check for check in examine(Settings(dsn=database18.dsn)) if check.name == "token keys")
    assert keys.status == "warning"


def test_a_pooler_that_swallows_notifications(database18: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LISTEN_SECONDS", 0.5)
    with deaf_proxy(database18) as dsn:
        found = checks(database18, listen_dsn=dsn)["listen"]
    assert found.status == "failed"
    assert "a notification did not come back" in found.detail
    assert "WEDSYNC_LISTEN_DSN" in (found.hint or "")


@contextmanager
def deaf_proxy(database: Database) -> Iterator[str]:
    """A proxy that loses NotificationResponse messages, as a transaction pooler does."""
    listener = socket.create_server(("127.0.0.1", 0))
    running = database.server.cluster.running
    target = str(running.socket_directory / f".s.PGSQL.{running.port}")
    stop = threading.Event()

    def serve() -> None:
        listener.settimeout(0.1)
        while not stop.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(target)
            with client, server:
                _relay(client, server, stop, _without_notifications)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        port = listener.getsockname()[1]
        yield f"postgresql://postgres@127.0.0.1:{port}/{database.name}?sslmode=disable&gssencmode=disable"
    finally:
        stop.set()
        thread.join()
        listener.close()


def _relay(
    client: socket.socket, server: socket.socket, stop: threading.Event, change: Callable[[bytes], bytes]
) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while not stop.is_set():
            for key, _ in selector.select(0.1):
                data = os.read(key.fd, 65536)
                if not data:
                    return
                key.data.sendall(change(data) if key.fileobj is server else data)


def _without_notifications(data: bytes) -> bytes:
    """Drop messages of type A; each read holds whole messages here, because they are small."""
    kept = b""
    while data:
        length = 1 + int.from_bytes(data[1:5], "big")
        kept += b"" if data[:1] == b"A" else data[:length]
        data = data[length:]
    return kept
