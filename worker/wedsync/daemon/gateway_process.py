"""What a gateway process does: one node, reports to the supervisor, an orderly end."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import sys
import uuid
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from traceback import format_exception
from typing import Any

from wedsync import logs
from wedsync.daemon.node import DRAIN_SECONDS, Node
from wedsync.errors import WedSyncError
from wedsync.metrics import Snapshot
from wedsync.settings import Settings

log = logs.logger("process")

_REPORT_EVERY = 1.0
_FIRST_REPORTS_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Report:
    """From a gateway to the supervisor. `node` is its name in the database."""

    node: uuid.UUID
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Drain:
    """From the supervisor to a gateway: end within so many seconds."""

    seconds: float


def gateway_process(settings: Settings, port: int, pipe: Pipe) -> None:
    """Entry point of the process; ends it with 0, or with the exit code of a `WedSyncError`."""
    # A terminal sends Ctrl-C to the whole group; only the supervisor decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.configure(settings.log_level)
    allow_many_files()
    try:
        with asyncio.Runner(loop_factory=event_loop) as runner:
            runner.run(_serve(settings, port, pipe))
    except WedSyncError as exc:
        log.error("gateway_failed", reason=exc.message)  # noqa: TRY400 (the message says it all)
        sys.exit(exc.exit_code)


def event_loop() -> asyncio.AbstractEventLoop:
    """An event loop of uvloop where it is installed, else asyncio's."""
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
    """As many connections as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _log_loop_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    exc = context.get("exception")
    log.error(
        "callback_failed", what=str(context.get("message")), traceback="".join(format_exception(exc)) if exc else None
    )


async def _serve(settings: Settings, port: int, pipe: Pipe) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_loop_fault)
    told: asyncio.Future[float] = loop.create_future()

    def tell(seconds: float) -> None:
        if not told.done():
            told.set_result(seconds)

    def read_pipe() -> None:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            # Without a supervisor nobody would restart or stop us.
            loop.remove_reader(pipe.fileno())
            message = Drain(DRAIN_SECONDS)
        if isinstance(message, Drain):
            tell(message.seconds)

    loop.add_reader(pipe.fileno(), read_pipe)
    loop.add_signal_handler(signal.SIGTERM, tell, DRAIN_SECONDS)
    node = Node(settings)
    await node.start(port, reuse_port=True)
    settle_memory()
    reporting = asyncio.create_task(_report(node, pipe))
    failing = asyncio.create_task(node.wait())
    await asyncio.wait((told, failing), return_when=asyncio.FIRST_COMPLETED)
    await node.stop(told.result() if told.done() else DRAIN_SECONDS)
    failing.cancel()
    reporting.cancel()
    if not told.done():
        failing.result()


async def _report(node: Node, pipe: Pipe) -> None:
    while True:
        try:
            pipe.send(Report(node.id, node.snapshot()))
        except OSError:
            return
        await asyncio.sleep(_REPORT_EVERY if node.ready() and node.listener.receives else _FIRST_REPORTS_EVERY)
