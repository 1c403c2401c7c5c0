"""The peer of the latency benchmark: LISTEN to WebSocket, without rights, order, resume or anything else. DSN as argument."""

import asyncio
import sys
from collections import defaultdict

import asyncpg
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def stay(socket: ServerConnection) -> None:
    assert socket.request is not None
    room = rooms[socket.request.path]
    room.add(socket)
    await socket.wait_closed()
    room.discard(socket)


def pass_on(_connection: object, _pid: int, _channel: str, payload: object) -> None:
    room, _, text = str(payload).partition(" ")
    broadcast(rooms[f"/{room}"], text)


async def main() -> None:
    async with serve(stay, "127.0.0.1", 0, compression=None) as server:
        listener = await asyncpg.connect(sys.argv[1])
        await listener.add_listener("peer", pass_on)
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
