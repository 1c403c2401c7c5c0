"""The program of a gateway process: a node, reports to the supervisor, an orderly shutdown.

Its arguments are the port and the file descriptor of the socket to the supervisor; see `wedsync.processes.slots`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import signal
import socket
import sys
from contextlib import suppress
from traceback import format_exception
from typing import Any

from wedsync import logs
from wedsync.errors import WedSyncError
from wedsync.node import DRAIN_SECONDS, Node
from wedsync.settings import Settings

log = logs.logger("process")

LINE_LIMIT = 2**20
"""Maximum size of the settings, or of a report, in bytes."""
_REPORT_EVERY = 1.0
_FIRST_REPORTS_EVERY = 0.05


def main(port: int, control: socket.socket) -> None:
    """Serve until told to stop; exits with 0, or with the exit code of a `WedSyncError`."""
    # A terminal sends Ctrl-C to the whole process group; the supervisor handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    allow_many_files()
    try:
        with asyncio.Runner(loop_factory=event_loop) as runner:
            runner.run(_serve(port, control))
    except WedSyncError as exc:
        log.error("gateway_failed", reason=exc.message)  # noqa: TRY400 (the message says it all)
        sys.exit(exc.exit_code)


def event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's event loop if installed, otherwise asyncio's."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def settle_memory() -> None:
    """What is loaded by now stays: keep the collector from walking it while thousands of sockets come and go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def allow_many_files() -> None:
    """Raise the open-file limit to the hard limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _log_loop_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    exc = context.get("exception")
    log.error(
        "callback_failed", what=str(context.get("message")), traceback="".join(format_exception(exc)) if exc else None
    )


async def _serve(port: int, control: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_loop_fault)
    orders, reports = await asyncio.open_connection(sock=control, limit=LINE_LIMIT)
    settings = Settings.from_json(await orders.readline())
    logs.configure(settings.log_level)
    told = asyncio.create_task(_told_to_end(orders))
    loop.add_signal_handler(signal.SIGTERM, told.cancel)
    node = Node(settings)
    await node.start(port, reuse_port=True)
    settle_memory()
    reporting = asyncio.create_task(_report(node, reports))
    failing = asyncio.create_task(node.wait())
    await asyncio.wait((told, failing), return_when=asyncio.FIRST_COMPLETED)
    failed = not told.done()
    await node.stop(DRAIN_SECONDS)
    for task in (told, failing, reporting):
        task.cancel()
    if failed:
        failing.result()


async def _told_to_end(orders: asyncio.StreamReader) -> None:
    """Wait until the supervisor closes the socket, or has died."""
    with suppress(OSError):
        await orders.read()


async def _report(node: Node, reports: asyncio.StreamWriter) -> None:
    """Report the node's id and metrics, immediately and every second."""
    with suppress(OSError):
        while True:
            reports.write(json.dumps({"node": str(node.id), "snapshot": node.snapshot()}).encode() + b"\n")
            await reports.drain()
            await asyncio.sleep(_REPORT_EVERY if node.ready() and node.listener.receives else _FIRST_REPORTS_EVERY)


if __name__ == "__main__":
    main(int(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
