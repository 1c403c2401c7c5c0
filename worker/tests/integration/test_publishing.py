"""Broadcasts over HTTP, at the socket's own port and at the HTTP port, and what is stored can be heard again."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from harness.database import Database
from harness.sockets import open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node, running_worker

from wedsync.server.bounded_http import HttpLimits
from wedsync.server.publishing import BODY_LIMIT

KEY = token(None, "anon")
PREFIXES = ["", "/realtime/v1", "/socket"]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


def _send(address: str, method: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return Answer(
                response.status, {k.lower(): v for k, v in response.headers.items()}, response.read().decode()
            )
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read().decode())


async def post(
    port: int,
    path: str,
    body: object,
    key: str | None,
    *,
    kind: str = "application/json",
    method: str = "POST",
    **more: str,
) -> Answer:
    headers = {"Content-Type": kind, **more, **({"Authorization": f"Bearer {key}"} if key else {})}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await asyncio.to_thread(_send, f"http://127.0.0.1:{port}{path}", method, data, headers)


def message(topic: str, **more: object) -> dict[str, object]:
    return {"topic": topic, "event": "moved", "payload": {"seat": 7}, "private": True, **more}


@pytest.fixture
def wedding(database18: Database) -> Wedding:
    database18.query("insert into wedsync_data.free_topics (pattern, description) values ('^topic:', 'for tests')")
    return Wedding.new(database18)


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_one_and_many_are_heard_and_stored(wedding: Wedding, prefix: str) -> None:
    topic = f"wedding:{wedding.id}"
    async with (
        running_node(wedding.emma.database) as node,
        open_socket(node.port, wedding.token) as socket,
    ):
        await socket.join(topic, private=True)
        path = f"{prefix}/api/broadcast"
        many = await post(
            node.port, path, {"messages": [message(topic, payload={"n": n}) for n in range(3)]}, wedding.token
        )
        assert (many.status, many.text, many.headers["access-control-allow-origin"]) == (202, "", "*")
        assert many.headers["x-rate-limit"] == "100"
        one = await post(
            node.port,
            f"{path}/{topic.replace(':', '%3A')}/events/a%2Fb?private=true&apikey=x",
            {"n": 3},
            None,
            apikey=wedding.token,
        )
        assert one.status == 202, one.text
        heard = [(await socket.hear("broadcast")).payload for _ in range(4)]
        assert [payload["payload"] for payload in heard] == [{"n": n} for n in range(4)]
        assert [payload["event"] for payload in heard] == ["moved"] * 3 + ["a/b"]
        assert [payload["meta"]["seq"] for payload in heard] == [1, 2, 3, 4]


async def test_what_may_not_be_published_is_answered_with_the_reason(wedding: Wedding) -> None:
    database = wedding.emma.database
    topic, announced = f"wedding:{wedding.id}", wedding.topic
    async with running_node(database) as node:
        path = "/api/broadcast"
        one = f"{path}/{topic}/events/moved"
        fine = {"messages": [message(topic)]}
        for key in (None, "x.y.z", KEY, token(wedding.emma.id, lifetime=-5)):
            answer = await post(node.port, path, fine, key)
            assert (answer.status, answer.body["message"]) == (401, "Unauthorized")
        stranger = token(uuid4())
        refused = await post(node.port, path, {"messages": [message(topic), message("topic:a")]}, stranger)
        assert (refused.status, refused.body) == (202, {"refused": [topic]})
        for name, key in ((topic, stranger), (announced, wedding.token), ("no_such_channel", wedding.token)):
            answer = await post(node.port, f"{path}/{name}/events/moved", {}, key)
            assert answer.status == 403
            assert name in answer.body["message"]
        answer = await post(node.port, one, b"\0\1", wedding.token, kind="application/octet-stream")
        assert (answer.status, "base64" in answer.body["message"]) == (415, True)
        for body in (b"{", [], {"messages": []}, {"messages": [5]}, {"messages": [message("")]}):
            assert (await post(node.port, path, body, wedding.token)).status == 422
        for wrong in (
            {"payload": 5},
            {"payload": {"a": "\0"}},
            {"event": ""},
            {"event": "x" * 300},
            {"topic": "realtime:a"},
        ):
            answer = await post(node.port, path, {"messages": [message("topic:a") | wrong]}, wedding.token)
            if wrong.get("topic"):
                assert (answer.status, answer.body) == (202, {"refused": ["realtime:a"]})
            else:
                assert answer.status == 422, (wrong, answer)
                assert answer.body["errors"]
        assert (await post(node.port, one, [1], wedding.token)).status == 422
        assert (await post(node.port, one, b'{"x": "' + b"y" * 3_500_000 + b'"}', wedding.token)).status == 413
        assert (await post(node.port, f"{path}/a/b", {}, wedding.token)).status == 404
        assert (await post(node.port, "/nowhere", {}, wedding.token)).status == 404
        assert database.value("select count(*) from wedsync_data.messages") == 1


async def test_a_page_of_another_origin_is_let_in(wedding: Wedding) -> None:
    async with running_node(wedding.emma.database) as node:
        wanted = {"Origin": "https://app.example", "Access-Control-Request-Headers": "authorization,x-custom"}
        answer = await post(node.port, "/realtime/v1/api/broadcast", b"", None, method="OPTIONS", **wanted)
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-headers"] == "authorization,x-custom"
        assert "POST" in answer.headers["access-control-allow-methods"]


async def test_where_origins_are_named_other_pages_are_kept_out(wedding: Wedding) -> None:
    topic = f"wedding:{wedding.id}"
    async with running_node(wedding.emma.database, allowed_origins=("https://app.example",)) as node:
        for method in ("OPTIONS", "POST"):
            body = {"messages": [message(topic)]}
            ours = await post(
                node.port, "/api/broadcast", body, wedding.token, method=method, Origin="https://app.example"
            )
            assert ours.status in (202, 204)
            assert (ours.headers["access-control-allow-origin"], ours.headers["vary"]) == (
                "https://app.example",
                "Origin",
            )
            for origin in ("https://evil.example", "https://app.example.evil", "http://app.example", "null"):
                other = await post(node.port, "/api/broadcast", body, wedding.token, method=method, Origin=origin)
                assert (other.status, other.body) == (403, {"message": "this origin is not allowed"})
                assert "access-control-allow-origin" not in other.headers
        assert (await post(node.port, "/api/broadcast", {"messages": [message(topic)]}, wedding.token)).status == 202
    assert wedding.emma.database.value("select count(*) from wedsync_data.messages") == 2


async def test_too_many_are_refused_for_a_while(wedding: Wedding) -> None:
    database = wedding.emma.database
    database.query("update wedsync_data.settings set value = '1' where name = 'messages_per_second'")
    async with running_node(database) as node:
        await until(lambda: node.rules.rules.messages_per_second == 1)
        answers = [
            await post(node.port, "/api/broadcast", {"messages": [message("topic:a")] * 4}, wedding.token)
            for _ in range(3)
        ]
        assert [answer.status for answer in answers] == [202, 202, 429]
        assert answers[-1].headers["retry-after"] in ("1", "2")
        other = token(uuid4())
        assert (await post(node.port, "/api/broadcast", {"messages": [message("topic:a")]}, other)).status == 202


async def test_more_at_once_than_ever_fits_is_too_large(wedding: Wedding) -> None:
    async with running_node(wedding.emma.database) as node:
        answer = await post(node.port, "/api/broadcast", {"messages": [message("topic:a")] * 1001}, wedding.token)
        assert (answer.status, answer.body) == (413, {"message": "Too many messages at once: at most 1000"})
        assert "retry-after" not in answer.headers
        answer = await post(node.port, "/api/broadcast", {"messages": [message("topic:a")] * 1000}, wedding.token)
        assert answer.status == 202


async def test_what_is_published_counts_with_what_is_sent_from_sql(wedding: Wedding) -> None:
    database = wedding.emma.database
    database.query("update wedsync_data.rate_limits set max_requests = 6 where endpoint = 'realtime-broadcast'")
    server, path = token(wedding.emma.id, "service_role"), "/api/broadcast"

    def batch(count: int) -> dict[str, object]:
        return {"messages": [message(f"wedding:{wedding.id}")] * count}

    async with running_node(database) as first, running_node(database) as second:
        wedding.emma.call("select wedsync.broadcast(%s, 'moved', '{}')", f"wedding:{wedding.id}")
        assert (await post(first.port, path, batch(2), wedding.token)).status == 202
        assert (await post(second.port, path, batch(3), wedding.token)).status == 202
        answer = await post(first.port, path, batch(1), wedding.token)
        assert (answer.status, answer.body["message"]) == (429, "Too many requests")
        assert answer.body["errors"][0]["endpoint"] == "realtime-broadcast"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        answer = await post(first.port, path, batch(7), wedding.token)
        assert (answer.status, answer.body["errors"]) == (413, [{"endpoint": "realtime-broadcast", "at_once": 6}])
        assert (await post(first.port, path, batch(7), server)).status == 202
    assert database.value("select count(*) from wedsync_data.messages") == 13


async def test_a_client_hears_again_what_was_stored_and_nothing_twice(wedding: Wedding) -> None:
    async with running_node(wedding.emma.database) as node:
        before = int(time.time() * 1000) - 60_000
        for number in range(30):
            batch = {"messages": [message("topic:a", payload={"n": number}), message("topic:a", private=False)]}
            assert (await post(node.port, "/api/broadcast", batch, wedding.token)).status == 202
        async with open_socket(node.port, wedding.token) as socket:
            await socket.join("topic:a", private=True, broadcast={"replay": {"since": before, "limit": 10}})
            await post(
                node.port, "/api/broadcast", {"messages": [message("topic:a", payload={"n": 30})]}, wedding.token
            )
            heard = [await socket.hear("broadcast") for _ in range(11)]
            assert [one.payload["payload"]["n"] for one in heard] == list(range(20, 31))
            assert [one.payload["meta"].get("replayed") for one in heard] == [True] * 10 + [None]
            assert [one.join_ref for one in heard] == ["topic:a"] * 10 + [None]
            assert "broadcast" not in [one.event for one in await socket.drained()]
        async with open_socket(node.port, wedding.token) as socket:
            await socket.join("topic:a", broadcast={"replay": {"since": before, "limit": 100}})
            assert len([one for one in await socket.drained() if one.event == "broadcast"]) == 30


async def test_a_body_may_be_so_large_and_no_larger(wedding: Wedding) -> None:
    assert BODY_LIMIT == 5_000_000
    async with running_node(wedding.emma.database) as node:
        small = json.dumps({"messages": [message("topic:a")]}).encode()
        for size, status in ((BODY_LIMIT, 202), (BODY_LIMIT + 1, 413)):
            assert (await post(node.port, "/api/broadcast", small.ljust(size), wedding.token)).status == status
        # Its size is counted, not believed.
        chunk = b"%x\r\n%s\r\n" % (1_000_000, b" " * 1_000_000)
        head = f"POST /api/broadcast HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {wedding.token}\r\n".encode()
        (answer,) = await _exchange(node.port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 6 + b"0\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_request_that_never_ends_does_not_stay(wedding: Wedding) -> None:
    async with running_node(wedding.emma.database) as node:
        node.gateway.door._waiting.limits = HttpLimits(head_seconds=0.3)
        reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
        writer.write(b"POST /api/broadcast HTTP/1.1\r\nContent-Length: 10\r\n")
        await writer.drain()
        assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def _exchange(port: int, *requests: bytes) -> list[bytes]:
    """What comes on one connection after each request: all until the end of the connection, or the head of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        answers = []
        for request in requests:
            writer.write(request)
            await writer.drain()
            if request.startswith(b"GET"):
                answers.append(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20))
            else:
                answers.append(await asyncio.wait_for(reader.read(), 20))
        return answers
    finally:
        writer.transport.abort()


