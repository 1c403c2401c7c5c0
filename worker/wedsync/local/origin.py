"""One address for supabase-js in `wedsync up`: `/rest/v1` is PostgREST, `/realtime/v1` and `/socket` are the gateways.

A minimal proxy for a developer's machine; deploy/ has nginx and Caddy for everything else. Each connection carries one
request, or a socket after an upgrade, so only the two heads have to be parsed.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

USUAL_PORT = 4002
_HEAD_LIMIT = 65_536
_HEAD_SECONDS = 15.0
_REQUEST_LINE = re.compile(rb"([A-Z]+) (/[^ ]*) HTTP/1\.[01]")
_ROUTES = {b"/rest/v1": "rest", b"/realtime/v1": "sockets", b"/socket": "sockets"}

Address = tuple[str, int]


class _Refused(Exception):
    """The request is answered here: status line and a message."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def one_origin(host: str, targets: dict[str, Address]) -> Iterator[str]:
    """Serve in a thread until the end of the block; yields the address. `targets` has `rest` and `sockets`."""
    ready, over = Event(), Event()
    found: list[str] = []

    async def serve() -> None:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _carry(reader, writer, targets)

        try:
            server = await asyncio.start_server(handle, host, USUAL_PORT, limit=_HEAD_LIMIT)
        except OSError:
            server = await asyncio.start_server(handle, host, 0, limit=_HEAD_LIMIT)
        found.append(f"http://{host}:{server.sockets[0].getsockname()[1]}")
        ready.set()
        await asyncio.to_thread(over.wait)
        server.close()

    thread = Thread(target=asyncio.run, args=(serve(),), name="one origin", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield found[0]
    finally:
        over.set()
        thread.join()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, targets: dict[str, Address]) -> None:
    """One connection from its head to its end."""
    try:
        async with asyncio.timeout(_HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        target, head, upgrades = _routed(head)
        try:
            far_reader, far_writer = await asyncio.open_connection(*targets[target], limit=_HEAD_LIMIT)
        except OSError:
            raise _Refused("502 Bad Gateway", f"{target} does not respond; check that it is running") from None
        try:
            far_writer.write(head)
            asking = asyncio.create_task(_copy(reader, far_writer))
            try:
                await _answer(far_reader, writer, upgrades=upgrades)
            finally:
                asking.cancel()
                await asyncio.wait((asking,))
        finally:
            far_writer.close()
    except _Refused as refused:
        body = json.dumps({"message": str(refused)}).encode()
        writer.write(
            f"HTTP/1.1 {refused.status}\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        # Clients that disconnected or never sent a request get no response.
        pass
    finally:
        with suppress(OSError):
            writer.close()


def _routed(head: bytes) -> tuple[str, bytes, bool]:
    """The target of a request, its rewritten head, and whether it requests an upgrade."""
    line, _, rest = head.partition(b"\r\n")
    request = _REQUEST_LINE.fullmatch(line)
    if request is None:
        raise _Refused("400 Bad Request", "this is not HTTP/1.1")
    path = request[2]
    found = [each for each in _ROUTES if path.startswith(each) and path[len(each) : len(each) + 1] in (b"", b"/", b"?")]
    if not found:
        raise _Refused("404 Not Found", "available paths: /rest/v1 (PostgREST) and /realtime/v1 (sockets)")
    prefix = found[0]
    target = _ROUTES[prefix]
    if target == "rest":
        left = path[len(prefix) :]
        path = left if left.startswith(b"/") else b"/" + left
    fields = [field for field in rest.rstrip(b"\r\n").split(b"\r\n") if field]
    upgrades = any(field.lower().startswith(b"upgrade:") for field in fields)
    if not upgrades:
        fields = [field for field in fields if not field.lower().startswith((b"connection:", b"keep-alive:"))]
        fields.append(b"Connection: close")
    return target, b"\r\n".join([request[1] + b" " + path + b" HTTP/1.1", *fields]) + b"\r\n\r\n", upgrades


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, upgrades: bool) -> None:
    """The response, with Connection: close unless it is an upgrade."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        status = head[9:12]
        if status[:1] != b"1" or (status == b"101" and upgrades):
            break
        writer.write(head)
    if status != b"101":
        lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
        head = b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n"
    writer.write(head)
    await _copy(reader, writer)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies bytes from one to the other until one ends, with back-pressure."""
    with suppress(OSError):
        while data := await reader.read(_HEAD_LIMIT):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
