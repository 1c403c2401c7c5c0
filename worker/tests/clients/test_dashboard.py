"""The dashboard in headless Chromium, beside a worker that is busy."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from harness.database import Database
from harness.javascript import SCRIPTS, chromium
from harness.sockets import open_socket
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_worker

HOSTILE = """<img src="x" onerror="document.title='owned'">"""


@pytest.mark.slow
@pytest.mark.proves("F002-37", "F004-05")
async def test_an_operator_sees_what_the_worker_does(database18: Database, tmp_path: Path) -> None:
    browser = chromium()
    wedding = Wedding.new(database18)
    wedding.emma.call("select wedsync.set_display_name(%s)", HOSTILE)
    stranger = wedding.supplier()
    # A busy machine makes loops late, which is not the subject.
    database18.query("update wedsync_data.settings set value = '60000' where name = 'balance_most_lag_ms'")
    async with running_worker(database18, gateways=2) as worker, AsyncExitStack() as stack:
        await worker.until_ready()
        for number in range(3):
            socket = await stack.enter_async_context(
                open_socket(worker.socket_port, (stranger if number else wedding).token)
            )
            if number == 0:
                await socket.join(wedding.topic)
            else:
                assert (await socket.try_join(wedding.topic))["status"] == "error"

        async def change() -> None:
            for number in range(10_000):
                await asyncio.to_thread(wedding.adults, 100 + number % 100)
                await asyncio.sleep(0.05)

        changing = asyncio.create_task(change())
        process = await asyncio.create_subprocess_exec(
            "node", str(SCRIPTS / "dashboard.mjs"), f"http://127.0.0.1:{worker.http_port}", browser, str(tmp_path),
            token(None, "service_role"), wedding.token, str(worker.process.pid),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), 200)
        assert not changing.done()
        changing.cancel()
    assert process.returncode == 0, err.decode()
    seen = json.loads(out)
    assert seen["label"].startswith("Deliveries per second: now ")
    assert seen["gateways"].count("ready") == 2
    assert HOSTILE not in seen["before"]
    assert str(wedding.id) not in seen["before"]
    assert (seen["refused"], seen["hidden"]) == (
        "Refused: the token needs the role service_role or wedsync_admin",
        True,
    )
    assert HOSTILE in seen["people"]
    assert str(stranger.owner.id)[:8] in seen["people"]
    assert wedding.topic in seen["topics"]
    assert seen["servers"].count("ready") == 2
    assert seen["advice"].startswith("Enough gateways: 3 of ")
    assert "ey" not in seen["kept"], "the token is kept nowhere"
    assert (seen["images"], seen["forgotten"]) == (0, True)
    assert HOSTILE not in seen["namesLeft"]
    assert wedding.topic not in seen["namesLeft"]
    assert seen["invalid"] == "true"
    assert seen["staleOverview"] == 1
    assert (seen["away"], seen["title"], seen["alert"]) == ("no response", "● WedSync worker: no response", "alert")
    assert (seen["good"], seen["figures"]) == ([], ["\N{EN DASH}"]), "nothing looks well that nobody knows of"
    assert seen["gatewaysAway"] == ["no response", "no response"]
    assert seen["findings"] == [], "\n".join(seen["findings"])
    assert seen["hosts"] == ["127.0.0.1"]
    assert seen["errors"] == []
