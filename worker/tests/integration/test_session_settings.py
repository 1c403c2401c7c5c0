"""Settings that any session may change must not change what the pack writes."""

from __future__ import annotations

import json

import psycopg
import pytest
from harness.database import Database
from harness.weddings import Wedding


@pytest.mark.proves("F000-97")
@pytest.mark.parametrize("setting", ["standard_conforming_strings=off", "datestyle=German", "timezone=Pacific/Apia"])
def test_the_audit_chain_holds_whatever_the_writers_session_says(database: Database, setting: str) -> None:
    wedding = Wedding.new(database)
    claims = json.dumps({"sub": str(wedding.emma.id), "role": "authenticated"})
    # a connection of its own: functions keep the literals that they read first
    with psycopg.connect(database.dsn_as("postgres", options=f"-c {setting}")) as session:
        session.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        session.execute("set local role authenticated")
        session.execute("select wedsync.update_core_fields(%s, %s)", (wedding.id, '{"guest_count": {"adults": 7}}'))
    assert wedding.emma.call("select wedsync.verify_audit_chain(%s)", wedding.id)["valid"]
