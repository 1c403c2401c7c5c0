"""A small Phoenix client for the demo; `python -m wedsync.local.socket_client URL TOPIC TOKEN` prints received messages."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_HEARTBEAT_SECONDS = 25.0
_ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A received frame: event, payload, and the time.perf_counter() of its arrival."""

    event: str
    payload: dict[str, Any]
    at: float


@dataclass
class Listener:
    """A socket with one topic. `refused` is the server's reason if the join was refused."""

    url: str
    topic: str
    token: str
    refused: str | None = None
    heard: list[Heard] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._news = asyncio.Event()
        self._socket: ClientConnection = await connect(f"{self.url}?vsn=2.0.0&apikey={self.token}")
        await self._join()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._beat())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    async def _join(self) -> None:
        config = {"broadcast": {"ack": False, "self": False}, "presence": {"key": ""}, "postgres_changes": []}
        await self._send("1", "1", f"realtime:{self.topic}", "phx_join", {"config": config, "access_token": self.token})
        async with asyncio.timeout(_ANSWER_SECONDS):
            while True:
                _, ref, _, event, payload = json.loads(await self._socket.recv())
                if event == "phx_reply" and ref == "1":
                    break
        if payload["status"] != "ok":
            self.refused = str(payload["response"].get("reason", "no reason given"))

    async def _send(self, *frame: object) -> None:
        await self._socket.send(json.dumps(frame))

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self._socket:
                at = time.perf_counter()
                _, _, topic, event, payload = json.loads(text)
                if topic != "phoenix" and event != "phx_reply":
                    self.heard.append(Heard(event, payload, at))
                    self._news.set()
        self._news.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            await self._send(None, None, "phoenix", "heartbeat", {})

    def broadcasts(self, event: str) -> list[Heard]:
        """The broadcasts of that name so far, without replayed ones."""
        return [
            each
            for each in self.heard
            if each.event == "broadcast"
            and each.payload.get("event") == event
            and not each.payload.get("meta", {}).get("replayed")
        ]

    async def wait_for(self, event: str, seconds: float) -> Heard | None:
        """The first broadcast of that name, or None if none arrives in time."""
        return await self.wait_until(lambda each: each in self.broadcasts(event), seconds)

    async def wait_until(self, test: Callable[[Heard], bool], seconds: float) -> Heard | None:
        """The first frame that passes the test, or None if none arrives in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not any(map(test, self.heard)):
                    self._news.clear()
                    await self._news.wait()
        return next(filter(test, self.heard), None)

    async def forever(self) -> None:
        """Print each frame as one line of JSON until the server closes the socket."""
        shown = 0
        while not self._tasks[0].done() or shown < len(self.heard):
            for each in self.heard[shown:]:
                sys.stdout.write(json.dumps({"event": each.event, "payload": each.payload}, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            shown = len(self.heard)
            self._news.clear()
            await self._news.wait()


async def _listen(url: str, topic: str, token: str) -> int:
    async with Listener(url, topic, token) as listener:
        if listener.refused:
            sys.stderr.write(f"refused: {listener.refused}\n")
            return 1
        sys.stderr.write(f"listening on {topic}\n")
        await listener.forever()
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(_listen(*sys.argv[1:4])))
