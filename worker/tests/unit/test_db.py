from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.database import connections as db
from wedsync.database.connections import Backoff, asyncpg_dsn
from wedsync.errors import BadDsn


def query(dsn: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asyncpg_dsn(dsn)).query).items()}


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://emma:p%40ss@db.internal:5433/weddings?sslmode=require",
        "host=db.internal port=5433 user=emma password='p@ss' dbname=weddings sslmode=require",
    ],
)
def test_both_forms_of_a_connection_string_mean_the_same(dsn: str) -> None:
    assert query(dsn) == {
        "host": "db.internal", "port": "5433", "user": "emma", "password": "p@ss", "dbname": "weddings",
        "sslmode": "require",
    }  # fmt: skip


def test_what_only_tunes_libpq_is_left_out() -> None:
    assert query("host=a connect_timeout=3 keepalives_idle=5 application_name=x") == {"host": "a"}


def test_an_ipv6_address_is_bracketed_and_a_socket_directory_is_not() -> None:
    assert query("host=::1,/run/postgresql,b")["host"] == "[::1],/run/postgresql,b"


@pytest.mark.parametrize("dsn", ["host=a channel_binding=require", "host=a nonsense=1", "postgresql://[x", "a b c"])
def test_what_cannot_be_honoured_is_refused_without_quoting_it(dsn: str) -> None:
    with pytest.raises(BadDsn) as refused:
        asyncpg_dsn(dsn + " password=hunter2" if "://" not in dsn else dsn)
    assert "hunter2" not in str(refused.value)


@given(st.floats(0.001, 1), st.floats(1, 60), st.integers(1, 40))
def test_pauses_stay_below_a_doubling_ceiling(first: float, longest: float, attempts: int) -> None:
    backoff = Backoff(first, longest)
    for attempt in range(attempts):
        assert 0 <= backoff.pause() <= min(longest, first * 2**attempt)
    backoff.reset()
    assert backoff.pause() <= first


def test_a_failure_is_told_once_of_each_kind_until_it_works_again_or_a_minute_has_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(db.time, "monotonic", lambda: now)
    backoff = Backoff()
    refused, closed = ConnectionRefusedError(), BadDsn("no")
    assert [backoff.is_news(exc) for exc in (refused, refused, closed, refused, closed)] == [
        True,
        False,
        True,
        False,
        False,
    ]
    now += db.TOLD_AGAIN_AFTER
    assert [backoff.is_news(refused), backoff.is_news(refused)] == [True, False]
    backoff.reset()
    assert backoff.is_news(refused)
