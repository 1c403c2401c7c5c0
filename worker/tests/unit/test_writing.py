"""Writing in batches: what is refused is refused alone, and everything else is written once and in order."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.database.connections import blames_values
from wedsync.database.writing import Progress, write_in_parts


@given(st.lists(st.booleans(), max_size=40))
async def test_each_bad_item_fails_alone(good: list[bool]) -> None:
    items = list(enumerate(good))
    written: list[int] = []
    refused: list[int] = []

    async def write(some: Sequence[tuple[int, bool]]) -> None:
        if not all(fine for _, fine in some):
            raise asyncpg.UntranslatableCharacterError
        written.extend(number for number, _ in some)

    await write_in_parts(items, write, lambda item, _exc: refused.append(item[0]))
    assert written == [number for number, fine in items if fine]
    assert refused == [number for number, fine in items if not fine]


@pytest.mark.parametrize(
    "exc", [ConnectionResetError(), TimeoutError(), asyncpg.CannotConnectNowError(), asyncpg.DeadlockDetectedError()]
)
async def test_what_is_nobodys_fault_is_raised(exc: Exception) -> None:
    calls: list[int] = []

    async def write(some: Sequence[int]) -> None:
        calls.append(len(some))
        raise exc

    with pytest.raises(type(exc)):
        await write_in_parts([1, 2, 3], write, lambda _item, _exc: calls.append(-1))
    assert calls == [3]
    assert not blames_values(exc)


async def test_an_empty_batch_that_is_refused_is_an_error() -> None:
    async def write(_some: Sequence[int]) -> None:
        raise asyncpg.DataError

    with pytest.raises(asyncpg.PostgresError):
        await write_in_parts([], write, lambda _item, _exc: None)


def test_progress_counts_from_the_oldest_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("wedsync.database.writing.time.monotonic", lambda: now[0])
    progress = Progress()
    assert progress.waiting_seconds == 0.0
    progress.begin()
    now[0] += 5
    progress.begin()
    now[0] += 2
    assert progress.waiting_seconds == 7.0
    progress.done()
    assert progress.waiting_seconds == 0.0
