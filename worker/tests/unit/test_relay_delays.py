"""What the relay takes for the time from a commit to the sockets."""

from __future__ import annotations

import time
import uuid

from wedsync.database.log_reader import Batch
from wedsync.metrics import distribution
from wedsync.services.relay import Relay

NAME = "commit_to_socket_seconds"


async def taken(rows: Batch) -> int:
    return len(rows)


async def forgotten(_connection: object, _epoch: str) -> None:
    raise AssertionError("nobody forgot us")


def row(xid: int | None, age: float | None) -> dict[str, object]:
    return {"xid": xid, "age": age}


async def test_a_delay_is_the_age_and_what_passed_since_once_for_each_transaction() -> None:
    relay = Relay("", uuid.uuid4(), None, taken, forgotten, lambda: None, dict, breaking_version=1)  # type: ignore[arg-type]
    relay.reader.cursor = "1:1:"
    rows = [row(None, None), row(7, 2.0), row(7, 2.0), row(8, 20.0), row(9, None)]
    await relay._pass_on(rows, time.monotonic() - 5)
    found = distribution(NAME, relay.delays)
    assert found[f'{NAME}_bucket{{le="+Inf"}}'] == 2
    assert found[f'{NAME}_bucket{{le="5.0"}}'] == 0, "what passed since counts"
    assert found[f"{NAME}_sum"] >= 2 + 20 + 2 * 5