def _request(first: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{first} HTTP/1.1", "Host: h", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.parametrize(
    ("first", "status"), [("POST /realtime/v1/api/broadcast", 202), ("OPTIONS /api/broadcast", 204), ("POST /no", 404)]
)
async def test_a_proxy_cannot_send_a_handshake_after_a_request(wedding: Wedding, first: str, status: int) -> None:
    body = json.dumps({"messages": [message("topic:a")]}).encode()
    request = _request(first, body, Authorization=f"Bearer {wedding.token}", Connection="keep-alive")
    handshake = _request(
        f"GET /realtime/v1/websocket?apikey={wedding.token}&vsn=2.0.0", Connection="Upgrade", Upgrade="websocket",
        Sec_WebSocket_Version="13", Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )  # fmt: skip
    async with running_node(wedding.emma.database) as node:
        (answer,) = await _exchange(node.port, request)
        assert answer.startswith(f"HTTP/1.1 {status}".encode())
        assert b"connection: close" in answer.lower()
        (answer,) = await _exchange(node.port, handshake)
        assert answer.startswith(b"HTTP/1.1 101")


async def test_a_refusal_arrives_however_much_was_sent(wedding: Wedding) -> None:
    async with running_node(wedding.emma.database) as node:
        body = b"x" * 4_000_000
        for path, status in (("/api/broadcast", 401), ("/nowhere", 404)):
            (answer,) = await _exchange(node.port, _request(f"POST {path}", body))
            assert answer.startswith(f"HTTP/1.1 {status}".encode())
            assert b"connection: close" in answer.lower()


@pytest.mark.slow
async def test_the_worker_answers_at_both_ports(wedding: Wedding) -> None:
    async with running_worker(wedding.emma.database) as worker:
        await worker.until_ready()
        async with open_socket(worker.socket_port, wedding.token) as socket:
            await socket.join("topic:a", private=True)
            for number, port in enumerate((worker.http_port, worker.socket_port)):
                body = {"messages": [message("topic:a", payload={"n": number})]}
                assert (await post(port, "/realtime/v1/api/broadcast", body, wedding.token)).status == 202
                assert (await socket.hear("broadcast")).payload["payload"] == {"n": number}
        assert await worker.end() == 0
