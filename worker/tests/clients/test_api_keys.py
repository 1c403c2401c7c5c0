"""API keys through a real PostgREST: a server acts as one user, until the key ends."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest
from harness.database import Database, Person


def ask(address: str, path: str, key: str, body: object | None = None) -> tuple[int, Any]:
    """Status and body of a request with nothing but an API key."""
    headers = {"Content-Type": "application/json", "x-api-key": key}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/{path}", data=data, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


@pytest.fixture
def emma(database: Database) -> Person:
    person = Person.new(database)
    person.call("select wedsync.register_couple('Emma', 'James')")
    return person


@pytest.mark.proves("F000-67")
def test_a_server_reads_and_writes_as_its_user(postgrest: str, emma: Person) -> None:
    key = emma.call("select wedsync.create_api_key('bookkeeping') ->> 'key'")
    status, rows = ask(postgrest, "core_fields?select=couple_id,partner1_name", key)
    assert (status, rows[0]["partner1_name"]) == (200, "Emma")
    patch = {"couple_id": rows[0]["couple_id"], "patch": {"couple.partner2.name": "Jim"}}
    status, answer = ask(postgrest, "rpc/update_core_fields", key, patch)
    assert (status, answer["changed"]) == (200, ["couple.partner2.name"])
    trail = ask(postgrest, "rpc/get_audit_trail", key, {"couple_id": patch["couple_id"], "max_rows": 1})[1]
    assert trail[0]["changed_by"] == {"id": str(emma.id), "name": "Emma", "type": "couple"}


@pytest.mark.proves("F000-67")
def test_a_key_ends_when_it_is_revoked(postgrest: str, emma: Person) -> None:
    made = emma.call("select wedsync.create_api_key('short')")
    assert ask(postgrest, "api_keys", made["key"])[0] == 200
    emma.call("select wedsync.revoke_api_key(%s)", made["id"])
    status, answer = ask(postgrest, "core_fields", made["key"])
    assert (status, answer["code"]) == (401, "42501")


@pytest.mark.proves("F000-67")
def test_a_key_ends_by_itself(postgrest: str, database: Database, emma: Person) -> None:
    key = emma.call("select wedsync.create_api_key('short', now() + interval '1 hour') ->> 'key'")
    database.query("update wedsync_data.api_keys set valid_until = now() - interval '1 second'")
    assert ask(postgrest, "core_fields", key)[0] == 401


@pytest.mark.proves("F000-67")
def test_only_a_hash_is_kept(database: Database, emma: Person) -> None:
    key = emma.call("select wedsync.create_api_key('hashed') ->> 'key'")
    rows = database.query("select k::text from wedsync_data.api_keys as k")
    assert rows
    assert not any(key in row[0] or key[4:] in row[0] for row in rows)


@pytest.mark.proves("F000-67")
def test_others_keys_cannot_be_seen_or_revoked(database: Database, emma: Person) -> None:
    made = emma.call("select wedsync.create_api_key('mine') ->> 'id'")
    stranger = Person.new(database)
    assert stranger.call("select count(*) from wedsync.api_keys") == 0
    with pytest.raises(Exception, match="Not found"):
        stranger.call("select wedsync.revoke_api_key(%s)", made)
