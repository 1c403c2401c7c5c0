"""The dashboard's page and its sources: counts for everybody on the port, names for a server's token only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from harness.database import Database
from harness.sockets import open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import Worker, running_worker

pytestmark = pytest.mark.slow


def fetch(worker: Worker, path: str, bearer: str | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and body."""
    address = f"http://127.0.0.1:{worker.http_port}{path}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


def live(worker: Worker) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(fetch(worker, "/dashboard/live")[2])
    return body


@pytest.mark.proves("F002-37")
async def test_counts_are_for_whoever_reaches_the_port_and_names_for_servers(database18: Database) -> None:
    wedding = Wedding.new(database18)
    wedding.emma.call("select wedsync.set_display_name('Emma Zoë')")
    async with running_worker(database18, gateways=2) as worker:
        await worker.until_ready()
        async with open_socket(worker.socket_port, wedding.token) as socket:
            await socket.join(wedding.topic)
            assert (await socket.try_join("no such channel"))["status"] == "error"

            def count(name: str) -> float:
                return sum(each["metrics"].get(name, 0) for each in live(worker)["gateways"])

            await until(lambda: (count("connections"), count("channels")) == (1, 1))
            seen = live(worker)
            assert (seen["ready"], seen["problems"]) == (True, [])
            assert [each["gateway"] for each in seen["gateways"]] == [0, 1]
            assert all(
                each["problem"] is None and 0 <= seen["now"] - each["reported_at"] < 5 for each in seen["gateways"]
            )
            assert count('joins_total{outcome="ok"}') == 1
            assert count('joins_total{outcome="UnknownTopic"}') == 1
            assert str(wedding.id) not in json.dumps(seen)
            assert str(wedding.emma.id) not in json.dumps(seen)

            status, headers, body = fetch(worker, "/dashboard/overview", token(None, "service_role"))
            assert (status, headers["cache-control"]) == (200, "no-store")
            found = json.loads(body)
            assert [each["name"] for each in found["people"]] == ["Emma Zoë"]
            assert [each["topic"] for each in found["channels"]] == [wedding.topic]
            assert found["stats"]["activeConnections"] == 1
            assert len(found["servers"]) == 2
            assert fetch(worker, "/dashboard/overview", token(wedding.emma.id, "wedsync_admin"))[0] == 200
            for bearer, expected in (
                (None, 401), ("nonsense", 401), (token(None, "service_role", lifetime=-5), 401),
                (token(None, "service_role")[:-3] + "abc", 401), (token(None, "service_role", note="\0"), 401),
                (wedding.token, 403), (token(None, "anon"), 403), (token(wedding.emma.id, "postgres"), 403),
            ):  # fmt: skip
                status, headers, body = fetch(worker, "/dashboard/overview", bearer)
                assert status == expected, body
                assert set(json.loads(body)) == {"message"}
                assert "Emma" not in body
        assert await worker.end() == 0


async def test_the_page_is_closed_to_everything_foreign(database18: Database) -> None:
    async with running_worker(database18) as worker:
        await worker.until_ready()
        for path, kind in (
            ("/dashboard", "text/html"), ("/dashboard/dashboard.js", "text/javascript"),
            ("/dashboard/advice.js", "text/javascript"),
            ("/dashboard/dashboard.css", "text/css"), ("/dashboard/live", "application/json"),
        ):  # fmt: skip
            status, headers, body = fetch(worker, path)
            assert status == 200
            assert headers["content-type"].startswith(kind)
            policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
            assert policy["frame-ancestors"] == "'none'"
            assert headers["x-content-type-options"] == "nosniff"
            assert "access-control-allow-origin" not in headers
            assert "http://" not in body.replace("http://www.w3.org/2000/svg", "")
            assert "https://" not in body
        for path in ("/dashboard/nothing.js", "/dashboard/..%2fhttp.py", "/dashboard/index.html"):
            assert fetch(worker, path)[0] == 404
        assert 'href="/dashboard"' in fetch(worker, "/")[2]


@pytest.mark.proves("F002-37")
async def test_without_a_database_it_still_shows_what_it_knows(database18: Database) -> None:
    nobody = "postgresql://x@127.0.0.1:1/x"
    async with running_worker(database18, WEDSYNC_DSN=nobody) as worker:
        await worker.until_ready(ready=False)
        seen = live(worker)
        assert not seen["ready"]
        assert any("gateway 0" in problem for problem in seen["problems"])
        assert fetch(worker, "/dashboard/overview", token(None, "service_role"))[0] == 503
        assert await worker.end() == 0
