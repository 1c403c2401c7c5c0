"""Clients that connect and disconnect for `--seconds` while weddings and access change, with all received messages verified.

Clients join, leave, crash, lose their connection (repeatedly, with or without detection) and refresh their tokens on
channels of one wedding and of many, with and without row changes; writers change weddings, and access is granted and revoked.
Afterwards each channel's events are compared with its user's access at each commit. `repeats` is the share of
frames that their client had received before. `--seed` selects another run, `--calm` is the mean time between disturbances
of a client.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from pathlib import Path

from _report import Options, Report, Target, arguments
from _stage import machine, stage
from _worker import open_doors, running_worker
from _worker import token as sign

from wedsync.install.database import connect as connect_database

# The trial is the one of the tests.
sys.path.insert(0, str(Path(__file__).parent.parent / "worker" / "tests"))
from harness.churn.judge import Verdict
from harness.churn.trial import Plan, Trial

KINDS = ("missing", "leak", "partial", "order", "unknown")
TARGETS = {**{f"{kind} events": Target(at_most=0.0) for kind in KINDS}, "repeats / frames": Target(at_most=0.25)}


async def measure(dsn: str, options: Options) -> Verdict:
    """Run the trial against a worker with several gateways."""
    numbers = options.numbers
    plan = Plan(
        seed=numbers["seed"], seconds=numbers["seconds"], clients=numbers["clients"], weddings=numbers["weddings"],
        suppliers=8, writers=10, write_pause=0.5, rights_pause=0.5, accident_pause=numbers["calm"], longest_away=20,
    )  # fmt: skip
    async with running_worker(dsn, gateways=2) as worker:
        return await Trial(plan, dsn, (worker.port,), sign).run()


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__, rounds=1, each=0,
        numbers={
            "seconds": (1200, "how long things happen"), "clients": (200, "clients at a time"), "weddings": (20, "weddings"),
            "calm": (20, "seconds between two accidents of a client"), "seed": (1, "of everything that is left to chance"),
        },
    )  # fmt: skip
    report = Report("churn", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect_database(dsn)) as connection:
        open_doors(connection)
        verdict = asyncio.run(measure(dsn, options))
        report.machine = machine(connection, options.settings)
    report.results["trial"] = dict(verdict.counts)
    for kind in KINDS:
        report.put(f"{kind} events", [float(len(verdict.faults.get(kind, ())))])
    report.put("repeats / frames", [verdict.counts["repeats"] / max(1, verdict.counts["frames"])])
    report.notes.extend(fault for faults in verdict.faults.values() for fault in faults[:5])
    report.show(options)


if __name__ == "__main__":
    main()
