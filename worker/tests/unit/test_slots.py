"""What keeps a gateway from being ready, as the supervisor sees it."""

from __future__ import annotations

import time

import pytest

from wedsync.processes.slots import Slot
from wedsync.services.rules import Rules


@pytest.mark.parametrize(
    ("figures", "problem"),
    [
        ({}, None),
        ({"gateway_ready": 0.0}, "gateway 3 has no database"),
        ({"doorbell_hears": 0.0}, "gateway 3 does not receive notifications"),
        ({'waiting_seconds{part="presence"}': 9.9}, None),
        ({'waiting_seconds{part="presence"}': 10.1}, "gateway 3 makes no progress for 10 seconds: presence"),
        ({'waiting_seconds{part="bus reader"}': 99.0}, "gateway 3 makes no progress for 10 seconds: bus reader"),
        ({"log_unread_seconds": 10.5}, "gateway 3 has not read the event log for 10 seconds"),
    ],
)
def test_what_a_gateway_reports_decides_whether_it_is_ready(figures: dict[str, float], problem: str | None) -> None:
    slot = Slot(3)
    assert slot.problem(Rules()) == "gateway 3 does not report"
    slot.snapshot = {"gateway_ready": 1.0, "doorbell_hears": 1.0, "log_unread_seconds": 1.0, **figures}
    slot.reported_at = time.monotonic()
    assert slot.problem(Rules()) == problem
