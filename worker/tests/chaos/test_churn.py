"""Clients that come and go while weddings and rights change: nobody misses anything in silence, nobody hears too much."""

from __future__ import annotations

import pytest
from harness.churn.trial import Plan, Trial
from harness.database import Database
from harness.tokens import token
from harness.worker import running_node

pytestmark = pytest.mark.slow


@pytest.mark.proves("F002-10", "F002-36")
@pytest.mark.parametrize("seed", [1])
async def test_everybody_receives_what_their_rights_gave_them_at_each_commit(database18: Database, seed: int) -> None:
    plan = Plan(seed=seed, seconds=20, clients=24, weddings=5, suppliers=4)
    async with running_node(database18) as one, running_node(database18) as two:
        verdict = await Trial(plan, database18.dsn, (one.port, two.port), token).run()
    assert verdict.faults == {}, {kind: faults[:5] for kind, faults in verdict.faults.items()}
    counts = verdict.counts
    assert counts["accidents"] > plan.clients
    assert counts["joins"] > counts["channels"] > plan.clients
    assert counts["entitled"] > counts["events"] > 100
