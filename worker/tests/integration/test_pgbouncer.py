"""Behind a real PgBouncer: PostgREST works with the settings of deploy/, and a migration says what it needs."""

from __future__ import annotations

import json
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from uuid import UUID, uuid4

import pytest
from harness import pgbouncer, postgrest
from harness.command import wedsync
from harness.database import Database
from harness.postgrest import PostgREST, deployed_postgrest
from harness.tokens import token
from psycopg.conninfo import make_conninfo

_ADVISORY = """
select count(*) from pg_locks as l join pg_database as d on d.oid = l.database
where l.locktype = 'advisory' and d.datname = current_database()
"""
"""Of this database only: other tests migrate theirs on the same server."""


def ask(server: PostgREST, path: str, who: UUID, body: object | None = None) -> tuple[int, object]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token(who)}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.address}/{path}", data=data, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def pool_size() -> int:
    """`default_pool_size` of deploy/pgbouncer.ini."""
    found = re.search(r"^default_pool_size = (\d+)$", pgbouncer.SETTINGS.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return int(found[1])


@pytest.fixture
def pooled(database18: Database) -> Iterator[str]:
    if reason := pgbouncer.missing():
        pytest.skip(reason)
    with pgbouncer.running_pgbouncer(database18, "authenticator", "postgres") as dsn:
        yield dsn


@pytest.fixture
def deployed(pooled: str, tmp_path: Path) -> Iterator[PostgREST]:
    if reason := postgrest.missing():
        pytest.skip(reason)
    with deployed_postgrest(make_conninfo(pooled, user="authenticator"), tmp_path) as running:
        yield running


@pytest.mark.proves("F001-45")
def test_every_request_gets_through_and_is_its_own(deployed: PostgREST, database18: Database) -> None:
    people = [uuid4() for _ in range(24)]

    def work(who: UUID) -> list[object]:
        made, couple = ask(deployed, "rpc/register_couple", who, {"partner1_name": f"partner {who}"})
        answers: list[object] = [made]
        for _ in range(5):
            path = "core_fields?select=couple_id,partner1_name"
            answers.append(
                ask(deployed, path, who) == (200, [{"couple_id": couple, "partner1_name": f"partner {who}"}])
            )
        return answers

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(work, people))
    assert answers == [[200, *[True] * 5]] * len(people)
    # 24 people, whom 12 callers served at a time, shared what the pool holds.
    sessions = "select count(*) from pg_stat_activity where datname = current_database() and usename = 'authenticator'"
    assert 1 <= database18.value(sessions) <= pool_size()


def test_a_new_function_is_known_after_a_signal(deployed: PostgREST, database18: Database) -> None:
    who = uuid4()
    database18.query("create function wedsync.added_later() returns integer language sql as 'select 42'")
    database18.query("grant execute on function wedsync.added_later() to authenticated")
    assert ask(deployed, "rpc/added_later", who)[0] == 404
    deployed.process.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 20
    while (answer := ask(deployed, "rpc/added_later", who)) != (200, 42):
        assert time.monotonic() < deadline, answer
        time.sleep(0.05)


def test_a_migration_through_a_transaction_pooler_is_refused(pooled: str, database18: Database) -> None:
    before = database18.query("select * from wedsync_internal.migrations order by id")
    dsn = make_conninfo(pooled, user="postgres")
    ran = wedsync("migrate", "--repair", dsn=dsn)
    assert ran.code == 28
    assert "the connection goes through a transaction pooler" in ran.err
    assert "connect to PostgreSQL directly" in ran.err
    assert database18.query("select * from wedsync_internal.migrations order by id") == before
    assert database18.value(_ADVISORY) == 0
    assert wedsync("status", dsn=dsn).code == 0
    assert wedsync("verify", dsn=dsn).out == "✓ as installed\n"


@pytest.mark.proves("F001-45")
def test_the_doctor_knows_a_transaction_pooler(pooled: str) -> None:
    checks = wedsync("doctor", "--json", dsn=make_conninfo(pooled, user="postgres")).json["checks"]
    (listen,) = [check for check in checks if check["name"] == "listen"]
    assert listen["status"] in ("failed", "warning")
    assert "WEDSYNC_LISTEN_DSN" in listen["hint"]


def test_a_migration_through_a_session_pooler_works(database18: Database) -> None:
    if reason := pgbouncer.missing():
        pytest.skip(reason)
    with pgbouncer.running_pgbouncer(database18, "postgres", pool_mode="session") as dsn:
        ran = wedsync("migrate", "--repair", dsn=make_conninfo(dsn, user="postgres"))
    assert (ran.code, ran.err) == (0, "")
