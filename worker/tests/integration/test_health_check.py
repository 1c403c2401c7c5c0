"""The HEALTHCHECK of the container file, run beside a real worker: healthy is who can serve."""

from __future__ import annotations

import asyncio
import json
import re
import sys

import pytest
from harness.database import Database
from harness.guides import ROOT
from harness.ports import free_port
from harness.worker import Worker, running_worker

(FOUND,) = re.findall(r"^HEALTHCHECK .*CMD (\[.+\])$", (ROOT / "deploy/Containerfile").read_text("utf-8"), re.MULTILINE)
COMMAND: list[str] = json.loads(FOUND)
pytestmark = pytest.mark.slow


async def healthy(worker: Worker) -> bool:
    """What the container engine would find."""
    program, *arguments = COMMAND
    assert program == "python"
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={"WEDSYNC_HTTP_PORT": str(worker.http_port)},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    return await process.wait() == 0


async def test_a_worker_that_serves_is_healthy(database18: Database) -> None:
    async with running_worker(database18) as worker:
        await worker.until_ready()
        assert await healthy(worker)


async def test_a_worker_that_only_lives_is_not(database18: Database) -> None:
    nobody = f"postgresql://x@127.0.0.1:{free_port()}/x"
    async with running_worker(database18, WEDSYNC_DSN=nobody) as worker:
        await worker.until_ready(ready=False)
        assert (await worker.get("/healthz"))[0] == 200
        assert not await healthy(worker)
