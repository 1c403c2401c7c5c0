"""supabase-js takes one address: nginx and Caddy as deploy/ has them, and what `wedsync up` brings, carry all that it does."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from harness.database import Database
from harness.javascript import PACKAGES, SCRIPTS
from harness.proxies import KINDS, missing, running_proxy
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import Worker, running_worker

from wedsync.local.origin import one_origin

SCRIPT = SCRIPTS / "one_address.mjs"


@pytest.fixture
async def worker(database18: Database) -> AsyncIterator[Worker]:
    async with running_worker(database18) as worker:
        await worker.until_ready()
        yield worker


@pytest.fixture(params=[*KINDS, "up"])
async def origin(
    request: pytest.FixtureRequest,
    database18: Database,
    worker: Worker,
    serve_postgrest: Callable[[Database], str],
    tmp_path: Path,
) -> AsyncIterator[str]:
    """The one address, by each of the three."""
    kind: str = request.param
    if kind in KINDS and (reason := missing(kind)):
        pytest.skip(reason)
    rest = serve_postgrest(database18)
    with ExitStack() as stack:
        if kind == "up":
            targets = {
                "rest": ("127.0.0.1", int(urlsplit(rest).port or 0)),
                "sockets": ("127.0.0.1", worker.socket_port),
            }
            yield stack.enter_context(one_origin("127.0.0.1", targets))
        else:
            yield stack.enter_context(running_proxy(kind, tmp_path, rest, f"http://127.0.0.1:{worker.socket_port}"))


async def answered(address: str, request: str) -> bytes:
    """Everything that comes back for a request on a connection of its own."""
    at = urlsplit(address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(request.replace("\n", "\r\n").encode())
    try:
        async with asyncio.timeout(20):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.proves("F003-02")
async def test_stock_supabase_js_reads_writes_publishes_and_listens(database18: Database, origin: str) -> None:
    if shutil.which("node") is None or not (PACKAGES / "@supabase/supabase-js").exists():
        pytest.skip("node or supabase-js is not installed; ./scripts/test installs them")
    wedding = Wedding.new(database18)
    environment = {"url": origin, "key": token(None, role="anon"), "token": wedding.token, "couple": str(wedding.id)}
    process = await asyncio.create_subprocess_exec(
        "node", "--no-warnings", str(SCRIPT), env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(40):
        out, error = await process.communicate()
    told: dict[str, Any] = {}
    for line in out.splitlines():
        told |= json.loads(line)
    assert process.returncode == 0, (out, error)
    assert [row["couple_id"] for row in told["read"]] == [str(wedding.id)]
    assert (told["refused"], told["published"], told["changed"], told["heard"]) == (422, True, 200, 1)


async def test_paths_with_other_beginnings_lead_nowhere(origin: str) -> None:
    for path in ("/", "/rest/v10/core_fields", "/rest/v2/", "/realtime/v10", "/healthz", "/metrics"):
        answer = await answered(origin, f"GET {path} HTTP/1.1\nHost: {urlsplit(origin).netloc}\nConnection: close\n\n")
        assert answer.split(b" ")[1] == b"404", (path, answer)


async def test_an_answer_may_be_larger_than_what_is_carried_at_once(database18: Database, origin: str) -> None:
    wedding = Wedding.new(database18)
    body = json.dumps({"couple_id": str(wedding.id), "patch": {"couple.partner1.name": "x" * 200_000}})
    answer = await answered(
        origin,
        f"POST /rest/v1/rpc/update_core_fields HTTP/1.1\nHost: {urlsplit(origin).netloc}\nContent-Type: application/json\n"
        f"Authorization: Bearer {wedding.token}\nConnection: close\nContent-Length: {len(body)}\n\n{body}",
    )
    assert answer.split(b" ")[1] == b"413", answer
    answer = await answered(
        origin,
        f"GET /rest/v1/ HTTP/1.1\nHost: {urlsplit(origin).netloc}\nAuthorization: Bearer {wedding.token}\nConnection: close\n\n",
    )
    assert answer.split(b" ")[1] == b"200"
    assert len(answer) > 100_000


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("NONSENSE\n\n", b"400"),
        ("GET http://elsewhere/ HTTP/1.1\n\n", b"400"),
        (f"GET /{'x' * 70_000} HTTP/1.1\n\n", None),
    ],
)
async def test_what_is_no_request_is_refused(request_text: str, status: bytes | None) -> None:
    with one_origin("127.0.0.1", {"rest": ("127.0.0.1", 9), "sockets": ("127.0.0.1", 9)}) as origin:
        answer = await answered(origin, request_text)
        assert (answer.split(b" ")[1] if status else (answer or None)) == status


async def test_a_part_that_does_not_run_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with one_origin("127.0.0.1", {"rest": ("127.0.0.1", port), "sockets": ("127.0.0.1", port)}) as origin:
        answer = await answered(origin, "GET /rest/v1/core_fields HTTP/1.1\nHost: x\n\n")
    assert answer.startswith(b"HTTP/1.1 502")
    assert b"rest does not respond" in answer
