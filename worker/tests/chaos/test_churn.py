"""Many clients that come and go while weddings and rights change: nobody misses anything, nobody hears too much."""

from __future__ import annotations

import os

import pytest
from harness.churn.trial import Plan, Trial
from harness.database import Database
from harness.tokens import token
from harness.worker import running_node

pytestmark = [pytest.mark.slow, pytest.mark.proves("F000-70", "F002-02", "F002-10")]


@pytest.mark.parametrize("seed", [int(seed) for seed in os.environ.get("SEEDS", "1").split(",")])
async def test_nobody_misses_anything_or_hears_too_much(database18: Database, seed: int) -> None:
    plan = Plan(
        seed=seed,
        seconds=float(os.environ.get("SECONDS_", "20")),
        clients=int(os.environ.get("CLIENTS", "24")),
        weddings=5,
        suppliers=4,
    )
    async with running_node(database18) as one, running_node(database18) as two:
        verdict = await Trial(plan, database18.dsn, (one.port, two.port), token).run()
    print(dict(verdict.counts), {kind: len(faults) for kind, faults in verdict.faults.items()})
    for kind, faults in verdict.faults.items():
        for fault in faults[:12]:
            print(kind, fault)
    assert not any(verdict.faults.values())
