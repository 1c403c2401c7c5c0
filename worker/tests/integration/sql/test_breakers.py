"""Circuit breakers with many callers: of all who ask at the same moment, one makes the probe, and no failure is lost."""

from __future__ import annotations

import pytest
from harness.crowds import together
from harness.database import Database

CROWD = 12


def at_once(database: Database, statement: str) -> list[object]:
    """The answers of a crowd of workers that run a statement at the same moment."""
    return together([lambda: database.value(statement)] * CROWD)


@pytest.mark.proves("F001-26", "F001-49", "C-41")
def test_one_caller_makes_the_probe(database: Database) -> None:
    database.query(
        "update wedsync_data.integrations set failure_threshold = %s, wedding_day_threshold = %s", CROWD, CROWD
    )
    database.query("select wedsync.breaker_allow('email')")
    states = at_once(database, "select wedsync.breaker_record('email', false, 10)")
    assert sorted(map(str, states)) == ["closed"] * (CROWD - 1) + ["open"], "every failure counts"
    assert database.value("select sum(calls) from wedsync_data.integration_calls") == CROWD
    assert at_once(database, "select wedsync.breaker_allow('email')") == [False] * CROWD
    database.query("update wedsync_data.breakers set retry_at = now()")
    assert sorted(map(str, at_once(database, "select wedsync.breaker_allow('email')"))) == ["False"] * (CROWD - 1) + [
        "True"
    ]


@pytest.mark.proves("F001-10")
def test_the_first_calls_of_an_unknown_integration(database: Database) -> None:
    assert at_once(database, "select wedsync.breaker_allow('webhook:example.org')") == [True] * CROWD
    assert database.value("select count(*) from wedsync_data.breakers where integration = 'webhook:example.org'") == 1
